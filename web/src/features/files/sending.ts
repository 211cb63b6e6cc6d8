/**
 * One use of a permit: seals, sends, and makes the link. All that was drawn for it is kept, so that it
 * goes on from there after a reload. Large: runs in the worker.
 */
import * as v from "valibot";
import { ProtocolError } from "../../protocol/errors.ts";
import { sealFile } from "../../sealing/agefile.ts";
import { signStatement } from "../../sealing/authored.ts";
import { b64u, concat, jsonBytes, same, utf8 } from "../../sealing/encoding.ts";
import { require } from "../../sealing/errors.ts";
import { bytesOf, natural, readForm } from "../../sealing/forms.ts";
import { writeHanded } from "../../sealing/handed.ts";
import { EMPTY, hash, hkdf } from "../../sealing/kdf.ts";
import { seedSigner } from "../../sealing/keys.ts";
import type { Stretching } from "../../sealing/lock.ts";
import { filesVoucher, linkVoucher, type Permit } from "../../sealing/permit.ts";
import {
  drawCode,
  linkKey,
  placeOfLink,
  readSeedOfLink,
  stretchingOf,
} from "../../sealing/sealed-link.ts";
import { writeStatement } from "../../sealing/statement.ts";
import { Shape } from "../../sealing/streamed.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import { timeOf } from "../consult/conversation.ts";
import type { Random, Vault } from "../ports.ts";
import { whoServes } from "../practitioners/records.ts";
import { fileName } from "../prescription/parts.ts";
import type { Api } from "../rooms/api.ts";
import { deleteBlob, storeAsIs } from "../rooms/blobs.ts";
import type { Begun, Long, Said } from "./jobs.ts";
import { SealedSource } from "./sealed-source.ts";
import { sendUp } from "./send-up.ts";
import { type Source, SourceChanged } from "./source.ts";

const SEED_BYTES = 32;
const BEGUN = v.object({
  file: v.string(),
  length: natural,
  stamp: bytesOf(32),
  name: v.string(),
  openings: natural,
});

/** Argon2id, 32 bytes. */
export type Stretch = (secret: Uint8Array, how: Stretching) => Promise<Uint8Array>;

/** Where the states of sendings are kept. */
export const scopeOf = ({ secret }: Pick<Permit, "secret">): string =>
  `sending:${b64u(hash(concat(utf8("aparte sending"), secret))).slice(0, 22)}`;

const derived = (seed: Uint8Array, what: string, length = 32): Uint8Array =>
  hkdf(seed, EMPTY, `aparte/1 sending ${what}`, length);

/** S of the link, and the code of its words, of a sending. */
export const linkOf = ({ seed }: Pick<Begun, "seed">) => ({
  secret: derived(seed, "link"),
  code: drawCode((length) => derived(seed, "code", length)),
  owner: derived(seed, "owner"),
});

/** What was begun with a permit on this device. */
export async function begunIn(kept: Vault): Promise<Begun | undefined> {
  const raw = await kept.load("seed");
  if (!raw) return undefined;
  return { seed: raw.slice(0, SEED_BYTES), ...readForm(BEGUN, raw.slice(SEED_BYTES), "bad_form") };
}

interface Needs extends Long {
  readonly random: Random;
  readonly stretch: Stretch;
  readonly kept: Vault;
}

/**
 * Sends all of it, and makes the link. Rejects as `sendUp` does; refuses with `too_long` more than the
 * permit pays for.
 */
export async function sendFiles(
  needs: Needs,
  permit: Permit,
  source: Source,
  said: Said,
): Promise<Begun> {
  const { api, random, kept, stretch } = needs;
  const begun = await begin(needs, permit, source, said);
  // Another tab was first; and nothing is sealed again once the leaf hashes are gone.
  if (await kept.load("done")) return begun;
  const { secret, code, owner } = linkOf(begun);
  const before = await kept.load("link");
  // It takes seconds: they pass while the file goes up.
  const ready = before ? { link: before } : { stretching: stretch(code, stretchingOf(secret)) };
  ready.stretching?.catch(() => undefined);
  const part = await sendPart(needs, permit, source, begun);
  const linked = async (stretched: Uint8Array): Promise<Uint8Array> => {
    const made = await sealFile(await part.handed(), kemPublic(linkKey(secret, stretched)));
    await kept.save("link", made);
    return made;
  };
  const link = ready.link ?? (await linked(await ready.stretching));
  const place = { id: placeOfLink(secret), read: readSeedOfLink(secret) };
  const [signer, voucher] = [seedSigner(owner), linkVoucher(permit)];
  const store = { api, random, signer, voucher, openings: begun.openings, ...place };
  await storeAsIs(store, link).catch(unlessThere);
  await kept.save("done", EMPTY);
  await part.done();
  return begun;
}

/**
 * Sends it without a link: gives what a link to it would hold, for whoever looks at it in a consult.
 * Rejects and refuses as `sendFiles` does.
 */
export async function sendShown(
  needs: Omit<Needs, "stretch">,
  permit: Permit,
  source: Source,
): Promise<{ readonly begun: Begun; readonly handed: Uint8Array }> {
  // Who shows it is who the session is with: the papers name nobody.
  const begun = await begin(needs, permit, source, { name: "Aparté", openings: 0 });
  const part = await sendPart(needs, permit, source, begun);
  const handed = await part.handed();
  await part.done();
  return { begun, handed };
}

/** Sends the part. `handed` says where it is, and who wrote it; `done` forgets what it was sealed with. */
async function sendPart(
  needs: Omit<Needs, "stretch">,
  permit: Permit,
  source: Source,
  begun: Begun,
) {
  const { random, kept, engine } = needs;
  const key = derived(begun.seed, "document");
  const sealed = await SealedSource.open({ source, key, kept, random, engine });
  const [blob, read] = [derived(begun.seed, "blob", 16), derived(begun.seed, "read")];
  const owner = seedSigner(linkOf(begun).owner);
  await sendUp(needs, { blob, owner, read, voucher: filesVoucher(permit) }, sealed);
  return {
    async handed(): Promise<Uint8Array> {
      const { tree, ...where } = await sealed.described();
      const proof = await proven(needs, begun, source, tree);
      return writeHanded(proof, { key, parts: [{ blob: b64u(blob), read, ...where }] });
    },
    done: () => sealed.done(),
  };
}

/** Removes what was sent, or the part of it that was. Rejects as `Api.request` does. */
export async function removeSent(api: Api, begun: Begun): Promise<void> {
  const { secret, owner } = linkOf(begun);
  for (const place of [placeOfLink(secret), derived(begun.seed, "blob", 16)]) {
    await deleteBlob(api, seedSigner(owner), b64u(place)).catch(unlessGone);
  }
}

const GONE: readonly string[] = ["not_found", "withdrawn", "expired"];

function unlessGone(error: unknown): void {
  if (!(error instanceof ProtocolError && GONE.includes(error.code))) throw error;
}

async function begin(
  { kept, random }: Pick<Needs, "kept" | "random">,
  permit: Permit,
  source: Source,
  said: Said,
): Promise<Begun> {
  require(new Shape(source.length).blob <= permit.size, "too_long", "the permit pays for less");
  const stamp = hash(utf8(source.stamp));
  const found = await begunIn(kept);
  if (found && !same(found.stamp, stamp)) throw new SourceChanged(source.name);
  if (found) return found;
  const begun = { seed: random(SEED_BYTES), file: source.name, length: source.length, ...said };
  const { seed, ...told } = begun;
  await kept.save("seed", concat(seed, jsonBytes({ ...told, stamp: b64u(stamp) })));
  return { ...begun, stamp };
}

/** Signed by a key that is drawn for it: nobody vouches for who sends with a permit. */
async function proven(
  { api, clock, random }: Omit<Needs, "stretch">,
  begun: Begun,
  source: Source,
  tree: Uint8Array,
) {
  const { key: server, registrar } = await whoServes(api);
  const { media, length } = source;
  const statement = writeStatement({
    kind: source.kind,
    issued: timeOf(clock.now()),
    random: random(32),
    author: { name: begun.name },
    subject: null,
    parts: [{ name: fileName(source.name), media, length, tree }],
  });
  const author = seedSigner(derived(begun.seed, "author"));
  const signed = await signStatement(statement, { signer: author });
  const none = { receipt: EMPTY, record: EMPTY };
  return { statement: signed, ...none, server, registrar: registrar ?? EMPTY };
}

/** An earlier attempt of ours put it there, in one piece: nobody else knows this place. */
function unlessThere(error: unknown): void {
  if (!(error instanceof ProtocolError && error.code === "already_exists")) throw error;
}
