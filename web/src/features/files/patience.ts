/** Goes on with long work when the network comes back: whoever does not want to wait stops the worker. */
import { ProtocolError } from "../../protocol/errors.ts";
import type { Clock, Http } from "../ports.ts";

const PAUSES = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

/** No answer came, or less of one than was asked for. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Tells the loss of the network from all else that can go wrong here. */
export const tellingHttp =
  (http: Http): Http =>
  (request) =>
    http(request).catch((error: unknown) => {
      throw new NoAnswer(String(error));
    });

/** What waiting may help against: `bad_offset` where another attempt of ours was further than we knew. */
const PASSING: readonly string[] = ["internal", "timeout", "bad_offset"];

const passes = (error: unknown): boolean =>
  error instanceof NoAnswer || (error instanceof ProtocolError && PASSING.includes(error.code));

export class Patience {
  readonly #clock: Clock;
  readonly #told: (waiting: boolean) => void;
  #attempt = 0;

  constructor(clock: Clock, told: (waiting: boolean) => void) {
    this.#clock = clock;
    this.#told = told;
  }

  /** Something arrived. */
  renew(): void {
    this.#attempt = 0;
    this.#told(false);
  }

  /** Waits for the next attempt. Rejects with `error` where none would help. */
  async wait(error: unknown): Promise<void> {
    if (!passes(error)) throw error;
    this.#told(true);
    const pause = PAUSES[Math.min(this.#attempt, PAUSES.length - 1)] ?? 0;
    this.#attempt += 1;
    await new Promise<void>((done) => void this.#clock.after(pause, done));
  }
}
