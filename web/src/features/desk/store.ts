/** What a doctor's device keeps, wrapped: its own keys, and of each room what opens it. */

import type { Random, Signer } from "../../sealing/keys.ts";
import type { SecondDevice } from "../../sealing/second.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { type CallRecord, readRecord } from "../consult/live.ts";
import type { ShelfRecord } from "../consult/papers.ts";
import type { Helped } from "../helping/people.ts";
import type { Platform, Vault } from "../ports.ts";
import type { KeptRecord } from "../practitioners/records.ts";
import type { Base } from "../vault/sync.ts";
import type { Practitioner } from "./desk.ts";
import { type Credentials, ROOMS, readCredentials, readPapers, saveSecond } from "./device.ts";

export interface RoomRecord {
  readonly room: Uint8Array;
  /** X-Wing seed of the room's prekey. */
  readonly prekey: Uint8Array;
  /** S of each seat's link, in the seats' order. */
  readonly secrets: readonly Uint8Array[];
  /** How many of the last secrets the server has not said yes to yet. */
  readonly unconfirmed?: number;
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly expires: number;
  /** The doctor has ended it, and the server could not be told yet. */
  readonly ending: boolean;
  /** Another device of the practitioner's has its door: sessions from before are of no use. */
  readonly displaced?: boolean;
  /** The version of the newest roster that guests may have; none where there were never two. */
  readonly roster?: number;
  /** SHA-256 of intros that were shown at the door, or accepted and followed by another session. */
  readonly accepted?: readonly Uint8Array[];
}

/** Each 32 bytes. */
export interface DeviceShare {
  /** V of the practice's vault. */
  readonly vault: Uint8Array;
  /** X-Wing seed of this device. */
  readonly seal: Uint8Array;
  /** What the ring holds of this device. */
  readonly secret: Uint8Array;
}

/** What a device says of itself to the practitioner's others. */
export interface SharedDevice {
  /** Public keys: Ed25519 and X-Wing. */
  readonly device: Uint8Array;
  readonly seal: Uint8Array;
  readonly label: string;
  /** By the device, over `seal`: another one must not put its own key in its place. */
  readonly signature: Uint8Array;
}

interface Withdrawing {
  readonly device: Uint8Array;
  readonly vault: Uint8Array;
}

/** A signed card, and what the practitioner states of themselves besides. */
export interface StatedCard {
  readonly card: Uint8Array;
  readonly practitioner: Practitioner;
}

/** An attempt to enrol, as it was sent. */
export interface Enrolment extends StatedCard {
  readonly code: string;
  /** Its idempotency key. */
  readonly token: string;
  readonly certificate: Uint8Array;
  /** The first list of devices. */
  readonly devices: Uint8Array;
  /** What this device signs documents with, too, if the card names a second key. */
  readonly second?: SecondDevice;
}

const CALLS = "call:";
const SHELVES = "shelf:";

/** One room's secrets. */
export class RoomStore {
  readonly #vault: Vault;
  readonly #changed: () => void;

  /** `changed` is told whenever something was stored that other devices may want to know. */
  constructor(vault: Vault, changed: () => void = () => undefined) {
    this.#vault = vault;
    this.#changed = changed;
  }

  async room(): Promise<RoomRecord | undefined> {
    const bytes = await this.#vault.load("room");
    return bytes && fromBytes<RoomRecord>(bytes);
  }

  async saveRoom(record: RoomRecord): Promise<void> {
    await this.#vault.save("room", toBytes(record));
    this.#changed();
  }

  /** By guest key. */
  calls(): Promise<ReadonlyMap<string, CallRecord>> {
    return this.#all(CALLS, readRecord);
  }

  /** The documents of everybody who was let in, by guest key. */
  shelves(): Promise<ReadonlyMap<string, ShelfRecord>> {
    return this.#all(SHELVES, (bytes) => fromBytes<ShelfRecord>(bytes));
  }

  async #all<T>(prefix: string, read: (bytes: Uint8Array) => T): Promise<ReadonlyMap<string, T>> {
    const found = new Map<string, T>();
    for (const name of await this.#vault.names()) {
      const bytes = name.startsWith(prefix) ? await this.#vault.load(name) : undefined;
      if (bytes) found.set(name.slice(prefix.length), read(bytes));
    }
    return found;
  }

  async saveShelf(guest: string, shelf: ShelfRecord): Promise<void> {
    await this.#vault.save(SHELVES + guest, toBytes(shelf));
    this.#changed();
  }

  saveCall(guest: string, record: Uint8Array): Promise<void> {
    return this.#vault.save(CALLS + guest, record, "quick");
  }

  dropCall(guest: string): Promise<void> {
    return this.#vault.erase(CALLS + guest);
  }
}

/** The rooms that have not expired, newest first; those that have are erased. */
export async function openRooms({ vaults, clock }: Platform, changed?: () => void) {
  const rooms: { readonly record: RoomRecord; readonly store: RoomStore }[] = [];
  for (const scope of await vaults.scopes()) {
    if (!scope.startsWith(ROOMS)) continue;
    const store = new RoomStore(await vaults.open(scope), changed);
    const record = await store.room();
    if (record && record.expires > clock.now()) rooms.push({ record, store });
    else await vaults.erase(scope);
  }
  return rooms.sort((one, other) => other.record.created - one.record.created);
}

/** The same without taking them over from another tab, which may have them by now. */
export async function lookRooms({ vaults, clock }: Platform) {
  const rooms: { readonly record: RoomRecord; readonly store: RoomStore }[] = [];
  for (const scope of await vaults.scopes()) {
    if (!scope.startsWith(ROOMS)) continue;
    const store = new RoomStore(vaults.look(scope));
    const record = await store.room();
    if (record && record.expires > clock.now()) rooms.push({ record, store });
  }
  return rooms;
}

/** The device's own keys, and the practitioner's papers and what they state of themselves. */
export class DeskStore {
  readonly vault: Vault;

  constructor(vault: Vault) {
    this.vault = vault;
  }

  credentials(): Promise<Credentials | undefined> {
    return readCredentials(this.vault);
  }

  async saveSecond(second: SecondDevice | undefined): Promise<void> {
    await saveSecond(this.vault, second);
  }

  async practitioner(): Promise<Practitioner | undefined> {
    const bytes = await this.vault.load("practitioner");
    return bytes && fromBytes<Practitioner>(bytes);
  }

  savePractitioner(practitioner: Practitioner): Promise<void> {
    return this.vault.save("practitioner", toBytes(practitioner));
  }

  /** The papers that the server has shown of this practitioner. */
  papers(): Promise<KeptRecord | undefined> {
    return readPapers(this.vault);
  }

  savePapers(papers: KeptRecord): Promise<void> {
    return this.vault.save("papers", toBytes(papers));
  }

  async silent(): Promise<boolean> {
    return (await this.vault.load("silent")) !== undefined;
  }

  saveSilent(silent: boolean): Promise<void> {
    return silent ? this.vault.save("silent", Uint8Array.of(1)) : this.vault.erase("silent");
  }

  /** The same for every attempt, so that what was begun on this device can be repeated. */
  async device(): Promise<Signer> {
    return (await this.vault.signer("device")) ?? (await this.vault.makeSigner("device"));
  }

  /** What identity follows from: 32 bytes, on the first device until there are ways back. */
  root(): Promise<Uint8Array | undefined> {
    return this.vault.load("root");
  }

  saveRoot(root: Uint8Array): Promise<void> {
    return this.vault.save("root", root);
  }

  /** Of a demonstration: nobody needs a way back to it. */
  async isDemo(): Promise<boolean> {
    return (await this.vault.load("demo")) !== undefined;
  }

  /** It is under pairs of means from now on. */
  eraseRoot(): Promise<void> {
    return this.vault.erase("root");
  }

  /** What this device shares with the others, and what opens it. Drawn once on a first device. */
  async share(random: Random): Promise<DeviceShare> {
    const bytes = await this.vault.load("share");
    if (bytes) return fromBytes<DeviceShare>(bytes);
    const fresh = { vault: random(32), seal: random(32), secret: random(32) };
    await this.saveShare(fresh);
    return fresh;
  }

  saveShare(share: DeviceShare): Promise<void> {
    return this.vault.save("share", toBytes(share));
  }

  /** A device that is being withdrawn, and the key (32 bytes) that the vault moves to. */
  async withdrawing(): Promise<Withdrawing | undefined> {
    const bytes = await this.vault.load("withdrawing");
    return bytes && fromBytes<Withdrawing>(bytes);
  }

  saveWithdrawing(begun: Withdrawing): Promise<void> {
    return this.vault.save("withdrawing", toBytes(begun));
  }

  endWithdrawing(): Promise<void> {
    return this.vault.erase("withdrawing");
  }

  /** The practitioner's devices, as they are called: this one among them. */
  async labelled(): Promise<readonly SharedDevice[]> {
    const bytes = await this.vault.load("labelled");
    return bytes ? fromBytes<{ devices: SharedDevice[] }>(bytes).devices : [];
  }

  saveLabelled(devices: readonly SharedDevice[]): Promise<void> {
    return this.vault.save("labelled", toBytes({ devices }));
  }

  /** Those whom the practitioner helps to come back. */
  async helped(): Promise<readonly Helped[]> {
    const bytes = await this.vault.load("helped");
    return bytes ? fromBytes<{ helped: Helped[] }>(bytes).helped : [];
  }

  saveHelped(helped: readonly Helped[]): Promise<void> {
    return this.vault.save("helped", toBytes({ helped }));
  }

  /** How this device and the vault stood when they were in step. */
  async base(): Promise<Base> {
    const bytes = await this.vault.load("base");
    return bytes ? fromBytes<Base>(bytes) : {};
  }

  saveBase(base: Base): Promise<void> {
    return this.vault.save("base", toBytes(base));
  }

  /** Those of a demonstration. */
  async importKeys(root: Uint8Array, device: Uint8Array): Promise<void> {
    await this.vault.save("demo", Uint8Array.of(1));
    await this.vault.keepSigner("device", device);
    await this.saveRoot(root);
  }

  /** The last attempt to enrol, for as long as none has succeeded. */
  async enrolment(): Promise<Enrolment | undefined> {
    const bytes = await this.vault.load("enrolment");
    return bytes && fromBytes<Enrolment>(bytes);
  }

  saveEnrolment(enrolment: Enrolment): Promise<void> {
    return this.vault.save("enrolment", toBytes(enrolment));
  }

  /** From now on this is a practitioner's device. */
  async enrolled(
    identity: Uint8Array,
    { practitioner, card, devices, certificate, second }: Omit<Enrolment, "code" | "token">,
  ): Promise<void> {
    await this.saveSecond(second);
    await this.saveCard({ card, practitioner });
    await this.vault.save("devices", devices);
    await this.vault.save("identity", identity);
    await this.vault.save("certificate", certificate);
    await this.vault.erase("enrolment");
  }

  /** From now on this is one of a practitioner's devices, who has this card. */
  async joined({ identity, certificate }: Credentials, card: Uint8Array): Promise<void> {
    await this.vault.save("card", card);
    await this.vault.save("identity", identity);
    await this.vault.save("certificate", certificate);
  }

  /** The card that the server has, as far as this device knows. */
  card(): Promise<Uint8Array | undefined> {
    return this.vault.load("card");
  }

  /** The server has taken it. */
  async saveCard({ card, practitioner }: StatedCard): Promise<void> {
    await this.savePractitioner(practitioner);
    await this.vault.save("card", card);
    await this.dropNextCard();
  }

  /** The card that was sent, while its answer has not come. */
  async nextCard(): Promise<StatedCard | undefined> {
    const bytes = await this.vault.load("next-card");
    return bytes && fromBytes<StatedCard>(bytes);
  }

  saveNextCard(next: StatedCard): Promise<void> {
    return this.vault.save("next-card", toBytes(next));
  }

  dropNextCard(): Promise<void> {
    return this.vault.erase("next-card");
  }
}
