/** The RFC 6962 Merkle tree hash over 64 KiB chunks of a part's plaintext. */
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, u8 } from "./encoding.ts";
import type { Digest } from "./kdf.ts";

export const CHUNK_BYTES = 64 * 1024;
export const LEAF_BYTES = 32;
const LEAF = u8(0);
const NODE = u8(1);

const leafHash = (chunk: Uint8Array): Uint8Array =>
  sha256.create().update(LEAF).update(chunk).digest();

/** The same, as `digest` hashes. */
export const leafWith = (digest: Digest, chunk: Uint8Array): Promise<Uint8Array> =>
  digest(concat(LEAF, chunk));

const node = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256.create().update(NODE).update(left).update(right).digest();

/** Hashes a plaintext as it streams by, in memory that grows with the logarithm of its length. */
export class TreeHash {
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #filled = 0;
  #length = 0;
  /** Roots of perfect subtrees, largest first. */
  readonly #roots: { leaves: number; root: Uint8Array }[] = [];

  /** Bytes hashed so far. */
  get length(): number {
    return this.#length;
  }

  update(data: Uint8Array): this {
    this.#length += data.length;
    let rest = data;
    while (rest.length > 0) {
      const taken = rest.subarray(0, CHUNK_BYTES - this.#filled);
      this.#chunk.set(taken, this.#filled);
      this.#filled += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#filled === CHUNK_BYTES) this.#flush();
    }
    return this;
  }

  /** The tree hash, 32 bytes, once: an empty part is one empty chunk. */
  digest(): Uint8Array {
    if (this.#filled > 0 || this.#roots.length === 0) this.#flush();
    return this.#roots.map(({ root }) => root).reduceRight((right, left) => node(left, right));
  }

  #flush(): void {
    this.addLeaf(leafHash(this.#chunk.subarray(0, this.#filled)));
    this.#filled = 0;
  }

  /** Takes a chunk by its leaf hash; none may have come in part. */
  addLeaf(leaf: Uint8Array): void {
    let leaves = 1;
    let root = leaf;
    for (let last = this.#roots.at(-1); last?.leaves === leaves; last = this.#roots.at(-1)) {
      this.#roots.pop();
      leaves *= 2;
      root = node(last.root, root);
    }
    this.#roots.push({ leaves, root });
  }
}

/** The tree hash of the part whose chunks have these leaf hashes, 32 bytes each, in order. */
export function rootOf(leaves: Uint8Array): Uint8Array {
  const tree = new TreeHash();
  for (let at = 0; at < leaves.length; at += LEAF_BYTES) {
    tree.addLeaf(leaves.subarray(at, at + LEAF_BYTES));
  }
  return tree.digest();
}

export const treeHash = (data: Uint8Array): Uint8Array => new TreeHash().update(data).digest();
