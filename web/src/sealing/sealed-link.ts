/** A link for somebody without an address, which opens together with spoken words (Sealed links). */
import { b64u, concat, fields, fromB64u } from "./encoding.ts";
import { require } from "./errors.ts";
import { EMPTY, hkdf } from "./kdf.ts";
import { type Random, type Signer, seedSigner } from "./keys.ts";
import { FLOOR, type Stretching } from "./lock.ts";
import {
  bytesOfNumber,
  CHECK_BITS,
  numberOf,
  readWords,
  requireCheck,
  type WordList,
  withCheck,
  writeWords,
} from "./words.ts";

const SECRET_BYTES = 32;
const WORDS = 5;
const CODE_BYTES = 7;
/** Five words have 55 bits: four are a check, the others stand at the beginning of the seven bytes. */
const UNUSED = 5n;

/** What a link says, 32 bytes; all else follows from it. */
export type LinkSecret = Uint8Array;

export const makeSealedLink = (origin: string, secret: LinkSecret): string =>
  `${origin}/link/#1.${b64u(secret)}`;

/** Reads a fragment without its `#`. Refuses with `bad_link`. */
export function parseSealedLink(fragment: string): LinkSecret {
  const found = /^1\.([\w-]+)$/.exec(fragment)?.[1];
  require(found !== undefined, "bad_link");
  return fromB64u(found, SECRET_BYTES, "bad_link");
}

const derived = (secret: LinkSecret, what: string, length = 32): Uint8Array =>
  hkdf(secret, EMPTY, `aparte/1 sealed link ${what}`, length);

/** The id of the blob: 16 bytes. */
export const placeOfLink = (secret: LinkSecret): Uint8Array => derived(secret, "place", 16);

/** The seed of what reads the blob. */
export const readSeedOfLink = (secret: LinkSecret): Uint8Array => derived(secret, "read");

/** What reads the blob. */
export const readerOfLink = (secret: LinkSecret): Signer => seedSigner(readSeedOfLink(secret));

/** 51 bits, in seven bytes of which the last five bits are zero. Draws seven bytes. */
export const drawCode = (random: Random): Uint8Array =>
  bytesOfNumber((numberOf(random(CODE_BYTES)) >> UNUSED) << UNUSED, CODE_BYTES);

const checked = (secret: LinkSecret, code: Uint8Array): Uint8Array =>
  fields("aparte/1 sealed link words", secret, code);

/** How a code is said aloud with a link. */
export const linkWords = (
  secret: LinkSecret,
  code: Uint8Array,
  list: WordList,
): readonly string[] =>
  writeWords(withCheck(checked(secret, code), numberOf(code) >> UNUSED), WORDS, list);

/**
 * The code that somebody typed. Refuses with a WordsError as `readWords` does, and with `altered` for
 * words that were, in 15 of 16 cases, not made with this link.
 */
export function readLinkWords(
  secret: LinkSecret,
  text: string,
  lists: readonly WordList[],
): Uint8Array {
  const bits = readWords(text, WORDS, lists);
  const code = bytesOfNumber((bits >> CHECK_BITS) << UNUSED, CODE_BYTES);
  requireCheck(checked(secret, code), bits);
  return code;
}

/** How a code is stretched. What it costs is fixed: nobody can make the next guess cheap. */
export const stretchingOf = (secret: LinkSecret): Stretching => ({
  salt: derived(secret, "salt"),
  ...FLOOR,
});

/** The X-Wing seed of what opens the blob, from the code as it was stretched. */
export const linkKey = (secret: LinkSecret, stretched: Uint8Array): Uint8Array =>
  hkdf(concat(secret, stretched), EMPTY, "aparte/1 sealed link key");
