/** Time that passes when a test says so. */
import type { Clock } from "../../../src/features/ports.ts";

interface Timer {
  readonly at: number;
  readonly act: () => void;
}

/** Lets promises, and the work of WebCrypto's threads, come to rest. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await new Promise((done) => setImmediate(done));
}

export class FakeClock implements Clock {
  #now = Date.UTC(2026, 2, 1, 9, 30);
  #timers = new Set<Timer>();

  now = (): number => this.#now;

  after(ms: number, act: () => void): () => void {
    const timer = { at: this.#now + ms, act };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Lets `ms` pass, a few at a time, each settled before the next. */
  async advance(ms: number, step = 50): Promise<void> {
    const end = this.#now + ms;
    while (this.#now < end) {
      this.#now = Math.min(end, this.#now + step);
      const due = [...this.#timers].filter(({ at }) => at <= this.#now);
      for (const timer of due.sort((one, other) => one.at - other.at)) {
        this.#timers.delete(timer);
        timer.act();
      }
      await settle();
    }
  }

  /** Lets time pass until it holds; gives the milliseconds that it took. */
  async until(holds: () => boolean, patience = 30_000): Promise<number> {
    const from = this.#now;
    await settle();
    while (!holds()) {
      if (this.#now - from > patience) throw new Error(`not within ${patience} ms: ${holds}`);
      await this.advance(50);
    }
    return this.#now - from;
  }
}
