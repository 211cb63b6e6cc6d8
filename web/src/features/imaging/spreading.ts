/** Tells others the newest look, as often as the network bears. */
import type { Beside } from "../consult/call.ts";
import type { Clock } from "../ports.ts";

/** Ten looks a second, the newest alone. */
export const PACE = 100;
/** With so many messages on their way a look would only come late. */
const CROWDED = 16;
/** Until a side that is crowded is tried again. */
const LATER = 1_000;

export class Spreading {
  readonly #clock: Clock;
  /** The newest look when it is said; undefined where that side is told none any more. */
  readonly #newest: (side: Beside) => Uint8Array | undefined;
  /** Who has not been told the newest. */
  readonly #behind = new Map<Beside, () => void>();

  constructor(clock: Clock, newest: (side: Beside) => Uint8Array | undefined) {
    this.#clock = clock;
    this.#newest = newest;
  }

  tell(side: Beside): void {
    if (!this.#behind.has(side)) this.#wait(side, PACE);
  }

  /** It knows a newer one. */
  spare(side: Beside): void {
    this.#behind.get(side)?.();
    this.#behind.delete(side);
  }

  stop(): void {
    for (const side of [...this.#behind.keys()]) this.spare(side);
  }

  #wait(side: Beside, time: number): void {
    const say = (): void => {
      this.#behind.delete(side);
      const look = this.#newest(side);
      if (!look) return;
      if (side.waiting() >= CROWDED) this.#wait(side, LATER);
      else side.say(look);
    };
    this.#behind.set(side, this.#clock.after(time, say));
  }
}
