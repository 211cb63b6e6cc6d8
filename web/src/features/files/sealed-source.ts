/**
 * The bytes of the blob of one source, from any piece on, always the same (Streamed parts).
 *
 * What was sealed is remembered before it is given, so that no chunk is ever sealed twice with another
 * content: its number is its nonce.
 */
import { LIMITS } from "../../protocol/limits.ts";
import { beginFile, Payload } from "../../sealing/agechunks.ts";
import { sealFile } from "../../sealing/agefile.ts";
import { concat, same } from "../../sealing/encoding.ts";
import type { Engine } from "../../sealing/engine.ts";
import { EMPTY, hash } from "../../sealing/kdf.ts";
import { Shape } from "../../sealing/streamed.ts";
import { LEAF_BYTES, leafWith, rootOf } from "../../sealing/tree.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { Kept, Random } from "../ports.ts";
import type { Piece } from "../rooms/blobs.ts";
import { SPAN_CHUNKS } from "./limits.ts";
import { type Source, SourceChanged } from "./source.ts";

/** How many pieces are made while one is sent: to write down takes as long as to seal. */
const AHEAD = 3;
const PAYLOAD_KEY = 32;
const LEAVES = "leaves-";

interface Sealing {
  readonly source: Source;
  /** The document key's seed. */
  readonly key: Uint8Array;
  /** Holds what must not be drawn anew. */
  readonly kept: Kept;
  readonly random: Random;
  readonly engine: Engine;
}

interface Prepared {
  readonly leaves: readonly Uint8Array[];
  readonly sealed: readonly Uint8Array[];
}

export class SealedSource {
  readonly shape: Shape;
  readonly #source: Source;
  readonly #key: Uint8Array;
  readonly #kept: Kept;
  readonly #head: Uint8Array;
  readonly #payload: Payload;
  readonly #engine: Engine;

  private constructor(
    { source, key, kept, engine }: Omit<Sealing, "random">,
    head: Uint8Array,
    payload: Payload,
  ) {
    this.shape = new Shape(source.length);
    this.#source = source;
    this.#key = key;
    this.#kept = kept;
    this.#engine = engine;
    this.#payload = payload;
    this.#head = head;
  }

  static async open({ random, ...sealing }: Sealing): Promise<SealedSource> {
    const { kept, key, engine } = sealing;
    let begun = await kept.load("begun");
    if (!begun) {
      const file = beginFile(kemPublic(key), random);
      begun = concat(file.key, file.head);
      await kept.save("begun", begun);
    }
    const payload = await Payload.under(begun.slice(0, PAYLOAD_KEY), engine);
    return new SealedSource(sealing, begun.slice(PAYLOAD_KEY), payload);
  }

  /** Pieces from `offset` on, where one began before, or 0. Rejects with SourceChanged. */
  async *pieces(offset: number): AsyncGenerator<Piece, void, undefined> {
    const { shape } = this;
    if (offset < shape.content) yield* this.#content(offset === 0 ? 0 : this.#chunkAt(offset));
    const tail = await this.#tail();
    for (let at = Math.max(offset, shape.content); at < shape.blob; at += LIMITS.piece) {
      // What comes behind the leaves is zeros.
      const bytes = new Uint8Array(Math.min(LIMITS.piece, shape.blob - at));
      bytes.set(tail.subarray(at - shape.content, at - shape.content + bytes.length));
      yield { bytes, digest: await this.#engine.digest(bytes) };
    }
  }

  /** What the envelope and the statement say of the part, once all of its pieces were given. */
  async described() {
    const tail = await this.#tail();
    const leaves = { length: tail.length, hash: hash(tail) };
    return { length: this.shape.content, leaves, tree: rootOf(await this.#leaves()) };
  }

  /** Forgets the key first, and then what would be compared, once nothing is sent any more. */
  async done(): Promise<void> {
    await this.#kept.erase("begun");
    for (const name of await this.#kept.names()) {
      if (name.startsWith(LEAVES) || name === "tail") await this.#kept.erase(name);
    }
  }

  #chunkAt(offset: number): number {
    const { shape } = this;
    let chunk = 0;
    while (chunk < shape.chunks && shape.begin(chunk) < offset) chunk += SPAN_CHUNKS;
    if (shape.begin(chunk) !== offset) throw new RangeError("a piece begins elsewhere");
    return chunk;
  }

  /** While one piece is on its way others are read, hashed, sealed, and written down. */
  async *#content(first: number): AsyncGenerator<Piece, void, undefined> {
    const { shape } = this;
    const chunks = this.#source.chunks(first);
    const ready: Promise<Piece>[] = [];
    let begin = first;
    // One after the other, since the source is read in order.
    let prepared: Promise<unknown> = Promise.resolve();
    const prepare = () => {
      const at = begin;
      const sealed = prepared.then(() => this.#prepared(chunks, at));
      prepared = sealed;
      const piece = sealed.then((found) => this.#written(at, found));
      // A failure shows when it is waited for.
      piece.catch(() => undefined);
      ready.push(piece);
      begin += SPAN_CHUNKS;
    };
    try {
      for (;;) {
        while (begin < shape.chunks && ready.length < AHEAD) prepare();
        const piece = ready.shift();
        if (!piece) return;
        yield await piece;
      }
    } finally {
      await chunks.return();
    }
  }

  /** The piece, once its leaves are on the disk. */
  async #written(begin: number, { leaves, sealed }: Prepared): Promise<Piece> {
    const bytes = concat(begin === 0 ? this.#head : EMPTY, ...sealed);
    const [digest] = await Promise.all([
      this.#engine.digest(bytes),
      this.#remember(begin, concat(...leaves)),
    ]);
    return { bytes, digest };
  }

  /** The chunks of the piece that begins with this one, read, hashed and sealed. */
  async #prepared(
    chunks: AsyncGenerator<Uint8Array, void, undefined>,
    begin: number,
  ): Promise<Prepared> {
    const { shape } = this;
    const end = Math.min(begin + SPAN_CHUNKS, shape.chunks);
    const plain: Uint8Array[] = [];
    while (begin + plain.length < end) {
      plain.push(await this.#next(chunks, begin + plain.length));
    }
    // The browser's own threads do both, where it has what they need.
    const [leaves, sealed] = await Promise.all([
      Promise.all(plain.map((text) => leafWith(this.#engine.digest, text))),
      Promise.all(
        plain.map((text, at) => this.#payload.seal(begin + at, text, shape.isLast(begin + at))),
      ),
    ]);
    return { leaves, sealed };
  }

  /** An empty part is one empty chunk. */
  async #next(
    chunks: AsyncGenerator<Uint8Array, void, undefined>,
    index: number,
  ): Promise<Uint8Array> {
    const { shape } = this;
    if (shape.length === 0) return EMPTY;
    const { value } = await chunks.next();
    const whole = value?.length === shape.plain(index + 1) - shape.plain(index);
    if (!value || !whole) throw new SourceChanged(this.#source.name);
    return value;
  }

  async #remember(begin: number, leaves: Uint8Array): Promise<void> {
    const name = LEAVES + begin / SPAN_CHUNKS;
    const known = await this.#kept.load(name);
    if (!known) await this.#kept.save(name, leaves);
    else if (!same(known, leaves)) throw new SourceChanged(this.#source.name);
  }

  async #leaves(): Promise<Uint8Array> {
    const found: Uint8Array[] = [];
    for (let begin = 0; begin < this.shape.chunks; begin += SPAN_CHUNKS) {
      found.push((await this.#kept.load(LEAVES + begin / SPAN_CHUNKS)) ?? EMPTY);
    }
    const leaves = concat(...found);
    const all = leaves.length === LEAF_BYTES * this.shape.chunks;
    if (!all) throw new RangeError("some leaves are missing");
    return leaves;
  }

  /** The sealed leaves. They are drawn once. */
  async #tail(): Promise<Uint8Array> {
    const kept = await this.#kept.load("tail");
    if (kept) return kept;
    const tail = await sealFile(await this.#leaves(), kemPublic(this.#key));
    await this.#kept.save("tail", tail);
    return tail;
  }
}
