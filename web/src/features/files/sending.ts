/**
 * One use of a permit: seals, sends, and makes the link. All that was drawn for it is kept, so that it
 * goes on from there after a reload. Large: runs in the worker.
 */
import * as v from "valibot";
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u, concat, jsonBytes, same, utf8 } from "../../sealing/encoding.ts";
import { require } from "../../sealing/errors.ts";
import { bytesOf, natural, readForm } from "../../sealing/forms.ts";
import { EMPTY, hash } from "../../sealing/kdf.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { filesVoucher, type Permit } from "../../sealing/permit.ts";
import { placeOfLink } from "../../sealing/sealed-link.ts";
import { Shape } from "../../sealing/streamed.ts";
import type { Vault } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import { deleteBlob } from "../rooms/blobs.ts";
import { derived, linkOf, ownerOf } from "./drawn.ts";
import { finish, type Needs, plainOf, stretchedLinks } from "./finishing.ts";
import type { Begun, Said } from "./jobs.ts";
import { SealedSource } from "./sealed-source.ts";
import { sendUp } from "./send-up.ts";
import { type Source, SourceChanged } from "./source.ts";

const SEED_BYTES = 32;
const BEGUN = v.object({
  file: v.string(),
  length: natural,
  stamp: bytesOf(32),
  name: v.string(),
  readers: v.array(v.object({ to: v.string(), openings: natural })),
});

/** Where the states of sendings are kept. */
export const scopeOf = ({ secret }: Pick<Permit, "secret">): string =>
  `sending:${b64u(hash(concat(utf8("aparte sending"), secret))).slice(0, 22)}`;

/** What was begun with a permit on this device. */
export async function begunIn(kept: Vault): Promise<Begun | undefined> {
  const raw = await kept.load("seed");
  if (!raw) return undefined;
  return { seed: raw.slice(0, SEED_BYTES), ...readForm(BEGUN, raw.slice(SEED_BYTES), "bad_form") };
}

/**
 * Sends all of it, and tells the practice whose permit it is. Rejects as `sendUp` does; refuses with
 * `too_long` more than the permit pays for, and as `lookBehind` does.
 */
export async function sendFiles(
  needs: Needs,
  permit: Permit,
  source: Source,
  said: Said,
): Promise<Begun> {
  const { kept } = needs;
  const begun = await begin(needs, permit, source, said);
  // Another tab was first; and nothing is sealed again once the leaf hashes are gone.
  if (await kept.load("done")) return begun;
  // They take seconds: they pass while the file goes up.
  const ready = stretchedLinks(needs, begun);
  const { sealed, ...there } = await sendPart(needs, permit, source, begun);
  await finish(needs, permit, begun, source, { ready, ...there });
  await kept.save("done", EMPTY);
  await kept.erase("plain");
  await sealed.done();
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
  const begun = await begin(needs, permit, source, { name: "Aparté", readers: [] });
  const { sealed, tree, handed } = await sendPart(needs, permit, source, begun);
  const plain = await plainOf(needs, begun, source, tree, handed);
  await needs.kept.erase("plain");
  await sealed.done();
  return { begun, handed: plain };
}

/** Sends the part: says where it is and who owns it. `sealed` is to forget what it was sealed with. */
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
  const owner = seedSigner(ownerOf(begun));
  await sendUp(needs, { blob, owner, read, voucher: filesVoucher(permit) }, sealed);
  const { tree, ...where } = await sealed.described();
  return { sealed, owner, tree, handed: { key, parts: [{ blob: b64u(blob), read, ...where }] } };
}

/** Removes what was sent, or the part of it that was. Rejects as `Api.request` does. */
export async function removeSent(api: Api, begun: Begun): Promise<void> {
  const links = begun.readers.map((_, at) => placeOfLink(linkOf(begun, at + 1).secret));
  for (const place of [...links, derived(begun.seed, "blob", 16)]) {
    await deleteBlob(api, seedSigner(ownerOf(begun)), b64u(place)).catch(unlessGone);
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
