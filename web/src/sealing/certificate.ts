/** Device certificate: the identity key says that a device key is its own (137 bytes). */
import { concat, readU64, SUITE, u8, u64 } from "./encoding.ts";
import { require } from "./errors.ts";
import { requireKey, type Signer, sign, verify } from "./keys.ts";

export const CERTIFICATE_BYTES = 137;
const SIGNED = 73;
const LABEL = "aparte/1 device certificate";

export interface Certificate {
  /** Ed25519 public keys. */
  readonly identity: Uint8Array;
  readonly device: Uint8Array;
  /** Unix seconds. */
  readonly issued: number;
  /** What travels. */
  readonly raw: Uint8Array;
}

/** Issues a certificate at `issued` Unix seconds. Refuses with `bad_key`. */
export async function makeCertificate(
  identity: Signer,
  device: Uint8Array,
  issued: number,
): Promise<Uint8Array> {
  requireKey(device);
  const signed = concat(u8(SUITE), identity.publicKey, device, u64(issued));
  return concat(signed, await sign(identity, LABEL, signed));
}

/** Refuses with `bad_form`, `bad_suite`, `bad_key` or `bad_signature`. */
export function readCertificate(raw: Uint8Array): Certificate {
  require(raw.length === CERTIFICATE_BYTES, "bad_form");
  require(raw[0] === SUITE, "bad_suite");
  const identity = raw.slice(1, 33);
  const device = raw.slice(33, 65);
  requireKey(device);
  verify(identity, raw.subarray(SIGNED), LABEL, raw.subarray(0, SIGNED));
  return { identity, device, issued: Number(readU64(raw, 65)), raw: raw.slice() };
}
