/** The other guests of a consult, as its host's rosters name them. */
import { type Signal, signal } from "@preact/signals";
import { State, unpackMember } from "../../protocol/frames.ts";
import { b64u, fromB64u, same } from "../../sealing/encoding.ts";
import { type SealCode, SealError } from "../../sealing/errors.ts";
import { hash } from "../../sealing/kdf.ts";
import { type Roster, readRoster } from "../../sealing/roster.ts";
import { inert } from "../inert.ts";
import type { Problem } from "../problems.ts";
import { type GuestsNeeds, isHandshake, OtherGuest } from "./other-guest.ts";
import type { TakenRoster } from "./place.ts";

/** What lost connections and new pages do to honest frames: nothing to tell anybody. */
const QUIET: readonly SealCode[] = ["replayed", "stale_exchange", "unknown_exchange"];
/** How long a page says that somebody came or went. */
const NEWS = 15_000;

/** Who came into the consult, or left it. */
export interface News {
  readonly what: "joined" | "left";
  readonly name: string;
}

/** What the page shows of a circle; it outlives one stay in the room. */
export interface CircleSignals {
  readonly others: Signal<readonly OtherGuest[]>;
  readonly news: Signal<News | null>;
  readonly problem: Signal<Problem | null>;
}

export const circleSignals = (): CircleSignals => ({
  others: signal([]),
  news: signal(null),
  problem: signal(null),
});

export class Circle {
  readonly #needs: GuestsNeeds;
  readonly #shown: CircleSignals;
  readonly #guests = new Map<string, OtherGuest>();
  /** As the server announced them on this connection, by key. */
  readonly #announced = new Map<string, { readonly peer: number; readonly connected: boolean }>();
  #taken: TakenRoster | null = null;
  #stored = true;
  /** The newest handshake frame of each who was announced and is in no roster yet. */
  readonly #early = new Map<string, Uint8Array>();
  /** We are in the consult: the newest roster counts. */
  #inside = false;
  #queue: Promise<void> = Promise.resolve();
  #cancelNews = (): void => undefined;

  constructor(needs: GuestsNeeds, shown: CircleSignals) {
    this.#needs = needs;
    this.#shown = shown;
  }

  /** Reads what is stored; with `inside` the consult goes on with who was in it. */
  async restore(inside: boolean): Promise<void> {
    this.#taken = (await this.#needs.store.roster()) ?? null;
    this.#inside = inside;
    const roster = this.#taken?.roster;
    if (inside && roster) await this.#step(() => this.#apply(roster));
  }

  /**
   * A roster that came from the host, whose identity the link promises. Refuses with a SealError;
   * the one taken last changes nothing.
   */
  take(raw: Uint8Array, identity: Uint8Array): void {
    const digest = hash(raw);
    if (this.#taken && same(this.#taken.hash, digest)) return;
    const { room, signer } = this.#needs;
    const last = this.#taken?.roster.version ?? 0;
    const roster = readRoster(raw, { identity, room, guest: signer.publicKey, last });
    const before = this.#inside ? this.#taken?.roster : undefined;
    this.#taken = { roster, hash: digest };
    this.#stored = false;
    this.#inside = true;
    this.#tell(before, roster);
    void this.#step(() => this.#apply(roster));
  }

  /** Stores what was taken: nothing is acknowledged before. */
  async save(): Promise<void> {
    while (!this.#stored && this.#taken) {
      const taken = this.#taken;
      await this.#needs.store.saveRoster(taken);
      // A newer one may have come meanwhile: it is not stored by this.
      this.#stored = this.#taken === taken;
    }
  }

  /** PRESENCE of another guest. A key that is in no roster is nobody. */
  presence(peer: number, body: Uint8Array): void {
    const { key, state, connected } = unpackMember(body);
    const here = connected && state === State.ADMITTED;
    this.#announced.set(b64u(key), { peer, connected: here });
    void this.#step(async () => await this.#guests.get(b64u(key))?.seen(peer, here));
  }

  /** The server says that they left; that they are no member any more is the host's to say. */
  left(peer: number): void {
    for (const [key, known] of [...this.#announced]) {
      if (known.peer !== peer) continue;
      this.#announced.delete(key);
      void this.#step(async () => await this.#guests.get(key)?.seen(0, false));
    }
  }

  /** The connection is lost: numbers mean nothing any more. */
  lost(): void {
    this.#announced.clear();
    this.#early.clear();
    for (const guest of this.#guests.values()) void this.#step(() => guest.seen(0, false));
  }

  receive(peer: number, frame: Uint8Array): void {
    const key = [...this.#announced].find(([, known]) => known.peer === peer)?.[0];
    if (key) void this.#step(() => this.#receive(key, frame));
  }

  networkChanged(): void {
    for (const guest of this.#guests.values()) guest.networkChanged();
  }

  /** We are out of the consult: sessions and their secrets go. */
  async drop(): Promise<void> {
    this.#inside = false;
    await this.#step(async () => {
      await this.#dropAllBut(new Set());
      this.#show();
    });
  }

  /** Stops; what is stored stays. */
  async close(): Promise<void> {
    this.#cancelNews();
    this.#shown.news.value = null;
    this.#shown.problem.value = null;
    this.#inside = false;
    await this.#step(async () => {
      const guests = [...this.#guests.values()];
      this.#guests.clear();
      this.#show();
      for (const guest of guests) await guest.close();
    });
  }

  async #dropAllBut(keys: ReadonlySet<string>): Promise<void> {
    for (const key of await this.#needs.store.pairs()) {
      if (keys.has(key)) continue;
      const guest = this.#guests.get(key) ?? new OtherGuest(fromB64u(key), this.#needs);
      this.#guests.delete(key);
      this.#show();
      await guest.drop();
    }
    for (const key of this.#guests.keys()) if (!keys.has(key)) this.#guests.delete(key);
  }

  /** One thing at a time: a session's first frame must not overtake the answer before it. */
  #step(act: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(act).catch((error: unknown) => {
      if (!(error instanceof SealError)) this.#needs.failed(error);
      else if (!QUIET.includes(error.code)) {
        this.#shown.problem.value = { key: error.code, loud: false };
      }
    });
    return this.#queue;
  }

  /** Each one in turn: who was out in between begins anew. */
  async #apply(roster: Roster): Promise<void> {
    if (!this.#inside) return;
    const own = this.#needs.signer.publicKey;
    const members = roster.members.filter(({ key }) => !same(key, own));
    await this.#dropAllBut(new Set(members.map(({ key }) => b64u(key))));
    this.#show();
    const early = new Map(this.#early);
    this.#early.clear();
    await this.#enter(roster, members);
    for (const [key, frame] of early) {
      // One by one: what somebody sent that does not hold keeps nobody else out.
      void this.#step(async () => await this.#guests.get(key)?.receive(frame));
    }
  }

  async #enter(roster: Roster, members: Roster["members"]): Promise<void> {
    for (const member of members) {
      const key = b64u(member.key);
      const guest = this.#guests.get(key) ?? new OtherGuest(member.key, this.#needs);
      this.#guests.set(key, guest);
      await guest.enter(roster, member);
      this.#show();
      const known = this.#announced.get(key);
      if (known) await guest.seen(known.peer, known.connected);
    }
  }

  #show(): void {
    this.#shown.others.value = [...this.#guests.values()];
  }

  async #receive(key: string, frame: Uint8Array): Promise<void> {
    const guest = this.#guests.get(key);
    // The roster that names them may still be on its way: waiting for the next one takes a second.
    if (!guest && isHandshake(frame)) this.#early.set(key, frame);
    await guest?.receive(frame);
    if (guest && isHandshake(frame)) this.#shown.problem.value = null;
  }

  /** Says who came or went since the roster before. */
  #tell(before: Roster | undefined, { members }: Roster): void {
    const own = this.#needs.signer.publicKey;
    const missing = (from: Roster["members"], others: Roster["members"]) =>
      from.filter(({ key }) => !same(key, own) && !others.some((one) => same(one.key, key)));
    const came = missing(members, before?.members ?? []);
    const went = missing(before?.members ?? [], members);
    const changed = came.length > 0 ? came : went;
    if (changed.length === 0) return;
    const name = changed.map((member) => inert(member.name)).join(", ");
    this.#shown.news.value = { what: came.length > 0 ? "joined" : "left", name };
    this.#cancelNews();
    this.#cancelNews = this.#needs.platform.clock.after(NEWS, () => {
      this.#shown.news.value = null;
    });
  }
}
