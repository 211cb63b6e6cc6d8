/**
 * Performs what a sealed session asks for, in order: what is stored is stored before anything that
 * depends on it is sent. One step at a time, so that no step sees a state half written.
 */
import { SealError } from "../../sealing/errors.ts";
import type { Effect, Session, SessionState } from "../../sealing/session.ts";
import type { Clock } from "../ports.ts";

/** A disk that refused is tried again after this. */
const SAVE_AGAIN = 1_000;

export interface RunnerEvents {
  /** Stores the state, and with it what `deliver` has added; durable when it resolves. */
  save(state: SessionState): Promise<void>;
  transmit(frame: Uint8Array): void;
  /** A message of the other side, in order, once. */
  deliver(message: Uint8Array): void;
  /** New keys are in force; passing messages of the exchange before are gone. */
  began(): void;
  authenticated(string: string): void;
  /** The state could not be stored: nothing that depends on it was sent. */
  failed(error: unknown): void;
}

export class Runner {
  readonly session: Session;
  readonly #clock: Clock;
  readonly #events: RunnerEvents;
  #queue: Promise<void> = Promise.resolve();
  #cancelTick = (): void => undefined;
  #stopped = false;
  /** The session is ahead of what is stored: nothing goes out before that is made good. */
  #unsaved = false;

  constructor(session: Session, clock: Clock, events: RunnerEvents) {
    this.session = session;
    this.#clock = clock;
    this.#events = events;
  }

  start(): Promise<void> {
    return this.#step((now) => this.session.start(now));
  }

  send(message: Uint8Array): Promise<void> {
    return this.#step((now) => this.session.send(message, now));
  }

  receive(frame: Uint8Array): Promise<void> {
    return this.#step((now) => {
      try {
        return this.session.receive(frame, now);
      } catch (error) {
        // A frame that does not hold changes nothing: the relay may send what it likes.
        if (error instanceof SealError) return [];
        throw error;
      }
    });
  }

  /** What was sent may have been lost: sends again at once. */
  reconnected(): Promise<void> {
    return this.#step((now) => this.session.reconnected(now));
  }

  /** Stores what the page added to its own record. */
  save(): Promise<void> {
    return this.#step(() => [{ type: "store", state: this.session.state }]);
  }

  /** What is asked for later is not done; resolves when what runs has ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTick();
    return this.#queue;
  }

  #step(act: (now: number) => readonly Effect[]): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      if (this.#stopped) return;
      try {
        if (this.#unsaved) await this.#save(this.session.state);
        for (const effect of act(this.#clock.now())) await this.#perform(effect);
      } catch (error) {
        if (!this.#stopped) this.#events.failed(error);
      }
      this.#schedule();
    });
    return this.#queue;
  }

  async #perform(effect: Effect): Promise<void> {
    if (this.#stopped) return;
    if (effect.type === "store") await this.#save(effect.state);
    else if (effect.type === "send") this.#events.transmit(effect.frame);
    else if (effect.type === "deliver") this.#events.deliver(effect.message);
    else if (effect.type === "began") this.#events.began();
    else if (effect.type === "authenticated") this.#events.authenticated(effect.string);
  }

  async #save(state: SessionState): Promise<void> {
    this.#unsaved = true;
    await this.#events.save(state);
    this.#unsaved = false;
  }

  #schedule(): void {
    this.#cancelTick();
    const at = this.session.nextAt();
    if (at === undefined || this.#stopped) return;
    const wait = Math.max(this.#unsaved ? SAVE_AGAIN : 0, at - this.#clock.now());
    this.#cancelTick = this.#clock.after(wait, () => {
      void this.#step((now) => this.session.tick(now));
    });
  }
}
