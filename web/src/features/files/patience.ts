/** Goes on with long work when the network comes back: whoever does not want to wait stops the worker. */
import { ProtocolError } from "../../protocol/errors.ts";
import { SealError } from "../../sealing/errors.ts";
import type { Clock } from "../ports.ts";
import { SourceChanged } from "./source.ts";

const PAUSES = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

/** What was answered, or found wrong here, is no loss of the network. */
const isFinal = (error: unknown): boolean =>
  error instanceof SealError ||
  error instanceof SourceChanged ||
  (error instanceof ProtocolError && error.code !== "internal" && error.code !== "timeout");

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
    if (isFinal(error)) throw error;
    this.#told(true);
    const pause = PAUSES[Math.min(this.#attempt, PAUSES.length - 1)] ?? 0;
    this.#attempt += 1;
    await new Promise<void>((done) => void this.#clock.after(pause, done));
  }
}
