/** What a desk keeps of files that are on their way: all that was drawn for them follows from a seed. */
import { b64u } from "../../sealing/encoding.ts";
import { EMPTY, hkdf } from "../../sealing/kdf.ts";
import type { Proof } from "../../sealing/kept.ts";
import { drawCode } from "../../sealing/sealed-link.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { OUTGOING } from "../desk/device.ts";
import type { SentUp, Upload } from "../files/jobs.ts";
import type { Vault } from "../ports.ts";

/** Somebody who is given a link. */
export interface Recipient {
  /** Who it is, as the doctor calls them. */
  readonly to: string;
  /** Of somebody seen, whose mailbox it goes to; null: the doctor hands link and words over. */
  readonly person: string | null;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  readonly openings: number;
}

export interface OutgoingRecord {
  readonly seed: Uint8Array;
  /** As it was chosen. */
  readonly file: string;
  readonly length: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly recipients: readonly Recipient[];
  /** Uploads that came to nothing, each of which spent what paid for it. */
  readonly attempt: number;
  /** What pays for this attempt is registered. */
  readonly paid: boolean;
  /** All of it is at the server. */
  readonly sent?: SentUp;
  /** It is signed. */
  readonly proof?: Proof;
  /** How many recipients have their link. */
  readonly made: number;
}

/** What is drawn for one recipient. */
export interface LinkKeys {
  readonly secret: Uint8Array;
  readonly code: Uint8Array;
  readonly owner: Uint8Array;
  readonly voucher: Uint8Array;
}

const NAME = "outgoing";

const derived = (seed: Uint8Array, what: string, length = 32): Uint8Array =>
  hkdf(seed, EMPTY, `aparte/1 outgoing ${what}`, length);

export const scopeOf = ({ seed }: Pick<OutgoingRecord, "seed">): string =>
  OUTGOING + b64u(derived(seed, "scope", 16));

export const uploadOf = ({ seed, attempt }: Pick<OutgoingRecord, "seed" | "attempt">): Upload => ({
  scope: scopeOf({ seed }),
  rest: derived(seed, "rest"),
  key: derived(seed, "document"),
  blob: derived(seed, "blob", 16),
  read: derived(seed, "read"),
  owner: derived(seed, "owner"),
  voucher: derived(seed, `voucher ${attempt}`),
});

/** Of the recipient with this number, from 0. */
export const keysOf = ({ seed }: Pick<OutgoingRecord, "seed">, at: number): LinkKeys => ({
  secret: derived(seed, `link ${at}`),
  code: drawCode((length) => derived(seed, `code ${at}`, length)),
  owner: derived(seed, `link owner ${at}`),
  voucher: derived(seed, `link voucher ${at}`),
});

/** The id of the letter to that recipient. */
export const letterOf = ({ seed }: Pick<OutgoingRecord, "seed">, at: number): Uint8Array =>
  derived(seed, `letter ${at}`, 16);

/** Until when the files are there: as long as the link that lasts longest. Unix seconds. */
export const untilOf = ({ recipients }: Pick<OutgoingRecord, "recipients">): number =>
  Math.floor(Math.max(...recipients.map(({ expires }) => expires)) / 1000);

/** One at a time: what is begun is gone on with, or given up. */
export class OutgoingStore {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  async load(): Promise<OutgoingRecord | undefined> {
    const bytes = await this.#vault.load(NAME);
    return bytes && fromBytes<OutgoingRecord>(bytes);
  }

  save(record: OutgoingRecord): Promise<void> {
    return this.#vault.save(NAME, toBytes(record));
  }

  erase(): Promise<void> {
    return this.#vault.erase(NAME);
  }
}
