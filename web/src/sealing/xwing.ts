/**
 * X-Wing (draft-connolly-cfrg-xwing-kem): ML-KEM-768 and X25519 in one key encapsulation.
 *
 * Put together here from noble's parts, as the draft's section 5 says: noble's own X-Wing brings
 * every NIST curve into the first page load. Noble refuses an all-zero X25519 result; its modulus
 * check lets keys out of range pass, so ours is made before.
 */
import { x25519 } from "@noble/curves/ed25519.js";
import { sha3_256, shake256 } from "@noble/hashes/sha3.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { concat, utf8 } from "./encoding.ts";
import { require, SealError } from "./errors.ts";
import type { Random } from "./keys.ts";

export const SEED_BYTES = 32;
export const PUBLIC_BYTES = 1216;
export const ENCAPSULATION_BYTES = 1120;
const RANDOM_BYTES = 64;
const MLKEM_PUBLIC = 1184;
const MLKEM_ENCAPSULATION = 1088;
const MODULUS = 3329;
const LABEL = utf8("\\.//^\\");

export interface Encapsulation {
  readonly enc: Uint8Array;
  readonly secret: Uint8Array;
}

/** How a shared secret is made for a public key; tests pass one that gives recorded results. */
export type Encapsulate = (publicKey: Uint8Array, random: Random) => Encapsulation;

function expand(seed: Uint8Array) {
  require(seed.length === SEED_BYTES, "bad_key", "an X-Wing seed of another length");
  const expanded = shake256(seed, { dkLen: 96 });
  const scalar = expanded.slice(64);
  return {
    mlkem: ml_kem768.keygen(expanded.slice(0, 64)),
    scalar,
    point: x25519.getPublicKey(scalar),
  };
}

/** The public key (1216 bytes) of a seed (32). */
export function kemPublic(seed: Uint8Array): Uint8Array {
  const { mlkem, point } = expand(seed);
  return concat(mlkem.publicKey, point);
}

/**
 * Refuses with `bad_key` a key of another length, or one that fails the modulus check of FIPS 203,
 * 7.2: each 12-bit coefficient, two in three bytes, is below the modulus.
 */
export function requirePublic(publicKey: Uint8Array): void {
  require(publicKey.length === PUBLIC_BYTES, "bad_key", "an X-Wing key of another length");
  for (let at = 0; at < MLKEM_PUBLIC - 32; at += 3) {
    const [low = 0, middle = 0, high = 0] = publicKey.subarray(at, at + 3);
    const [first, second] = [low | ((middle & 15) << 8), (middle >> 4) | (high << 4)];
    require(first < MODULUS && second < MODULUS, "bad_key");
  }
}

/** Makes a shared secret (32 bytes) for the holder of `publicKey`. Refuses with `bad_key`. */
export const encapsulate: Encapsulate = (publicKey, random) => {
  requirePublic(publicKey);
  const drawn = random(RANDOM_BYTES);
  const [message, scalar] = [drawn.slice(0, 32), drawn.slice(32)];
  const theirs = publicKey.slice(MLKEM_PUBLIC);
  const ours = x25519.getPublicKey(scalar);
  try {
    const mlkem = ml_kem768.encapsulate(publicKey.slice(0, MLKEM_PUBLIC), message);
    const shared = x25519.getSharedSecret(scalar, theirs);
    const secret = sha3_256(concat(mlkem.sharedSecret, shared, ours, theirs, LABEL));
    return { enc: concat(mlkem.cipherText, ours), secret };
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
  const { mlkem, scalar, point } = expand(seed);
  const theirs = enc.slice(MLKEM_ENCAPSULATION);
  try {
    const inner = ml_kem768.decapsulate(enc.slice(0, MLKEM_ENCAPSULATION), mlkem.secretKey);
    const shared = x25519.getSharedSecret(scalar, theirs);
    return sha3_256(concat(inner, shared, theirs, point, LABEL));
  } catch {
    throw new SealError("cannot_open");
  }
}
