/** Helping others to come back: asked for it, listed, and given back on the day. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Random } from "../../sealing/keys.ts";
import type { PostboxNeeds } from "../adding/postboxes.ts";
import { Showing, type ShowingModel } from "../adding/showing.ts";
import { timeOf } from "../consult/conversation.ts";
import type { Address, Vault } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { Offer, type OfferModel } from "./offer.ts";
import { type Circle, type Helped, type HelpedStore, helpedId } from "./people.ts";

/** Somebody who is helped, as the list shows them. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** What is kept of theirs rests in this browser, and nowhere else. */
  readonly here: boolean;
}

export interface HelpingModel {
  readonly circle: Circle;
  /** The newest first. */
  readonly people: ReadonlySignal<readonly Person[]>;
  /** Somebody asks for help: their link was opened here. */
  readonly offer: ReadonlySignal<OfferModel | null>;
  /** Somebody comes back: what this device has of theirs goes to their new one. */
  readonly giving: ReadonlySignal<{ readonly to: Person; readonly showing: ShowingModel } | null>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Shows a QR, in the place of one before. */
  giveBack(id: string): void;
  stopGiving(): void;
  /** Helps them no more: their way back is gone. */
  remove(id: string): Promise<void>;
  /** The offer was answered, or is put aside. */
  leave(): void;
}

/** What passes between two screens lies in so many. */
const MAILBOXES = 2;

export interface HelpingNeeds extends PostboxNeeds {
  readonly circle: Circle;
  readonly random: Random;
  readonly address: Address;
  /** The page of people like these, as in `https://consult.example.org/desk/`. */
  readonly page: string;
  readonly store: HelpedStore;
  /** Where it rests what was asked. */
  readonly vault: Vault;
  /**
   * What pays for one of two mailboxes, where they gave nothing for it. Rejects with `quota_exceeded`
   * where nothing does.
   */
  pay(): Promise<Uint8Array>;
}

/** The link of somebody who asks for help has opened this page. */
export const isAsked = (address: Pick<Address, "fragment">): boolean =>
  /^#?help=/.test(address.fragment());

export class Helping implements HelpingModel {
  readonly circle: Circle;
  readonly people: ReadonlySignal<readonly Person[]>;
  readonly offer: Signal<Offer | null> = signal(null);
  readonly giving: Signal<HelpingModel["giving"]["value"]> = signal(null);
  readonly problem = signal<Problem | null>(null);
  readonly #needs: HelpingNeeds;

  constructor(needs: HelpingNeeds) {
    this.#needs = needs;
    this.circle = needs.circle;
    this.people = computed(() =>
      needs.store.list.value
        .map((one) => {
          const { name, since, here = false } = one;
          return { id: helpedId(one), name, since, here };
        })
        .sort((one, other) => other.since - one.since),
    );
  }

  /** Begins with the link of somebody who asks for help, if that has opened this page. */
  async arrive(): Promise<void> {
    const { address } = this.#needs;
    if (!isAsked(address)) return;
    const fragment = address.fragment();
    address.clearFragment();
    try {
      const offer = new Offer({ ...this.#needs, fragment });
      this.offer.value = offer;
      await offer.asking.resume();
    } catch (error) {
      this.problem.value = problemOf(error);
    }
  }

  readonly giveBack = (id: string): void => {
    const to = this.people.peek().find((one) => one.id === id);
    if (!to) return;
    this.stopGiving();
    const brought: Uint8Array[] = [];
    const showing = new Showing({
      ...this.#needs,
      use: "back",
      voucher: async () => {
        if (brought.length === 0) brought.push(...(await this.#vouchers(id)));
        return brought.shift() ?? (await this.#needs.pay());
      },
      grant: async () => {
        const helped = this.#find(id);
        if (!helped) throw new ProtocolError("not_found");
        return { t: "way", secret: helped.secret };
      },
    });
    this.giving.value = { to, showing };
    void showing.start();
  };

  readonly stopGiving = (): void => {
    this.giving.peek()?.showing.close();
    this.giving.value = null;
  };

  readonly remove = async (id: string): Promise<void> => {
    this.problem.value = null;
    const helped = this.#find(id);
    try {
      if (helped) await this.#needs.store.erase(helped);
    } catch (error) {
      this.problem.value = problemOf(error);
    }
  };

  readonly leave = (): void => {
    this.offer.peek()?.close();
    this.offer.value = null;
    this.problem.value = null;
  };

  close(): void {
    this.leave();
    this.stopGiving();
  }

  #find(id: string): Helped | undefined {
    return this.#needs.store.list.peek().find((one) => helpedId(one) === id);
  }

  /** What came with what is helped, for both mailboxes, and is theirs no more; none where none did. */
  async #vouchers(id: string): Promise<readonly Uint8Array[]> {
    const { clock, store } = this.#needs;
    const helped = this.#find(id);
    const now = timeOf(clock.now());
    const good = helped?.vouchers?.filter(({ until }) => until > now) ?? [];
    if (!helped || good.length === 0) return [];
    const { vouchers: _, ...bare } = helped;
    const left = good.slice(MAILBOXES);
    await store.save(left.length > 0 ? { ...bare, vouchers: left } : bare);
    return good.slice(0, MAILBOXES).map(({ voucher }) => voucher);
  }
}

function problemOf(error: unknown): Problem {
  const coded = error instanceof Error && "code" in error;
  return { key: coded ? String(error.code) : "offline", loud: false };
}
