/** The sealed links that a practice has made, as one of its devices keeps them. */
import { b64u } from "../../sealing/encoding.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { Vault } from "../ports.ts";

export interface LinkRecord {
  /** S, the code of the words (7 bytes), and the seed of the key that may take it back. */
  readonly secret: Uint8Array;
  readonly code: Uint8Array;
  readonly owner: Uint8Array;
  /** Of the file or document, and its bytes. */
  readonly name: string;
  readonly size: number;
  /** Whom it is for, as the practice calls them. */
  readonly to: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly expires: number;
  readonly openings: number;
  /**
   * Where the files are (16 bytes), and the seed of the key that may remove them; neither of what
   * was written here, which is in the link itself.
   */
  readonly blob?: Uint8Array | undefined;
  readonly blobOwner?: Uint8Array | undefined;
  /** Whether it lies in their mailbox, of somebody seen. */
  readonly mailed?: boolean | undefined;
}

const PREFIX = "link:";

export class LinkStore {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** Newest first. */
  async all(): Promise<readonly LinkRecord[]> {
    const found: LinkRecord[] = [];
    for (const name of await this.#vault.names()) {
      const bytes = name.startsWith(PREFIX) ? await this.#vault.load(name) : undefined;
      if (bytes) found.push(fromBytes<LinkRecord>(bytes));
    }
    return found.sort((one, other) => other.created - one.created);
  }

  save(record: LinkRecord): Promise<void> {
    return this.#vault.save(PREFIX + b64u(record.secret), toBytes(record));
  }

  erase({ secret }: Pick<LinkRecord, "secret">): Promise<void> {
    return this.#vault.erase(PREFIX + b64u(secret));
  }
}
