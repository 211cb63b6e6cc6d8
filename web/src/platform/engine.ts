/** Hashing and sealing as the browser has them. */
import { type Cipher, type Engine, SLOW } from "../sealing/engine.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const NAME = "ChaCha20-Poly1305";

/** Browsers have it since 2025 or later ("Modern Algorithms in the Web Cryptography API", WICG). */
async function ownCipher(key: Uint8Array): Promise<Cipher> {
  const { subtle } = crypto;
  // The types know the formats of before.
  const format = "raw-secret" as "raw";
  const own = await subtle.importKey(format, key as Bytes, NAME, false, ["encrypt", "decrypt"]);
  const by = (nonce: Uint8Array) => ({ name: NAME, iv: nonce as Bytes });
  return {
    seal: async (nonce, plain) =>
      new Uint8Array(await subtle.encrypt(by(nonce), own, plain as Bytes)),
    open: async (nonce, sealed) =>
      new Uint8Array(await subtle.decrypt(by(nonce), own, sealed as Bytes)),
  };
}

export const engine: Engine = {
  digest: async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data as Bytes)),
  cipher: (key) => ownCipher(key).catch(() => SLOW.cipher(key)),
};
