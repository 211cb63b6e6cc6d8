/** What one exchange has brought: messages in order, once. */

const EARLY = 256;

export class Inbox {
  #taken: number;
  readonly #early = new Map<number, Uint8Array>();

  /** `taken` messages came by another way (an *accept*). */
  constructor(taken = 0) {
    this.#taken = taken;
  }

  /** The highest number taken without a gap. */
  get taken(): number {
    return this.#taken;
  }

  /** Adds message `n`; gives those that are now in order. */
  take(n: number, message: Uint8Array): Uint8Array[] {
    if (n > this.#taken && n <= this.#taken + EARLY) this.#early.set(n, message);
    const ready: Uint8Array[] = [];
    for (
      let next = this.#early.get(this.#taken + 1);
      next;
      next = this.#early.get(this.#taken + 1)
    ) {
      this.#taken++;
      this.#early.delete(this.#taken);
      ready.push(next);
    }
    return ready;
  }
}
