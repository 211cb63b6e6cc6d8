/**
 * X-Wing (draft-connolly-cfrg-xwing-kem): ML-KEM-768 and X25519 in one key encapsulation. Noble
 * refuses an all-zero X25519 result; its modulus check lets keys out of range pass, so ours is made
 * before.
 */
import { XWing } from "@noble/post-quantum/hybrid.js";
import { require, SealError } from "./errors.ts";
import type { Random } from "./keys.ts";

export const SEED_BYTES = 32;
export const PUBLIC_BYTES = 1216;
export const ENCAPSULATION_BYTES = 1120;
const RANDOM_BYTES = 64;
const MLKEM_BYTES = 1184;
const MODULUS = 3329;

export interface Encapsulation {
  readonly enc: Uint8Array;
  readonly secret: Uint8Array;
}

/** How a shared secret is made for a public key; tests pass one that gives recorded results. */
export type Encapsulate = (publicKey: Uint8Array, random: Random) => Encapsulation;

/** The public key (1216 bytes) of a seed (32). */
export function kemPublic(seed: Uint8Array): Uint8Array {
  require(seed.length === SEED_BYTES, "bad_key", "an X-Wing seed of another length");
  return XWing.getPublicKey(seed);
}

/**
 * Refuses with `bad_key` a key of another length, or one that fails the modulus check of FIPS 203,
 * 7.2: each 12-bit coefficient, two in three bytes, is below the modulus.
 */
export function requirePublic(publicKey: Uint8Array): void {
  require(publicKey.length === PUBLIC_BYTES, "bad_key", "an X-Wing key of another length");
  for (let at = 0; at < MLKEM_BYTES - 32; at += 3) {
    const [low = 0, middle = 0, high = 0] = publicKey.subarray(at, at + 3);
    const [first, second] = [low | ((middle & 15) << 8), (middle >> 4) | (high << 4)];
    require(first < MODULUS && second < MODULUS, "bad_key", "a coefficient out of range");
  }
}

/** Makes a shared secret (32 bytes) for the holder of `publicKey`. Refuses with `bad_key`. */
export const encapsulate: Encapsulate = (publicKey, random) => {
  requirePublic(publicKey);
  try {
    const { cipherText, sharedSecret } = XWing.encapsulate(publicKey, random(RANDOM_BYTES));
    return { enc: cipherText, secret: sharedSecret };
  } catch {
    throw new SealError("bad_key");
  }
};

/**
 * The shared secret of `enc`. Refuses with `cannot_open`; an encapsulation to another key gives
 * another secret, not an error (implicit rejection).
 */
export function decapsulate(seed: Uint8Array, enc: Uint8Array): Uint8Array {
  require(enc.length === ENCAPSULATION_BYTES, "cannot_open");
  try {
    return XWing.decapsulate(enc, seed);
  } catch {
    throw new SealError("cannot_open");
  }
}
