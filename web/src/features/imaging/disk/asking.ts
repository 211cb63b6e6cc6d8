/** Asks the host for what pays for showing images (Looking together). */
import { effect, type ReadonlySignal, untracked } from "@preact/signals";
import { b64u } from "../../../sealing/encoding.ts";
import type { Random } from "../../../sealing/keys.ts";
import { type Asking as Said, type WhyNot, writeLooking } from "../../../sealing/looking.ts";
import type { Beside } from "../../consult/call.ts";

/** The host gives no permit. */
export class NoPermit extends Error {
  override readonly name = "NoPermit";
  readonly why: WhyNot;

  constructor(why: WhyNot) {
    super(why);
    this.why = why;
  }
}

interface Asked {
  readonly ask: string;
  readonly said: Uint8Array;
  done(permit: string): void;
  failed(error: unknown): void;
}

export class Asking {
  readonly end: () => void;
  readonly #random: Random;
  readonly #sides: ReadonlySignal<readonly Beside[]>;
  #asked: Asked | null = null;

  /** `sides`: the host, where there is one. */
  constructor(random: Random, sides: ReadonlySignal<readonly Beside[]>) {
    this.#random = random;
    this.#sides = sides;
    this.end = effect(() => this.#exchanged());
  }

  /**
   * Waits for a permit for so many bytes: the fragment of its link. Rejects with NoPermit, and with
   * the reason of `gone`, of which the host is told.
   */
  async permit(bytes: number, gone: AbortSignal): Promise<string> {
    const ask = b64u(this.#random(16));
    const said = writeLooking({ t: "ask-permit", ask, bytes });
    const withdraw = (): void => {
      this.#say(writeLooking({ t: "no-permit", ask, why: "withdrawn" }));
      this.#asked?.failed(gone.reason);
    };
    gone.throwIfAborted();
    gone.addEventListener("abort", withdraw, { once: true });
    try {
      return await new Promise<string>((done, failed) => {
        this.#asked = { ask, said, done, failed };
        this.#say(said);
      });
    } finally {
      this.#asked = null;
    }
  }

  take(_from: Beside, said: Said): void {
    if (said.t === "ask-permit" || said.ask !== this.#asked?.ask) return;
    if (said.t === "permit") this.#asked.done(said.permit);
    else this.#asked.failed(new NoPermit(said.why));
  }

  #say(message: Uint8Array): void {
    for (const side of this.#sides.peek()) side.say(message);
  }

  /** What was on its way may be lost. */
  #exchanged(): void {
    for (const side of this.#sides.value) void side.exchanges.value;
    untracked(() => {
      if (this.#asked) this.#say(this.#asked.said);
    });
  }
}
