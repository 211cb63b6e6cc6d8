/** The people seen who can be written to still, as they rest on a doctor's device. */
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { Paper } from "../consult/papers.ts";
import type { Address } from "../mail/address.ts";
import type { Vault } from "../ports.ts";
import { ids } from "./shared-forms.ts";

/** Somebody who keeps documents, as the last consult with them left it. */
export interface PersonRecord {
  /** As they stated it at the door. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly seen: number;
  /** What envelopes name: a room, which may be over, and their guest key in it (base64url). */
  readonly room: Uint8Array;
  readonly guest: string;
  readonly address: Address;
  /** Which mailbox of the practice they know: its `since`. */
  readonly told: number;
  /** What was sent to them: what lies in their mailbox, or went through it. */
  readonly papers: readonly Paper[];
}

const PEOPLE = "person:";

/** The id of their record: nobody else has that mailbox. */
export const idOf = ({ address }: Pick<PersonRecord, "address">): string =>
  ids.person(address.mailbox);

export class PeopleStore {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  async all(): Promise<readonly PersonRecord[]> {
    const names = (await this.#vault.names()).filter((name) => name.startsWith(PEOPLE));
    const found = await Promise.all(names.map((name) => this.#vault.load(name)));
    return found.flatMap((bytes) => (bytes ? [fromBytes<PersonRecord>(bytes)] : []));
  }

  async save(person: PersonRecord): Promise<void> {
    await this.#vault.save(PEOPLE + idOf(person), toBytes(person));
  }

  async erase(id: string): Promise<void> {
    await this.#vault.erase(PEOPLE + id);
  }
}
