/**
 * Ed25519 keys. Where WebCrypto has the curve the private key is not extractable; older browsers
 * (Chrome before 137, Firefox before 129) keep a wrapped seed and sign with noble.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import type { Signer } from "../sealing/keys.ts";

/** As it rests in the browser's database: a handle, or a seed for the vault to wrap. */
export type RestingKey =
  | { readonly publicKey: Uint8Array; readonly handle: CryptoKey }
  | { readonly publicKey: Uint8Array; readonly seed: Uint8Array };

// RFC 8410 section 7: the PKCS #8 frame around a 32-byte seed.
const PKCS8 = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
]);

/** Takes a seed of 32 bytes in; the browser's copy cannot be read back. */
export async function keyFromSeed(seed: Uint8Array): Promise<RestingKey> {
  const publicKey = ed25519.getPublicKey(seed);
  const pkcs8 = new Uint8Array(PKCS8.length + seed.length);
  pkcs8.set(PKCS8);
  pkcs8.set(seed, PKCS8.length);
  try {
    const handle = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
    return { publicKey, handle };
  } catch {
    return { publicKey, seed: seed.slice() };
  } finally {
    pkcs8.fill(0);
  }
}

export async function newKey(): Promise<RestingKey> {
  try {
    const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign"]);
    if (!("privateKey" in pair)) throw new TypeError("not a pair");
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    return { publicKey, handle: pair.privateKey };
  } catch {
    return await keyFromSeed(crypto.getRandomValues(new Uint8Array(32)));
  }
}

export function signerOf(key: RestingKey): Signer {
  const { publicKey } = key;
  if ("seed" in key) {
    const { seed } = key;
    return { publicKey, sign: async (message) => ed25519.sign(message, seed) };
  }
  const { handle } = key;
  return {
    publicKey,
    async sign(message) {
      const bytes = new Uint8Array(message);
      return new Uint8Array(await crypto.subtle.sign("Ed25519", handle, bytes));
    },
  };
}
