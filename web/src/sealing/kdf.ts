/** Hash, HKDF, HMAC and the AEAD under the names that docs/sealed-formats.md gives them. */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf as nobleHkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8 } from "./encoding.ts";
import { SealError } from "./errors.ts";

export const ZERO_NONCE = new Uint8Array(12);
export const EMPTY = new Uint8Array(0);

/** SHA-256. */
export const hash = (data: Uint8Array): Uint8Array => sha256(data);

/** SHA-256 where megabytes are hashed: browsers' own is many times as fast. */
export type Digest = (data: Uint8Array) => Promise<Uint8Array>;

/** The same, where there is no other. */
export const slowDigest: Digest = async (data) => hash(data);

/** HKDF-SHA256 (RFC 5869), `length` bytes; text stands for its ASCII bytes. */
export const hkdf = (
  ikm: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array | string,
  length = 32,
): Uint8Array => nobleHkdf(sha256, ikm, salt, typeof info === "string" ? utf8(info) : info, length);

/** HMAC-SHA256. */
export const hmacOf = (key: Uint8Array, data: Uint8Array): Uint8Array => hmac(sha256, key, data);

/** ChaCha20-Poly1305 (RFC 8439), tag at the end. A test passes one that watches nonces. */
export interface Aead {
  seal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array): Uint8Array;
  /** Refuses with `cannot_open`. */
  open(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array;
}

export const CHACHA: Aead = {
  seal: (key, nonce, aad, plain) => chacha20poly1305(key, nonce, aad).encrypt(plain),
  open(key, nonce, aad, sealed) {
    try {
      return chacha20poly1305(key, nonce, aad).decrypt(sealed);
    } catch {
      throw new SealError("cannot_open");
    }
  },
};
