/**
 * age v1 files (C2SP age) chunk by chunk, in any order: what agefile.ts writes and reads whole.
 *
 * Trap: the number of a chunk is its nonce. A chunk that was sealed must never be sealed with another
 * content: who goes on with an upload remembers the leaf hashes of what it sent.
 */
import { base64nopad } from "@scure/base";
import { concat, same, utf8 } from "./encoding.ts";
import type { Cipher, Engine } from "./engine.ts";
import { require } from "./errors.ts";
import { openBase, sealBase } from "./hpke.ts";
import { EMPTY, hkdf, hmacOf } from "./kdf.ts";
import type { Random } from "./keys.ts";
import { CHUNK_BYTES } from "./tree.ts";
import { ENCAPSULATION_BYTES, type Encapsulate, encapsulate } from "./xwing.ts";

const TAG_BYTES = 16;
const FILE_KEY_BYTES = 16;
const NONCE_BYTES = 16;
/** What stands before the first chunk: version, stanza, MAC and nonce have one form, of one length. */
export const HEAD_BYTES = 1643;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
const STANZA = "mlkem768x25519";
const INFO = utf8(`age-encryption.org/${STANZA}`);
const HEADER =
  /^(age-encryption\.org\/v1\n-> (\S+) ([\w+/]{1494})\n([\w+/]{43})\n---) ([\w+/]{43})\n$/;

/** How long the file of a plaintext of so many bytes is. */
export const sealedLength = (length: number): number =>
  HEAD_BYTES + length + TAG_BYTES * Math.max(1, Math.ceil(length / CHUNK_BYTES));

/** What seals and opens the chunks of one file, each by its number. */
export class Payload {
  readonly #cipher: Cipher;

  private constructor(cipher: Cipher) {
    this.#cipher = cipher;
  }

  /** Of the file with this payload key. */
  static async under(key: Uint8Array, engine: Engine): Promise<Payload> {
    return new Payload(await engine.cipher(key));
  }

  seal(index: number, plain: Uint8Array, last: boolean): Promise<Uint8Array> {
    return this.#cipher.seal(nonceOf(index, last), plain);
  }

  /** Refuses what was not sealed as this chunk. */
  open(index: number, sealed: Uint8Array, last: boolean): Promise<Uint8Array> {
    return this.#cipher.open(nonceOf(index, last), sealed);
  }
}

/** Eleven bytes of number, then whether it is the last. */
function nonceOf(index: number, last: boolean): Uint8Array {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, index);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

const payloadKey = (fileKey: Uint8Array, nonce: Uint8Array): Uint8Array =>
  hkdf(fileKey, nonce, "payload");

const macOf = (fileKey: Uint8Array, unsigned: Uint8Array): Uint8Array =>
  hmacOf(hkdf(fileKey, EMPTY, "header"), unsigned);

/**
 * The HEAD_BYTES that a file begins with, and the payload key (32 bytes) that seals its chunks. Draws
 * file key and payload nonce, 16 bytes each, in order, and what encapsulation does. Refuses with `bad_key`.
 */
export function beginFile(
  publicKey: Uint8Array,
  random: Random,
  kem: Encapsulate = encapsulate,
): { readonly head: Uint8Array; readonly key: Uint8Array } {
  const [fileKey, nonce] = [random(FILE_KEY_BYTES), random(NONCE_BYTES)];
  const { enc, sealed } = sealBase(publicKey, INFO, fileKey, random, kem);
  const stanza = `-> ${STANZA} ${base64nopad.encode(enc)}\n${base64nopad.encode(sealed)}`;
  const unsigned = utf8(`age-encryption.org/v1\n${stanza}\n---`);
  const mac = utf8(` ${base64nopad.encode(macOf(fileKey, unsigned))}\n`);
  return { head: concat(unsigned, mac, nonce), key: payloadKey(fileKey, nonce) };
}

/**
 * The payload key of a file that begins with these HEAD_BYTES. Refuses with `bad_form`,
 * `mixed_recipients`, `cannot_open`.
 */
export function readHead(head: Uint8Array, seed: Uint8Array): Uint8Array {
  require(head.length === HEAD_BYTES, "bad_form", "a header of another length");
  const [text, nonce] = [head.subarray(0, -NONCE_BYTES), head.subarray(-NONCE_BYTES)];
  const found = HEADER.exec(String.fromCharCode(...text));
  require(found !== null, "bad_form", "a header of another form");
  const [, unsigned = "", type, share = "", body = "", mac = ""] = found;
  require(type === STANZA, "mixed_recipients");
  const [enc, sealed, theirs] = [share, body, mac].map(unpadded);
  require(enc?.length === ENCAPSULATION_BYTES && !!sealed && !!theirs, "bad_form");
  const fileKey = openBase(seed, INFO, { enc, sealed });
  require(same(theirs, macOf(fileKey, utf8(unsigned))), "cannot_open", "the header was changed");
  return payloadKey(fileKey, nonce);
}

/** Refuses with `bad_form` what is not canonical. */
function unpadded(text: string): Uint8Array | undefined {
  try {
    return base64nopad.decode(text);
  } catch {
    return undefined;
  }
}
