/**
 * Parts of any size, of which each chunk opens and is checked alone (Documents, Streamed parts). The
 * blob is the age file of the part, the age file of its leaf hashes, and zeros.
 */
import { HEAD_BYTES, Payload, readHead, SEALED_CHUNK_BYTES, sealedLength } from "./agechunks.ts";
import { openFile } from "./agefile.ts";
import { same } from "./encoding.ts";
import { type Engine, SLOW } from "./engine.ts";
import { require, SealError } from "./errors.ts";
import type { StreamedPart } from "./forms.ts";
import { hash } from "./kdf.ts";
import { padme } from "./padme.ts";
import type { PartInfo } from "./statement.ts";
import { CHUNK_BYTES, LEAF_BYTES, leafWith, rootOf } from "./tree.ts";

/** Where things lie in the blob of a plaintext of `length` bytes. All numbers are bytes. */
export class Shape {
  readonly length: number;
  /** How many there are; an empty part is one empty chunk. */
  readonly chunks: number;
  /** What the sealed plaintext takes: the leaves begin there. */
  readonly content: number;
  /** What the sealed leaf hashes take. */
  readonly leaves: number;
  readonly blob: number;

  constructor(length: number) {
    this.length = length;
    this.chunks = Math.max(1, Math.ceil(length / CHUNK_BYTES));
    this.content = sealedLength(length);
    this.leaves = sealedLength(LEAF_BYTES * this.chunks);
    this.blob = padme(this.content + this.leaves);
  }

  /** Where a sealed chunk begins; of the number after the last: where the leaves do. */
  begin(chunk: number): number {
    return Math.min(HEAD_BYTES + chunk * SEALED_CHUNK_BYTES, this.content);
  }

  /** Where a chunk begins in the plaintext; of the number after the last: the length. */
  plain(chunk: number): number {
    return Math.min(chunk * CHUNK_BYTES, this.length);
  }

  isLast(chunk: number): boolean {
    return chunk === this.chunks - 1;
  }
}

/** What opens the chunks of a part once its leaves hold. */
export class Chunks {
  readonly shape: Shape;
  readonly #payload: Payload;
  readonly #leaves: Uint8Array;
  readonly #engine: Engine;

  constructor(shape: Shape, payload: Payload, leaves: Uint8Array, engine: Engine) {
    this.shape = shape;
    this.#payload = payload;
    this.#leaves = leaves;
    this.#engine = engine;
  }

  /** Whether a chunk is the author's. */
  async holds(index: number, plain: Uint8Array): Promise<boolean> {
    const at = index * LEAF_BYTES;
    const leaf = await leafWith(this.#engine.digest, plain);
    return same(leaf, this.#leaves.subarray(at, at + LEAF_BYTES));
  }

  /** The plaintext of one chunk. Refuses with `altered` where it is not the author's. */
  async open(index: number, sealed: Uint8Array): Promise<Uint8Array> {
    let plain: Uint8Array;
    try {
      plain = await this.#payload.open(index, sealed, this.shape.isLast(index));
    } catch {
      throw new SealError("altered");
    }
    require(await this.holds(index, plain), "altered");
    return plain;
  }
}

/**
 * Reads how a part begins (HEAD_BYTES), and its sealed leaves, against what its author signed; `key` is
 * the document key's seed. Refuses with `altered`, or `mixed_recipients`.
 */
export async function openChunks(
  head: Uint8Array,
  leaves: Uint8Array,
  key: Uint8Array,
  part: Pick<StreamedPart, "length" | "leaves">,
  info: Pick<PartInfo, "length" | "tree">,
  engine: Engine = SLOW,
): Promise<Chunks> {
  const shape = new Shape(info.length);
  const sizes = part.length === shape.content && part.leaves.length === shape.leaves;
  require(sizes, "altered", "another length than the author's");
  const named = leaves.length === part.leaves.length && same(hash(leaves), part.leaves.hash);
  require(named, "altered", "other leaves than the sender's");
  try {
    const found = await openFile(leaves, key);
    const payload = await Payload.under(readHead(head, key), engine);
    const theirs = found.length === LEAF_BYTES * shape.chunks && same(rootOf(found), info.tree);
    require(theirs, "altered", "other leaves than the author's");
    return new Chunks(shape, payload, found, engine);
  } catch (error) {
    const mixed = error instanceof SealError && error.code === "mixed_recipients";
    throw mixed ? error : new SealError("altered");
  }
}
