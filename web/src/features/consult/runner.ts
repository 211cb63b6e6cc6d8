/**
 * Performs what a sealed session asks for. What comes in is handed over at once; what is stored and
 * what is sent keep their order, so that nothing goes out before the state that it depends on is
 * stored.
 */
import { type SealCode, SealError } from "../../sealing/errors.ts";
import type { Effect, Session, SessionState } from "../../sealing/session.ts";
import type { Clock } from "../ports.ts";

/** A store that failed is tried again with the next frame, but not before this has passed. */
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
  /** Something was refused, and changed nothing: no network does this by itself. */
  refused(code: SealCode): void;
  /** The state could not be stored: nothing is sent until it can be. */
  failed(error: unknown): void;
}

/** What lost connections and new pages do to honest frames: nothing to tell anybody. */
const QUIET: readonly SealCode[] = ["replayed", "stale_exchange", "unknown_exchange"];

type Act = (now: number) => readonly Effect[];

export class Runner {
  readonly session: Session;
  readonly #clock: Clock;
  readonly #events: RunnerEvents;
  /** What is to be done after what is being done: a delivery may ask for a sending. */
  readonly #acts: Act[] = [];
  #acting = false;
  /** Stores and sendings, one after the other. */
  #queue: Promise<void> = Promise.resolve();
  /** The session is ahead of what is stored: nothing goes out before that is made good. */
  #unsaved = false;
  #cancelTick = (): void => undefined;
  #stopped = false;

  constructor(session: Session, clock: Clock, events: RunnerEvents) {
    this.session = session;
    this.#clock = clock;
    this.#events = events;
  }

  start(): Promise<void> {
    return this.#act((now) => this.session.start(now));
  }

  send(message: Uint8Array): Promise<void> {
    return this.#act((now) => this.session.send(message, now));
  }

  receive(frame: Uint8Array): Promise<void> {
    return this.#act((now) => this.session.receive(frame, now));
  }

  /** What was sent may have been lost: sends again at once. */
  reconnected(): Promise<void> {
    return this.#act((now) => this.session.reconnected(now));
  }

  /** Stores what the page added to its own record. */
  save(): Promise<void> {
    return this.#act(() => [{ type: "store", state: this.session.state }]);
  }

  /** Resolves when everything asked for so far is stored and sent. */
  done(): Promise<void> {
    return this.#queue;
  }

  /** What is asked for later is not done; resolves when what runs has ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTick();
    return this.#queue;
  }

  /** Resolves when what it led to is stored and sent. */
  #act(act: Act): Promise<void> {
    this.#acts.push(act);
    if (!this.#acting) {
      this.#acting = true;
      for (let next = this.#acts.shift(); next; next = this.#acts.shift()) this.#perform(next);
      this.#acting = false;
      this.#schedule();
    }
    return this.#queue;
  }

  #perform(act: Act): void {
    if (this.#stopped) return;
    try {
      for (const effect of act(this.#clock.now())) this.#effect(effect);
    } catch (error) {
      // A frame that does not hold changes nothing: the relay may send what it likes.
      if (!(error instanceof SealError)) this.#events.failed(error);
      else if (!QUIET.includes(error.code)) this.#events.refused(error.code);
    }
  }

  #effect(effect: Effect): void {
    if (effect.type === "deliver") this.#events.deliver(effect.message);
    else if (effect.type === "began") this.#events.began();
    else if (effect.type === "authenticated") this.#events.authenticated(effect.string);
    else if (effect.type === "store") this.#later(() => this.#store(effect.state));
    else if (effect.type === "send") {
      this.#later(async () => {
        if (this.#unsaved) await this.#store(this.session.state);
        this.#events.transmit(effect.frame);
      });
    }
  }

  async #store(state: SessionState): Promise<void> {
    this.#unsaved = true;
    await this.#events.save(state);
    this.#unsaved = false;
  }

  #later(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#stopped) return;
      try {
        await work();
      } catch (error) {
        if (!this.#stopped) this.#events.failed(error);
      }
    });
  }

  #schedule(): void {
    this.#cancelTick();
    const at = this.session.nextAt();
    if (at === undefined || this.#stopped) return;
    const wait = Math.max(this.#unsaved ? SAVE_AGAIN : 0, at - this.#clock.now());
    this.#cancelTick = this.#clock.after(wait, () => {
      void this.#act((now) => this.session.tick(now));
    });
  }
}
