/** Keeping what comes in a consult: offered once, and from then on done by itself. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { same } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import type { Paid } from "../consult/paid.ts";
import type { Keepable } from "../guest/guest.ts";
import { inert } from "../inert.ts";
import type { Problem } from "../problems.ts";
import { Home, isKept } from "./home.ts";
import { type Persona, shortened } from "./persona.ts";
import { supplyId } from "./records.ts";

/** How long a practice may take to answer. */
const PATIENCE = 20_000;
/** Before a document that could not be kept is tried again. */
const PAUSE = 10_000;
/** What the codes mean here. */
const OWN: Readonly<Record<string, string>> = {
  quota_exceeded: "keep_unavailable",
  not_found: "kept_gone",
};
/** Vouchers left, below which a practice is asked for more. */
const LOW = 6;

/** `offered`: nothing is kept yet. `kept`: what has come rests in the vault. */
export type KeeperState = "looking" | "offered" | "making" | "keeping" | "kept";

export interface KeeperModel {
  readonly state: ReadonlySignal<KeeperState>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** For oneself (""), or for somebody whom one takes care of. */
  keep(holder: string): Promise<void>;
}

class Keeper implements KeeperModel {
  readonly state = signal<KeeperState>("looking");
  readonly problem = signal<Problem | null>(null);
  readonly #visit: Keepable;
  readonly #name: () => string;
  #home: Home | undefined;
  #queue: Promise<void> = Promise.resolve();
  readonly #done = new Set<string>();

  constructor(visit: Keepable, name: () => string) {
    this.#visit = visit;
    this.#name = name;
    void this.#step(() => this.#look());
  }

  readonly keep = (holder: string): Promise<void> => {
    if (this.state.peek() !== "offered") return Promise.resolve();
    this.state.value = "making";
    this.problem.value = null;
    return this.#step(() => this.#begin(shortened(holder.trim(), 60)));
  };

  #step(act: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(act).catch((error: unknown) => this.#failed(error));
    return this.#queue;
  }

  #failed(error: unknown): void {
    if (this.state.peek() === "making") this.state.value = "offered";
    const coded = error instanceof ProtocolError || error instanceof SealError;
    const key = coded ? error.code : "keep_unavailable";
    this.problem.value = { key: OWN[key] ?? key, loud: error instanceof SealError };
  }

  /** A device that keeps what this practice sends goes on doing so. */
  async #look(): Promise<void> {
    const { platform, identity } = this.#visit;
    this.state.value = "offered";
    if (!(await isKept(platform))) return;
    const home = await this.#opened();
    const persona = home.personas.peek().find(({ about }) => same(about.practice, identity));
    if (persona) await this.#go(persona);
  }

  async #opened(): Promise<Home> {
    this.#home ??= await Home.made(this.#visit.platform);
    try {
      await this.#home.start();
      await this.#home.resume();
    } catch (error) {
      // Not made yet: with the first persona.
      if (!(error instanceof ProtocolError && error.code === "not_found")) throw error;
    }
    return this.#home;
  }

  async #begin(holder: string): Promise<void> {
    const { identity, room, guest, shelf } = this.#visit;
    const supply = await this.#supplied();
    const home = await this.#opened();
    const visit = { room, guest, to: practiceOf(shelf) };
    const about = { practice: identity, name: shortened(inert(this.#name())), holder };
    await this.#go(home.of(identity, holder) ?? (await home.keep(about, visit, supply)));
  }

  /** What the practice gives: it may have come before this page loaded. */
  async #supplied(): Promise<readonly Paid[]> {
    const { platform, shelf, ask } = this.#visit;
    const before = shelf.supply.peek();
    if (before) return before;
    await ask();
    return await new Promise((done, failed) => {
      const cancel = platform.clock.after(PATIENCE, () => {
        stop();
        failed(new Error("the practice has not answered"));
      });
      const stop = effect(() => {
        const supply = shelf.supply.value;
        if (!supply) return;
        cancel();
        done(supply);
      });
    });
  }

  async #go(persona: Persona): Promise<void> {
    const { shelf, room, guest, write } = this.#visit;
    this.state.value = "keeping";
    await persona.start((mail, content) => shelf.take(mail, content));
    await persona.visit({ room, guest, to: practiceOf(shelf) });
    const to = persona.address;
    if (to) await write(to);
    void this.#refill(persona);
    effect(() => {
      const verified = shelf.documents.value.filter(
        ({ mine, state }) => !mine && state === "verified",
      );
      const fresh = verified.filter(({ id }) => !this.#done.has(id));
      for (const { id } of fresh) this.#done.add(id);
      if (fresh.length === 0) {
        if (verified.length === 0) this.state.value = "kept";
        return;
      }
      this.state.value = "keeping";
      void this.#step(() =>
        this.#keepAll(
          persona,
          fresh.map(({ id }) => id),
        ),
      );
    });
  }

  /** Who comes back to a practice is given what the next changes take, before it runs out. */
  async #refill(persona: Persona): Promise<void> {
    const { identity } = this.#visit;
    const id = supplyId(this.#visit);
    const home = this.#home?.isPaidBy(identity) && this.#home.left < LOW ? this.#home : null;
    if ((persona.left >= LOW && !home) || persona.isSupplied(id)) return;
    try {
      const supply = await this.#supplied();
      const { forHome, rest } = home?.split(supply) ?? { forHome: [], rest: supply };
      // Each voucher lies in one place, also where the page is closed in between.
      await persona.refill(id, rest);
      await home?.refill(id, forHome);
    } catch {
      // There may be another visit.
    }
  }

  async #keepAll(persona: Persona, ids: readonly string[]): Promise<void> {
    const { shelf, platform } = this.#visit;
    try {
      for (const id of ids) {
        const mail = shelf.received(id)?.mail;
        if (mail) await persona.keep(mail);
      }
      this.problem.value = null;
      this.state.value = "kept";
    } catch (error) {
      this.#failed(error);
      platform.clock.after(PAUSE, () => void this.#step(() => this.#keepAll(persona, ids)));
    }
  }
}

/** Where the practice says it can be written to. */
function practiceOf({ address }: Keepable["shelf"]) {
  if (!address) return null;
  const { mailbox, append, seal, since } = address;
  return { mailbox, append, seal, since };
}

const keepers = new WeakMap<object, Keeper>();

/** The keeper of a visit, the same one however often it is asked for; `name` is the doctor's. */
export function keeperOf(visit: Keepable, name: () => string): KeeperModel {
  const keeper = keepers.get(visit.shelf) ?? new Keeper(visit, name);
  keepers.set(visit.shelf, keeper);
  return keeper;
}
