/** What a practice's devices keep of the permits that it gave, and of files that came. */
import { b64u } from "../../sealing/encoding.ts";
import { permitId } from "../../sealing/permit.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { Vault } from "../ports.ts";

export interface PermitRecord {
  /** S of the permit, and the seed of what owns its papers, and what is spent where it is withdrawn. */
  readonly secret: Uint8Array;
  readonly owner: Uint8Array;
  /** Whom it is for, in the practice's words. */
  readonly label: string;
  /** Bytes, as they are stored. */
  readonly size: number;
  readonly links: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly until: number;
  /** Names the address in its papers (16 bytes); null: it has none. */
  readonly told: Uint8Array | null;
  /**
   * `used`: what came with it is in no list any more. `withdrawing`: the server may hold something
   * of it still.
   */
  readonly state: "open" | "used" | "withdrawing" | "withdrawn";
}

/** A letter that brought files. */
export interface ArrivedRecord {
  /** Base64url of 16 bytes, drawn by the sender. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly until: number;
  /** S of a sealed link, and the code of its words (7 bytes). */
  readonly link: Uint8Array;
  readonly code: Uint8Array;
  readonly name: string;
  readonly size: number;
  /** Which permit they came with (base64url of its id). */
  readonly permit?: string | undefined;
  /** Somebody has opened it. */
  readonly seen: boolean;
}

/** Characters (UTF-16) of a label. */
export const LABEL = 120;

/** What a desk lists of each: all of them stand in the practice's vault. */
export const MOST_PERMITS = 100;

export const idOfPermit = (permit: Pick<PermitRecord, "secret">): string => b64u(permitId(permit));

/** Records of one kind, in the vault of this device. */
class Kept<T extends object> {
  readonly #vault: Vault;
  readonly #prefix: string;
  readonly #idOf: (record: T) => string;

  constructor(vault: Vault, prefix: string, idOf: (record: T) => string) {
    this.#vault = vault;
    this.#prefix = prefix;
    this.#idOf = idOf;
  }

  async all(): Promise<readonly T[]> {
    const found: T[] = [];
    for (const name of await this.#vault.names()) {
      const bytes = name.startsWith(this.#prefix) ? await this.#vault.load(name) : undefined;
      if (bytes) found.push(fromBytes<T>(bytes));
    }
    return found;
  }

  save(record: T): Promise<void> {
    return this.#vault.save(this.#prefix + this.#idOf(record), toBytes(record));
  }

  erase(record: T): Promise<void> {
    return this.#vault.erase(this.#prefix + this.#idOf(record));
  }
}

export class PermitStore {
  readonly permits: Kept<PermitRecord>;
  readonly arrived: Kept<ArrivedRecord>;

  constructor(vault: Vault) {
    this.permits = new Kept<PermitRecord>(vault, "permit:", idOfPermit);
    this.arrived = new Kept<ArrivedRecord>(vault, "arrived:", ({ id }) => id);
  }
}
