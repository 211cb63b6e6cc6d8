/**
 * The second signature of a practitioner's device: ML-DSA-65 (Documents, Second signature). FIPS 204,
 * with an empty context: the label stands in what is signed, as for Ed25519. Every 1,952 bytes are a
 * public key. Large: imported late, by `authored.ts` and by what makes keys.
 */
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { concat, fields } from "./encoding.ts";
import { require } from "./errors.ts";
import { EMPTY, hkdf } from "./kdf.ts";

const PUBLIC_BYTES = 1952;
const SIGNATURE_BYTES = 3309;
const CERTIFICATE_BYTES = 2 * PUBLIC_BYTES + SIGNATURE_BYTES;
const LABEL = "aparte/1 second device certificate";

/** What a device makes second signatures with. */
export interface SecondDevice {
  /** ML-DSA-65 seed, 32 bytes. */
  readonly seed: Uint8Array;
  /** 7,213 bytes: the device's second key and the identity's, which says that it is its own. */
  readonly certificate: Uint8Array;
}

/** A key pair that signs, from its seed of 32 bytes. */
export interface SecondKey {
  readonly publicKey: Uint8Array;
  /** `Sign2(key, label, …)` of the notation: 3,309 bytes, other ones each time. */
  sign(label: string, ...items: readonly Uint8Array[]): Uint8Array;
}

export function secondKey(seed: Uint8Array): SecondKey {
  const { publicKey, secretKey } = ml_dsa65.keygen(seed);
  return {
    publicKey,
    sign: (label, ...items) => ml_dsa65.sign(fields(label, ...items), secretKey),
  };
}

/** The identity's, from the root: whoever has broken the first key has no root, and not this key. */
export const secondIdentityOf = ({ root }: { readonly root: Uint8Array }): SecondKey =>
  secondKey(hkdf(root, EMPTY, "aparte/1 second identity", 32));

function verify(
  key: Uint8Array,
  signature: Uint8Array,
  label: string,
  ...items: readonly Uint8Array[]
): void {
  const holds =
    signature.length === SIGNATURE_BYTES &&
    ml_dsa65.verify(signature, fields(label, ...items), key);
  require(holds, "bad_signature", "the second signature");
}

/**
 * What a device makes second signatures with; `certificate` is its first one (137 bytes), `seed` is
 * drawn for it.
 */
export function certifySecond(
  identity: SecondKey,
  certificate: Uint8Array,
  seed: Uint8Array,
): SecondDevice {
  const keys = [secondKey(seed).publicKey, identity.publicKey];
  const signature = identity.sign(LABEL, certificate, ...keys);
  return { seed, certificate: concat(...keys, signature) };
}

/** The two public keys of a second certificate: the device's and the identity's, unchecked. */
export function keysOf(certificate: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const device = certificate.slice(0, PUBLIC_BYTES);
  return [device, certificate.slice(PUBLIC_BYTES, 2 * PUBLIC_BYTES)];
}

/**
 * Checks what stands behind a statement: the second certificate, for the device whose first one
 * (137 bytes) is given, and the second signature over label and items. Gives the two public keys.
 * Refuses with `bad_form`, `bad_signature`.
 */
export function readSecond(
  behind: Uint8Array,
  certificate: Uint8Array,
  label: string,
  ...items: readonly Uint8Array[]
): readonly [Uint8Array, Uint8Array] {
  require(behind.length === CERTIFICATE_BYTES + SIGNATURE_BYTES, "bad_form");
  const [device, identity] = keysOf(behind);
  const certified = behind.slice(2 * PUBLIC_BYTES, CERTIFICATE_BYTES);
  verify(identity, certified, LABEL, certificate, device, identity);
  verify(device, behind.slice(CERTIFICATE_BYTES), label, ...items);
  return [device, identity];
}
