/** Hashing and sealing where megabytes go through them: browsers' own are many times as fast as ours. */
import { CHACHA, type Digest, EMPTY, slowDigest } from "./kdf.ts";

/** ChaCha20-Poly1305 (RFC 8439) under one key, without associated data, the tag at the end. */
export interface Cipher {
  seal(nonce: Uint8Array, plain: Uint8Array): Promise<Uint8Array>;
  /** Refuses what was not sealed so. */
  open(nonce: Uint8Array, sealed: Uint8Array): Promise<Uint8Array>;
}

export interface Engine {
  readonly digest: Digest;
  /** For a key of 32 bytes. */
  cipher(key: Uint8Array): Promise<Cipher>;
}

/** Where there is no other. */
export const SLOW: Engine = {
  digest: slowDigest,
  cipher: async (key) => ({
    seal: async (nonce, plain) => CHACHA.seal(key, nonce, EMPTY, plain),
    open: async (nonce, sealed) => CHACHA.open(key, nonce, EMPTY, sealed),
  }),
};
