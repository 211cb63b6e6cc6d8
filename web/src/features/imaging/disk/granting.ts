/** Guests who ask for what pays for showing images, and the host's yes or no (Looking together). */
import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { type Asking, type WhyNot, writeLooking } from "../../../sealing/looking.ts";
import type { Beside } from "../../consult/call.ts";
import type { Clock } from "../../ports.ts";
import { AGAIN, MOST_ASKS, MOST_SHOWN } from "../limits.ts";
import type { Ask, GrantingModel } from "./model.ts";

export interface GrantingNeeds {
  readonly clock: Clock;
  /** A permit for so many bytes, as its link's fragment. Rejects with Unpaid. */
  permit(bytes: number): Promise<string>;
}

/** The server takes no voucher, or there is none to ask; `key`: of a problem's text. */
export class Unpaid extends Error {
  override readonly name = "Unpaid";
  readonly key: string;

  constructor(key: string) {
    super(key);
    this.key = key;
  }
}

/** What was said to one guest. */
class Answers {
  /** How often the host was asked. */
  asked = 0;
  readonly given = new Map<string, Uint8Array>();
}

export class Granting implements GrantingModel {
  readonly asks = signal<readonly Ask[]>([]);
  readonly unpaid = signal<string | null>(null);
  readonly end: () => void;
  readonly #needs: GrantingNeeds;
  readonly #answers = new WeakMap<Beside, Answers>();
  /** At which exchange a guest asked last. */
  readonly #exchanges = new Map<Beside, number>();
  /** Guests with a new page, who have not asked again. */
  readonly #leaving = new Map<Beside, () => void>();

  constructor(needs: GrantingNeeds, sides: ReadonlySignal<readonly Beside[]>) {
    this.#needs = needs;
    const stop = effect(() => this.#exchanged(sides.value));
    this.end = () => {
      stop();
      for (const side of [...this.#leaving.keys()]) this.#stay(side);
      this.asks.value = [];
    };
  }

  take(side: Beside, said: Asking): void {
    if (said.t === "ask-permit") this.#asked(side, said.ask, said.bytes);
    else if (said.t === "no-permit" && this.#of(side)?.ask === said.ask) this.#drop(side);
  }

  readonly grant = async (ask: Ask): Promise<void> => {
    this.unpaid.value = null;
    try {
      const permit = await this.#needs.permit(ask.bytes);
      // They may have given it up meanwhile, or ask for something else.
      if (this.#of(ask.side) !== ask) return;
      this.#answer(ask, writeLooking({ t: "permit", ask: ask.ask, permit }));
      this.#put({ ...ask, granted: true });
    } catch (error) {
      if (!(error instanceof Unpaid)) throw error;
      this.unpaid.value = error.key;
      if (this.#of(ask.side) === ask) this.#refuse(ask, "unpaid");
    }
  };

  readonly decline = (ask: Ask): void => this.#refuse(ask, "declined");

  /** What somebody may send is there. */
  shown(side: Beside): void {
    if (this.#of(side)?.granted) this.#drop(side);
  }

  #asked(side: Beside, ask: string, bytes: number): void {
    const answers = this.#answers.get(side) ?? new Answers();
    this.#answers.set(side, answers);
    const before = this.#of(side);
    const given = answers.given.get(ask);
    if (before?.ask === ask || !given) {
      this.#exchanges.set(side, side.exchanges.peek());
      this.#stay(side);
    }
    if (given) side.say(given);
    if (given || before?.ask === ask) return;
    const why = bytes > MOST_SHOWN ? "large" : answers.asked >= MOST_ASKS ? "many" : null;
    if (why) {
      side.say(writeLooking({ t: "no-permit", ask, why }));
      return;
    }
    answers.asked += 1;
    this.#put({ ask, side, bytes, granted: false });
  }

  #refuse(ask: Ask, why: WhyNot): void {
    this.#answer(ask, writeLooking({ t: "no-permit", ask: ask.ask, why }));
    this.#drop(ask.side);
  }

  /** The same again for who asks the same again. */
  #answer({ ask, side }: Ask, said: Uint8Array): void {
    this.#answers.get(side)?.given.set(ask, said);
    side.say(said);
  }

  #of(side: Beside): Ask | undefined {
    return this.asks.peek().find((one) => one.side === side);
  }

  #put(ask: Ask): void {
    this.asks.value = [...this.asks.peek().filter(({ side }) => side !== ask.side), ask];
  }

  #drop(gone: Beside): void {
    this.#stay(gone);
    this.#exchanges.delete(gone);
    this.asks.value = this.asks.peek().filter(({ side }) => side !== gone);
  }

  #stay(side: Beside): void {
    this.#leaving.get(side)?.();
    this.#leaving.delete(side);
  }

  #exchanged(sides: readonly Beside[]): void {
    const now = new Map(sides.map((side) => [side, side.exchanges.value]));
    untracked(() => {
      for (const { side } of this.asks.peek()) {
        if (!now.has(side)) this.#drop(side);
        else if (now.get(side) !== this.#exchanges.get(side) && !this.#leaving.has(side)) {
          const leaving = this.#needs.clock.after(AGAIN, () => this.#drop(side));
          this.#leaving.set(side, leaving);
        }
      }
    });
  }
}
