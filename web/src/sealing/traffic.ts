/** Data frames: what one exchange's keys seal, and the window that refuses what came before. */
import {
  concat,
  padded,
  readU32,
  readU64,
  requireHead,
  requireZeros,
  SUITE,
  u8,
  u32,
  u64,
} from "./encoding.ts";
import { require } from "./errors.ts";
import { type Exchange, peerOf, type Side } from "./exchange.ts";
import type { Aead } from "./kdf.ts";

export const DATA_KIND = 6;
const SIZES = [256, 1024, 4096, 16384, 61440];
const HEAD_BYTES = 2 + 8 + 8;
const TAG_BYTES = 16;
const INNER_HEAD = 12;
/** The longest message that a frame holds. */
export const MESSAGE_BYTES = 61440 - INNER_HEAD;
const LAST_COUNTER = 2 ** 48;
const WINDOW = 1024;

/** `n` numbers the message, 0 for none; `ack` is the highest n taken without a gap. */
export interface Inner {
  readonly n: number;
  readonly ack: number;
  readonly message: Uint8Array;
}

function readInner(data: Uint8Array): Inner {
  const [n, ack] = [readU32(data, 0), readU32(data, 4)];
  const end = INNER_HEAD + readU32(data, 8);
  require(end <= data.length, "bad_form");
  require(n > 0 || end === INNER_HEAD, "bad_form");
  requireZeros(data.subarray(end));
  return { n, ack, message: data.slice(INNER_HEAD, end) };
}

/** The newest 1,024 counters, each of which is taken once. */
class Window {
  #highest = -1;
  readonly #seen = new Set<number>();

  requireNew(counter: number): void {
    const fresh = counter > this.#highest - WINDOW && !this.#seen.has(counter);
    require(fresh, "replayed");
  }

  take(counter: number): void {
    this.#seen.add(counter);
    if (counter <= this.#highest) return;
    this.#highest = counter;
    if (this.#seen.size <= 2 * WINDOW) return;
    for (const seen of this.#seen) if (seen <= counter - WINDOW) this.#seen.delete(seen);
  }
}

/** The exchange id (8 bytes) of a data frame. Refuses with `bad_suite` or `bad_form`. */
export function exchangeOf(frame: Uint8Array): Uint8Array {
  requireHead(frame, DATA_KIND);
  const sized = SIZES.includes(frame.length - HEAD_BYTES - TAG_BYTES);
  require(sized, "bad_form");
  return frame.subarray(2, 10);
}

const nonce = (counter: number): Uint8Array => concat(u32(0), u64(counter));

/** One exchange's keys and counters, for the life of a page load and no longer. */
export class Traffic {
  readonly id: Uint8Array;
  readonly #sendKey: Uint8Array;
  readonly #receiveKey: Uint8Array;
  readonly #aead: Aead;
  readonly #window = new Window();
  /** Of the next frame. */
  counter = 0;

  constructor(exchange: Exchange, side: Side, aead: Aead) {
    this.id = exchange.id;
    this.#sendKey = exchange.keys[side];
    this.#receiveKey = exchange.keys[peerOf(side)];
    this.#aead = aead;
  }

  /** No counter is left: only another exchange helps. */
  get exhausted(): boolean {
    return this.counter >= LAST_COUNTER;
  }

  /** Seals under the next counter, which is used up even if the frame is never sent. */
  seal({ n, ack, message }: Inner): Uint8Array {
    const counter = this.counter++;
    const head = concat(u8(SUITE), u8(DATA_KIND), this.id, u64(counter));
    const inner = padded(concat(u32(n), u32(ack), u32(message.length), message), SIZES);
    return concat(head, this.#aead.seal(this.#sendKey, nonce(counter), head, inner));
  }

  /**
   * Opens a frame of this exchange once; `sent` is the highest number that we gave out in it.
   * Refuses with `replayed`, `cannot_open`, or `bad_form` (also for acknowledging what was not
   * sent).
   */
  open(frame: Uint8Array, sent: number): Inner {
    const head = frame.subarray(0, HEAD_BYTES);
    const wide = readU64(head, 10);
    require(wide < BigInt(LAST_COUNTER), "cannot_open");
    const counter = Number(wide);
    this.#window.requireNew(counter);
    const data = this.#aead.open(
      this.#receiveKey,
      nonce(counter),
      head,
      frame.subarray(HEAD_BYTES),
    );
    const inner = readInner(data);
    require(inner.ack <= sent, "bad_form");
    this.#window.take(counter);
    return inner;
  }
}
