/** On the device of whoever is asked to help: the code, who asks, and a yes or a no. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { makeKept } from "../../sealing/grants.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { Asking, type AskingModel, type AskingNeeds, type Granted } from "../adding/asking.ts";
import { inert } from "../inert.ts";
import type { Problem } from "../problems.ts";
import { type Circle, type Helped, type HelpedStore, helpedId } from "./people.ts";

/** As many UTF-16 units as are kept of a name. */
export const NAME_UNITS = 60;

export interface OfferModel {
  readonly circle: Circle;
  readonly asking: Pick<AskingModel, "phase" | "code" | "problem">;
  /** Who asks, as they say themselves; null until their screen has heard the code. */
  readonly from: ReadonlySignal<string | null>;
  readonly answer: ReadonlySignal<"none" | "storing" | "yes" | "no">;
  readonly problem: ReadonlySignal<Problem | null>;
  /** What was accepted rests in this browser, and nowhere else. */
  readonly here: ReadonlySignal<boolean>;
  /** Asks for the code, which is to be read to whoever asks for help. */
  compare(): Promise<void>;
  /** `name`: what the list calls them. */
  accept(name: string): void;
  refuse(): void;
  close(): void;
}

export interface OfferNeeds extends Omit<AskingNeeds, "take" | "signer"> {
  readonly circle: Circle;
  readonly store: HelpedStore;
}

export class Offer implements OfferModel {
  readonly circle: Circle;
  readonly asking: Asking;
  readonly from = signal<string | null>(null);
  readonly answer = signal<OfferModel["answer"]["value"]>("none");
  readonly problem = signal<Problem | null>(null);
  readonly here = signal(false);
  readonly #needs: OfferNeeds;
  #decide: (name: string | null) => void = () => undefined;

  /** Refuses with `bad_link`, `bad_key`. */
  constructor(needs: OfferNeeds) {
    this.#needs = needs;
    this.circle = needs.circle;
    // Of this one time: what a helper is known by elsewhere has no place here.
    const signer = seedSigner(needs.random(32));
    this.asking = new Asking({ ...needs, signer, take: (granted) => this.#take(granted) });
  }

  readonly compare = async (): Promise<void> => {
    const full = this.#needs.store.list.peek().length >= LIMITS.helped;
    this.problem.value = full ? { key: "too_many_helped", loud: false } : null;
    if (!full) await this.asking.ask("");
  };

  readonly accept = (name: string): void => this.#decide(name);
  readonly refuse = (): void => this.#decide(null);
  readonly close = (): void => this.asking.close();

  async #take({ grant, request, tell }: Granted): Promise<"told" | undefined> {
    if (grant.t !== "helper") return undefined;
    const { secret, vouchers } = grant;
    const asked = shortened(inert(grant.name));
    const name = await this.#decided(asked);
    if (name === null) {
      this.answer.value = "no";
      return undefined;
    }
    const since = this.#needs.clock.now();
    const paid = vouchers ? { vouchers } : {};
    await this.#keep({ secret, since, ...paid, name: shortened(name.trim()) || asked }, () =>
      tell(makeKept(secret, request)),
    );
    this.answer.value = "yes";
    return "told";
  }

  /** Stored first, then told; nothing stays where whoever asked has gone. */
  async #keep(helped: Helped, tell: () => Promise<void>): Promise<void> {
    const { store } = this.#needs;
    for (;;) {
      try {
        this.answer.value = "storing";
        await store.save(helped);
        await tell();
        const kept = store.list.peek().find((one) => helpedId(one) === helpedId(helped));
        this.here.value = kept?.here ?? false;
        return;
      } catch (error) {
        if (error instanceof ProtocolError && error.code === "not_found") {
          await store.erase(helped);
          throw error;
        }
        const key = error instanceof ProtocolError ? error.code : "offline";
        await new Promise<void>((again) => {
          this.problem.value = { key, loud: false, retry: again };
        });
        this.problem.value = null;
      }
    }
  }

  #decided(from: string): Promise<string | null> {
    this.from.value = from;
    return new Promise((resolve) => {
      this.#decide = resolve;
    });
  }
}

/** No character is cut in half. */
const shortened = (name: string): string => name.slice(0, NAME_UNITS).replace(/\p{Cs}/gu, "");
