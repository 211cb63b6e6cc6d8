/**
 * Ed25519 with a verifier that is strict about what a key may be. Trap: WebCrypto and noble's
 * default accept keys of small order, for which signatures over anything can be made to hold.
 * Signing goes through a `Signer`: the browser's keys cannot be read out.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { fields } from "./encoding.ts";
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

/** Whether this is the canonical encoding of a point of the prime-order group, not its identity. */
function isPoint(encoded: Uint8Array): boolean {
  try {
    const point = ed25519.Point.fromBytes(encoded, false);
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/** Refuses with `bad_key` what is not the canonical encoding of a key of prime order. */
export function requireKey(key: Uint8Array): void {
  require(key.length === KEY_BYTES && isPoint(key), "bad_key");
}

/**
 * Refuses with `bad_key`, or with `bad_signature`; S must be reduced, and R such a point too, as
 * a verifier that does not multiply by the cofactor has it.
 */
export function verify(
  key: Uint8Array,
  signature: Uint8Array,
  label: string,
  ...items: readonly Uint8Array[]
): void {
  requireKey(key);
  const holds =
    signature.length === SIGNATURE_BYTES &&
    isPoint(signature.subarray(0, 32)) &&
    ed25519.verify(signature, fields(label, ...items), key, { zip215: false });
  require(holds, "bad_signature");
}
