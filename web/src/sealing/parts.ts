/** A part of a document on its way: sealed with what proves it, opened only if all of that holds. */

import { openFile, sealFile } from "./agefile.ts";
import { same } from "./encoding.ts";
import { require, SealError } from "./errors.ts";
import { hash } from "./kdf.ts";
import { treeHash } from "./tree.ts";
import { kemPublic } from "./xwing.ts";

export interface Sealed {
  /** What is uploaded, and its SHA-256. */
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  /** Of the plaintext. */
  readonly tree: Uint8Array;
}

/** Seals under a document key (an X-Wing seed). */
export async function sealPart(plain: Uint8Array, key: Uint8Array): Promise<Sealed> {
  const bytes = await sealFile(plain, kemPublic(key));
  return { bytes, hash: hash(bytes), tree: treeHash(plain) };
}

/**
 * Opens a part: the sealed bytes' length and hash, the decryption, then length and tree of the
 * plaintext as its author signed them. Refuses with `altered`, or `mixed_recipients`.
 */
export async function openPart(
  bytes: Uint8Array,
  key: Uint8Array,
  sealed: { readonly length: number; readonly hash: Uint8Array },
  signed: { readonly length: number; readonly tree: Uint8Array },
): Promise<Uint8Array> {
  require(bytes.length === sealed.length, "altered", "sealed bytes of another length");
  require(same(hash(bytes), sealed.hash), "altered", "other sealed bytes");
  const plain = await openFile(bytes, key).catch((error: unknown) => {
    const mixed = error instanceof SealError && error.code === "mixed_recipients";
    throw mixed ? error : new SealError("altered");
  });
  require(plain.length === signed.length, "altered", "a plaintext of another length");
  require(same(treeHash(plain), signed.tree), "altered", "another plaintext");
  return plain;
}
