/** Messages on their way out: numbered per exchange, resent until acknowledged. Milliseconds. */

const IN_FLIGHT = 256;
const DELAYS = [1000, 2000, 4000, 8000];

/** How long to wait before the next sending: 1, 2, 4, 8, 8… s for the attempts 0, 1, 2 and on. */
export const delay = (attempt: number): number => DELAYS[Math.min(attempt, 3)] ?? 8000;

export interface Waiting {
  readonly message: Uint8Array;
  /** Null for a passing message. */
  readonly id: string | null;
}

interface Item extends Waiting {
  /** 0 until it has gone out in this exchange. */
  n: number;
  at: number;
  attempt: number;
}

type Numbered = Pick<Item, "n" | "message">;

export class Outbox {
  #items: Item[];
  #last = 0;

  constructor(waiting: readonly Waiting[]) {
    this.#items = waiting.map((one) => ({ ...one, n: 0, at: 0, attempt: 0 }));
  }

  /** The highest number given out in this exchange. */
  get last(): number {
    return this.#last;
  }

  get size(): number {
    return this.#items.length;
  }

  add(one: Waiting): void {
    this.#items.push({ ...one, n: 0, at: 0, attempt: 0 });
  }

  /** Counts the first `count` as sent: an *accept* carried them, and has just arrived. */
  carried(count: number, now: number): void {
    for (const item of this.#items.slice(0, count)) {
      item.n = ++this.#last;
      item.at = now + delay(0);
    }
  }

  /** What has to survive a reload, in order. */
  durable(): Waiting[] {
    return this.#items.filter(({ id }) => id !== null).map(({ message, id }) => ({ message, id }));
  }

  /** A new exchange: durable messages start over, passing ones that were sent are dropped. */
  renumber(): void {
    this.#items = this.#items.filter(({ id, n }) => id !== null || n === 0);
    for (const item of this.#items) item.n = item.attempt = 0;
    this.#last = 0;
  }

  /** Numbers what may go out for the first time, and what was not acknowledged in time. */
  due(now: number): Numbered[] {
    return this.#items.slice(0, IN_FLIGHT).filter((item) => {
      if (item.n > 0 && item.at > now) return false;
      item.attempt = item.n > 0 ? item.attempt + 1 : 0;
      if (item.n === 0) item.n = ++this.#last;
      item.at = now + delay(item.attempt);
      return true;
    });
  }

  /** Makes everything due, as after a reconnection. */
  hurry(): void {
    for (const item of this.#items) item.at = item.attempt = 0;
  }

  /** When `due` gives something; null where nothing waits. */
  nextAt(): number | null {
    const times = this.#items.slice(0, IN_FLIGHT).map(({ n, at }) => (n > 0 ? at : 0));
    return times.length > 0 ? Math.min(...times) : null;
  }

  /** Forgets what was taken; gives it. */
  acknowledge(ack: number): Waiting[] {
    const taken = this.#items.filter(({ n }) => n > 0 && n <= ack);
    this.#items = this.#items.filter(({ n }) => n === 0 || n > ack);
    return taken;
  }
}
