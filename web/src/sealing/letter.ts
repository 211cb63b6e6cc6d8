/**
 * Letters: a small message to a few keys, read later, with a commitment to its key (Letters).
 *
 * Trap: ChaCha20-Poly1305 does not commit to its key, so that one ciphertext can be made to open to
 * two messages under two keys; the commitment is checked before anything is decrypted.
 */
import {
  concat,
  fields,
  padded,
  readU32,
  requireHead,
  requireZeros,
  SUITE,
  same,
  u8,
  u32,
} from "./encoding.ts";
import { require, SealError } from "./errors.ts";
import { openBase, sealBase } from "./hpke.ts";
import { CHACHA, EMPTY, hash, hkdf, ZERO_NONCE } from "./kdf.ts";
import type { Random } from "./keys.ts";
import { ENCAPSULATION_BYTES, type Encapsulate, encapsulate, kemPublic } from "./xwing.ts";

const LETTER_KIND = 9;
const RECIPIENTS = 8;
const SIZES = [1024, 4096, 16384, 49152];
const LENGTH_BYTES = 4;
const KEY_BYTES = 32;
const COMMITMENT_BYTES = 32;
const TAG_BYTES = 16;
const STANZA_BYTES = ENCAPSULATION_BYTES + KEY_BYTES + TAG_BYTES;
const STANZAS = 3;

const infoFor = (context: Uint8Array, publicKey: Uint8Array): Uint8Array =>
  fields("aparte/1 letter", context, publicKey);

const commitmentTo = (contentKey: Uint8Array): Uint8Array =>
  hkdf(contentKey, EMPTY, "aparte/1 letter commitment", COMMITMENT_BYTES);

const letterKey = (contentKey: Uint8Array): Uint8Array =>
  hkdf(contentKey, EMPTY, "aparte/1 letter key");

const requireCount = (count: number): void =>
  require(count >= 1 && count <= RECIPIENTS, "bad_form", "a letter has 1 to 8 recipients");

/**
 * Seals for the holders of 1 to 8 X-Wing public keys. Draws the content key, 32 bytes, then what
 * each encapsulation takes. `context` names the place where the letter will lie. Refuses with
 * `bad_form`, `bad_key`, `too_long`.
 */
export function sealLetter(
  recipients: readonly Uint8Array[],
  context: Uint8Array,
  message: Uint8Array,
  random: Random,
  kem: Encapsulate = encapsulate,
): Uint8Array {
  requireCount(recipients.length);
  const body = padded(concat(u32(message.length), message), SIZES);
  const contentKey = random(KEY_BYTES);
  const stanzas = recipients.flatMap((publicKey) => {
    const info = infoFor(context, publicKey);
    const { enc, sealed } = sealBase(publicKey, info, contentKey, random, kem);
    return [enc, sealed];
  });
  const start = concat(u8(SUITE), u8(LETTER_KIND), u8(recipients.length));
  const head = concat(start, ...stanzas, commitmentTo(contentKey));
  return concat(head, CHACHA.seal(letterKey(contentKey), ZERO_NONCE, hash(head), body));
}

/** How long the head of a letter is, whose length as a whole fits it. */
function headBytes(letter: Uint8Array): number {
  requireHead(letter, LETTER_KIND);
  const count = letter[2] ?? 0;
  requireCount(count);
  const head = STANZAS + count * STANZA_BYTES + COMMITMENT_BYTES;
  const sized = SIZES.includes(letter.length - head - TAG_BYTES);
  require(sized, "bad_form", "a letter of another length");
  return head;
}

/** What the first stanza holds that opens. */
function contentKeyOf(seed: Uint8Array, context: Uint8Array, stanzas: Uint8Array): Uint8Array {
  const info = infoFor(context, kemPublic(seed));
  for (let start = 0; start < stanzas.length; start += STANZA_BYTES) {
    const stanza = stanzas.slice(start, start + STANZA_BYTES);
    const enc = stanza.slice(0, ENCAPSULATION_BYTES);
    const sealed = stanza.slice(ENCAPSULATION_BYTES);
    try {
      return openBase(seed, info, { enc, sealed });
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
    }
  }
  throw new SealError("cannot_open", "no stanza opens");
}

function readBody(body: Uint8Array): Uint8Array {
  const end = LENGTH_BYTES + readU32(body, 0);
  require(end <= body.length, "bad_form", "a length points past the end");
  requireZeros(body.subarray(end));
  return body.slice(LENGTH_BYTES, end);
}

/**
 * The message, for one of its recipients (X-Wing seed); `context` is of the place where the letter
 * lay. Nothing of who wrote it is proven. Refuses with `bad_suite`, `bad_form`, `cannot_open`,
 * `bad_commitment`; with `bad_key` a seed of another length.
 */
export function openLetter(seed: Uint8Array, context: Uint8Array, letter: Uint8Array): Uint8Array {
  const end = headBytes(letter);
  const head = letter.slice(0, end);
  const stanzas = head.subarray(STANZAS, end - COMMITMENT_BYTES);
  const contentKey = contentKeyOf(seed, context, stanzas);
  const committed = same(head.subarray(end - COMMITMENT_BYTES), commitmentTo(contentKey));
  require(committed, "bad_commitment", "a letter under two keys");
  const body = CHACHA.open(letterKey(contentKey), ZERO_NONCE, hash(head), letter.slice(end));
  return readBody(body);
}
