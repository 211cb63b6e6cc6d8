/** What a guest keeps of its place in a room, wrapped, so that a page that loads anew is back. */
import type { GuestIntro } from "../../sealing/handshake.ts";
import type { Waiting } from "../../sealing/outbox.ts";
import type { PairOffer } from "../../sealing/pair.ts";
import type { Roster } from "../../sealing/roster.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { type CallRecord, type Carried, readRecord } from "../consult/live.ts";
import type { ShelfRecord } from "../consult/papers.ts";
import type { Platform, Vault } from "../ports.ts";
import type { KeptRecord } from "../practitioners/records.ts";

export interface Place {
  /** What the person wrote at the door; null before they did. */
  readonly said: { readonly name: string; readonly reason: string } | null;
  /** Unix seconds. */
  readonly expires: number;
  readonly keep: boolean;
  /** The doctor is told when a document is opened. */
  readonly tell: boolean;
}

/** The roster that was taken last, with the hash of the object that brought it. */
export interface TakenRoster {
  readonly roster: Roster;
  readonly hash: Uint8Array;
}

/** The documents of the host and the guest; `peer` is the host's identity key. */
export interface KeptShelf extends ShelfRecord {
  readonly peer: Uint8Array;
}

/** What was seen of the doctor. */
export interface KeptDoctor {
  /** The identity key that the link names. */
  readonly identity: Uint8Array;
  readonly papers: KeptRecord | null;
  /** The certificate of the device that a call is with; null without one. */
  readonly device: Uint8Array | null;
}

/** What a guest keeps of another one of the same consult, until the room ends. */
export interface PairRecord {
  /** The counters of the newest offer that was made, and taken: they outlive the sessions. */
  readonly made: number;
  readonly taken: number;
  /** What waits for its answer. */
  readonly offer: PairOffer | null;
  /** The offer that was taken last, by its hash, and what it was answered with. */
  readonly answered: { readonly offer: Uint8Array; readonly answer: Uint8Array } | null;
  /** Said to everybody before there was a session. */
  readonly owed: readonly Waiting[];
  readonly call: CallRecord | null;
}

const PREFIX = "guest:";
const PAIR = "pair:";

export const scopeOf = (room: string): string => PREFIX + room;

/** Of one room: its place, the intro that waits for an accept, and the call. */
export class PlaceStore {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  async place(): Promise<Place | undefined> {
    const bytes = await this.#vault.load("place");
    return bytes && fromBytes<Place>(bytes);
  }

  async intro(): Promise<GuestIntro | undefined> {
    const bytes = await this.#vault.load("intro");
    return bytes && fromBytes<GuestIntro>(bytes);
  }

  async call(): Promise<CallRecord | undefined> {
    const bytes = await this.#vault.load("call");
    return bytes && readRecord(bytes);
  }

  /** What was said before the person was sent back to the waiting room. */
  async earlier(): Promise<Carried | undefined> {
    const bytes = await this.#vault.load("earlier");
    return bytes && fromBytes<Carried>(bytes);
  }

  async doctor(): Promise<KeptDoctor | undefined> {
    const bytes = await this.#vault.load("doctor");
    return bytes && fromBytes<KeptDoctor>(bytes);
  }

  saveDoctor(doctor: KeptDoctor): Promise<void> {
    return this.#vault.save("doctor", toBytes(doctor));
  }

  async shelf(): Promise<KeptShelf | undefined> {
    const bytes = await this.#vault.load("shelf");
    return bytes && fromBytes<KeptShelf>(bytes);
  }

  saveShelf(shelf: KeptShelf): Promise<void> {
    return this.#vault.save("shelf", toBytes(shelf));
  }

  savePlace(place: Place): Promise<void> {
    return this.#vault.save("place", toBytes(place));
  }

  saveIntro(intro: GuestIntro): Promise<void> {
    return this.#vault.save("intro", toBytes(intro));
  }

  saveCall(record: Uint8Array): Promise<void> {
    return this.#vault.save("call", record, "quick");
  }

  async roster(): Promise<TakenRoster | undefined> {
    const bytes = await this.#vault.load("roster");
    return bytes && fromBytes<TakenRoster>(bytes);
  }

  saveRoster(taken: TakenRoster): Promise<void> {
    return this.#vault.save("roster", toBytes(taken));
  }

  /** What is kept of another guest, by the base64url of its key. */
  async pair(guest: string): Promise<PairRecord | undefined> {
    const bytes = await this.#vault.load(PAIR + guest);
    return bytes && fromBytes<PairRecord>(bytes);
  }

  /** `quick` for what the next message changes again. */
  savePair(guest: string, record: PairRecord, quick?: "quick"): Promise<void> {
    return this.#vault.save(PAIR + guest, toBytes(record), quick);
  }

  /** The other guests of whom something is kept. */
  async pairs(): Promise<readonly string[]> {
    const names = await this.#vault.names();
    return names.filter((name) => name.startsWith(PAIR)).map((name) => name.slice(PAIR.length));
  }

  /** The accept was taken: the call's own record goes on from here. */
  async accepted(): Promise<void> {
    await this.#vault.erase("intro");
    await this.#vault.erase("earlier");
  }

  /** The session is over: what opened it opens nothing any more. `earlier` stays for the next. */
  async dropCall(earlier?: Carried): Promise<void> {
    if (earlier) await this.#vault.save("earlier", toBytes(earlier));
    else await this.#vault.erase("earlier");
    await this.#vault.erase("intro");
    await this.#vault.erase("call");
  }
}

/** Erases the secrets of rooms that have expired since: what their end could not do. */
export async function eraseExpired({ vaults, clock }: Platform): Promise<void> {
  for (const scope of await vaults.scopes()) {
    if (!scope.startsWith(PREFIX)) continue;
    const place = await new PlaceStore(vaults.look(scope)).place();
    if (place && place.expires * 1000 <= clock.now()) await vaults.erase(scope);
  }
}
