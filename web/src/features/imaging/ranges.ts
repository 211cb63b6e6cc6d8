/** Any bytes of a streamed part, fetched in spans of chunks, each checked; the last ones are kept. */
import { CHUNK_BYTES } from "../../sealing/tree.ts";
import { SPAN_CHUNKS } from "../files/limits.ts";
import { Patience } from "../files/patience.ts";
import type { OpenPart } from "../files/spans.ts";
import type { Clock } from "../ports.ts";

/** Chunks that are kept: what one file ends in, the next begins with. */
const KEPT_CHUNKS = 64;

export class Ranges {
  readonly length: number;
  readonly #clock: Clock;
  readonly #open: () => Promise<OpenPart>;
  readonly #told: (waiting: boolean) => void;
  readonly #chunks = new Map<number, Uint8Array>();
  #part: Promise<OpenPart> | undefined;

  /** `told`: the network is gone, and tried again; or is there again. */
  constructor(
    length: number,
    clock: Clock,
    open: () => Promise<OpenPart>,
    told: (waiting: boolean) => void,
  ) {
    this.length = length;
    this.#clock = clock;
    this.#open = open;
    this.#told = told;
  }

  /** Waits for the network as long as it takes, or until `signal` gives it up; rejects and refuses as `openStreamed` does with all else. */
  async read(from: number, to: number, signal?: AbortSignal): Promise<Uint8Array> {
    const patience = new Patience(this.#clock, this.#told);
    for (;;) {
      try {
        const found = await this.#read(from, Math.min(to, this.length), signal);
        patience.renew();
        return found;
      } catch (error) {
        if (signal?.aborted) throw error;
        await patience.wait(error);
      }
    }
  }

  async #read(from: number, to: number, signal?: AbortSignal): Promise<Uint8Array> {
    const bytes = new Uint8Array(to - from);
    const [first, end] = [Math.floor(from / CHUNK_BYTES), Math.ceil(to / CHUNK_BYTES)];
    for (let begin = first; begin < end; begin += SPAN_CHUNKS) {
      const chunks = await this.#fetch(begin, Math.min(begin + SPAN_CHUNKS, end), signal);
      for (const [n, chunk] of chunks.entries()) {
        const at = (begin + n) * CHUNK_BYTES;
        const own = chunk.subarray(Math.max(from - at, 0), to - at);
        bytes.set(own, Math.max(at - from, 0));
      }
    }
    return bytes;
  }

  /** Those of a span: what is not kept comes in one request. */
  async #fetch(begin: number, stop: number, signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    const kept = Array.from({ length: stop - begin }, (_, n) => this.#chunks.get(begin + n));
    const [first, last] = [kept.indexOf(undefined), kept.lastIndexOf(undefined)];
    if (first >= 0) {
      this.#part ??= this.#open();
      const part = await this.#part.catch((error: unknown) => {
        this.#part = undefined;
        throw error;
      });
      const plain = await part.read(begin + first, begin + last + 1, signal);
      for (let n = first; n <= last; n += 1) {
        const at = (n - first) * CHUNK_BYTES;
        kept[n] = plain.slice(at, at + CHUNK_BYTES);
      }
    }
    const chunks = kept.map((chunk) => chunk ?? new Uint8Array());
    for (const [n, chunk] of chunks.entries()) this.#chunks.set(begin + n, chunk);
    this.#forget();
    return chunks;
  }

  #forget(): void {
    for (const chunk of this.#chunks.keys()) {
      if (this.#chunks.size <= KEPT_CHUNKS) break;
      this.#chunks.delete(chunk);
    }
  }
}
