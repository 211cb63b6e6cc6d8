/** When a file is there: the links to it, and the letter to the practice. Large: runs in the worker. */
import { ProtocolError } from "../../protocol/errors.ts";
import { sealFile } from "../../sealing/agefile.ts";
import { signStatement } from "../../sealing/authored.ts";
import { b64u } from "../../sealing/encoding.ts";
import { type Outside, writeHanded } from "../../sealing/handed.ts";
import { EMPTY } from "../../sealing/kdf.ts";
import { type Signer, seedSigner } from "../../sealing/keys.ts";
import type { Stretching } from "../../sealing/lock.ts";
import { writeMail } from "../../sealing/mail.ts";
import { linkVoucher, type Permit, permitId } from "../../sealing/permit.ts";
import { linkKey, placeOfLink, readSeedOfLink, stretchingOf } from "../../sealing/sealed-link.ts";
import { writeStatement } from "../../sealing/statement.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import { timeOf } from "../consult/conversation.ts";
import { post } from "../mail/letters.ts";
import { lookBehind } from "../permits/behind.ts";
import type { Random, Vault } from "../ports.ts";
import { whoServes } from "../practitioners/records.ts";
import { fileName } from "../prescription/parts.ts";
import { storeAsIs } from "../rooms/blobs.ts";
import { derived, linkOf } from "./drawn.ts";
import type { Begun, Long } from "./jobs.ts";
import { Patience } from "./patience.ts";
import type { Source } from "./source.ts";

/** Argon2id, 32 bytes. */
export type Stretch = (secret: Uint8Array, how: Stretching) => Promise<Uint8Array>;

export interface Needs extends Long {
  readonly random: Random;
  readonly stretch: Stretch;
  readonly kept: Vault;
}

interface There {
  /** The codes of the links, stretched; none for those that are sealed. */
  readonly ready: readonly Promise<Uint8Array | undefined>[];
  readonly owner: Signer;
  /** Of the plaintext. */
  readonly tree: Uint8Array;
  readonly handed: Outside;
}

/**
 * Goes on when the network comes back. Rejects as `Api.request` does, and refuses as `lookBehind` does.
 */
export async function finish(
  needs: Needs,
  permit: Permit,
  begun: Begun,
  source: Source,
  { ready, owner, tree, handed }: There,
): Promise<void> {
  const { clock, told } = needs;
  const patience = new Patience(clock, (waiting) => told({ done: source.length, waiting }));
  for (;;) {
    try {
      const plain = await plainOf(needs, begun, source, tree, handed);
      for (const [at, stretched] of ready.entries()) {
        await putLink(needs, permit, begun, at + 1, { plain, owner, stretched });
      }
      if (permit.practice) await tell(needs, permit, begun, source);
      return;
    } catch (error) {
      await patience.wait(error);
    }
  }
}

/** Makes a link, of which the first is 1; it is sealed once. */
async function putLink(
  { api, random, kept }: Needs,
  permit: Permit,
  begun: Begun,
  number: number,
  made: {
    readonly plain: Uint8Array;
    readonly owner: Signer;
    readonly stretched: Promise<Uint8Array | undefined>;
  },
): Promise<void> {
  const { secret } = linkOf(begun, number);
  const name = `link ${number}`;
  const seal = async (): Promise<Uint8Array> => {
    const stretched = await made.stretched;
    if (!stretched) throw new Error("the code of a link that is not sealed is stretched");
    const sealed = await sealFile(made.plain, kemPublic(linkKey(secret, stretched)));
    await kept.save(name, sealed);
    return sealed;
  };
  const sealed = (await kept.load(name)) ?? (await seal());
  const where = { id: placeOfLink(secret), read: readSeedOfLink(secret) };
  const openings = begun.readers[number - 1]?.openings ?? 1;
  const voucher = linkVoucher(permit, number);
  const store = { api, random, signer: made.owner, voucher, openings, ...where };
  await storeAsIs(store, sealed).catch(unlessThere);
}

/** One after the other: each takes much memory. None for those that are sealed. */
export function stretchedLinks({ kept, stretch }: Needs, begun: Begun) {
  let last: Promise<unknown> = Promise.resolve();
  return begun.readers.map((_, at) => {
    const { secret, code } = linkOf(begun, at + 1);
    const made = last.then(async () => {
      if (await kept.load(`link ${at + 1}`)) return undefined;
      return await stretch(code, stretchingOf(secret));
    });
    // Without this a failure would be nobody's while the file goes up.
    made.catch(() => undefined);
    last = made;
    return made;
  });
}

/** What each link opens to; it is signed once. */
export async function plainOf(
  needs: Omit<Needs, "stretch">,
  begun: Begun,
  source: Source,
  tree: Uint8Array,
  handed: Outside,
): Promise<Uint8Array> {
  const before = await needs.kept.load("plain");
  if (before) return before;
  const plain = writeHanded(await proven(needs, begun, source, tree), handed);
  await needs.kept.save("plain", plain);
  return plain;
}

/** Puts the letter where the practice is by now. Done again it is the same one: by its id. */
async function tell(needs: Needs, permit: Permit, begun: Begun, source: Source): Promise<void> {
  const { api, clock, random } = needs;
  const { secret, code } = linkOf(begun, 1);
  const letter = writeMail({
    t: "files",
    id: b64u(derived(begun.seed, "letter", 16)),
    at: timeOf(clock.now()),
    link: b64u(secret),
    code: b64u(code),
    name: fileName(source.name),
    size: source.length,
    until: timeOf(permit.until * 1000),
    permit: b64u(permitId(permit)),
  });
  const attempt = async (): Promise<void> => {
    const { destination } = await lookBehind({ api, clock }, permit);
    await post({ api, random }, destination, letter);
  };
  await attempt().catch(async (error: unknown) => {
    // The practice has just replaced its key, or its mailbox.
    if (!(error instanceof ProtocolError && error.code === "not_found")) throw error;
    await attempt();
  });
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
