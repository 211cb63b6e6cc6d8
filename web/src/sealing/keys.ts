/**
 * Ed25519 with a verifier that is strict about what a key may be. Trap: WebCrypto and noble's
 * default accept keys of small order, for which signatures over anything can be made to hold.
 * Signing goes through a `Signer`: the browser's keys cannot be read out.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, fields, same } from "./encoding.ts";
import { require } from "./errors.ts";

export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** `n` bytes from a cryptographic generator. */
export type Random = (n: number) => Uint8Array;

/** A private Ed25519 key that signs and does not show itself. */
export interface Signer {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** `Sign(key, label, …)` of the notation: 64 bytes. */
export const sign = (
  signer: Signer,
  label: string,
  ...items: readonly Uint8Array[]
): Promise<Uint8Array> => signer.sign(fields(label, ...items));

/** A signer over a seed of 32 bytes, for derived keys (join key, read key) that live one moment. */
export const seedSigner = (seed: Uint8Array): Signer => ({
  publicKey: ed25519.getPublicKey(seed),
  sign: async (message) => ed25519.sign(message, seed),
});

const { Point } = ed25519;
const { BASE, Fn } = Point;
type Point = typeof BASE;

/** Points of keys that were checked, since one page sees the same few keys again and again. */
const checked = new Map<string, Point>();
const CHECKED_KEYS = 64;

/** The point of a key. Refuses with `bad_key` as `requireKey` does. */
function pointOf(key: Uint8Array): Point {
  require(key.length === KEY_BYTES, "bad_key");
  const name = String.fromCharCode(...key);
  const known = checked.get(name);
  if (known) return known;
  let point: Point | undefined;
  try {
    point = Point.fromBytes(key, false);
  } catch {
    // No point at all, or not its one encoding.
  }
  require(point !== undefined && !point.isSmallOrder() && point.isTorsionFree(), "bad_key");
  const [oldest] = checked.keys();
  if (oldest !== undefined && checked.size >= CHECKED_KEYS) checked.delete(oldest);
  checked.set(name, point);
  return point;
}

/** Refuses with `bad_key` what is not the canonical encoding of a key of prime order. */
export function requireKey(key: Uint8Array): void {
  pointOf(key);
}

/**
 * RFC 8032, section 5.1.7, without the cofactor, as libsodium has it: R must be, byte for byte, what
 * S and the key make of it. So it is a point of prime order in its one encoding, as the key is.
 * The library's own check multiplies by the cofactor, and would need another one of R.
 */
function holds(key: Uint8Array, signature: Uint8Array, message: Uint8Array): boolean {
  const point = pointOf(key);
  if (signature.length !== SIGNATURE_BYTES) return false;
  const r = signature.subarray(0, 32);
  const s = bytesToNumberLE(signature.subarray(32));
  if (!Fn.isValid(s)) return false;
  const k = Fn.create(bytesToNumberLE(sha512(concat(r, key, message))));
  const made = BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(k));
  return !made.is0() && same(made.toBytes(), r);
}

/** Refuses with `bad_key`, or with `bad_signature`; S must be reduced, and R of prime order. */
export function verify(
  key: Uint8Array,
  signature: Uint8Array,
  label: string,
  ...items: readonly Uint8Array[]
): void {
  require(holds(key, signature, fields(label, ...items)), "bad_signature");
}
