/** The people seen who can be written to still, as they rest on a doctor's device. */
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { Vault } from "../ports.ts";
import type { PersonRecord } from "./person-record.ts";
import { ids } from "./shared-forms.ts";

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
