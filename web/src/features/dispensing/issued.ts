/** The prescriptions that a practice has issued with a ticket: looked at again, and taken back. */
import { signal } from "@preact/signals";
import { b64u } from "../../sealing/encoding.ts";
import { EMPTY } from "../../sealing/kdf.ts";
import { type Signer, seedSigner } from "../../sealing/keys.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { Issuing, Undo } from "../consult/parcels.ts";
import { inert } from "../inert.ts";
import type { Platform, Vault } from "../ports.ts";
import type { KeptRecord } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import type { Draft } from "./issuing.ts";
import { TICKET_STAYS } from "./limits.ts";
import type { CounterModel, IssuedLine, IssuedModel } from "./model.ts";

export interface IssuedRecord {
  /** T, and the seed of what takes it back. */
  readonly ticket: Uint8Array;
  readonly owner: Uint8Array;
  /** Whom it is for, as it was written. */
  readonly patient: string;
  /** Milliseconds since the epoch. */
  readonly issued: number;
  readonly until: number;
}

export interface IssuedNeeds {
  readonly platform: Platform;
  readonly api: Api;
  /** The practitioner's: it pays. */
  readonly device: Signer;
  /** Who signs, with the papers of now. Rejects as `fetchRecord` does. */
  sender(): Promise<{ readonly papers: KeptRecord }>;
  readonly vault: Vault;
  /** There is something that the practice's other devices want to know. */
  changed(): void;
}

const PREFIX = "issued:";
/** What is being made at the server, or is to be erased there. */
const DRAFT = "issuing:";
const NAME = 200;

const idOf = ({ ticket }: Pick<IssuedRecord, "ticket">): string => b64u(ticket);

export class Issued implements IssuedModel {
  readonly list = signal<readonly IssuedLine[]>([]);
  readonly #needs: IssuedNeeds;
  /** The tickets that are being made just now. */
  readonly #making = new Set<string>();

  constructor(needs: IssuedNeeds) {
    this.#needs = needs;
  }

  /**
   * Makes what a ticket leads to, and keeps what takes it back. Rejects as requests do; then, and with
   * what it gives, all of it is erased again.
   */
  readonly issue = async (issuing: Issuing): Promise<Undo> => {
    const { api, platform, device, sender, changed } = this.#needs;
    const [{ issueTicket }, { ticketOf }, { papers }] = await Promise.all([
      import("./issuing.ts"),
      import("../../sealing/ticket.ts"),
      sender(),
    ]);
    const { statement, receipt, dispensing, parts } = issuing;
    const { record, server, registrar } = papers;
    const proof = { statement, receipt, record, server, registrar: registrar ?? EMPTY };
    const owner = seedSigner(issuing.owner);
    const id = idOf(issuing);
    const steps = dispensing.lines.map((line) => line.steps);
    const draft: Draft = { ticket: issuing.ticket, owner: issuing.owner, steps };
    // Kept first: what cannot be taken back must not exist.
    this.#making.add(id);
    await this.#needs.vault.save(DRAFT + id, toBytes(draft));
    await this.adopt({
      ticket: issuing.ticket,
      owner: issuing.owner,
      patient: inert(issuing.patient, NAME),
      issued: platform.clock.now(),
      until: Date.parse(dispensing.until),
    });
    try {
      await issueTicket(
        { api, random: platform.random, device },
        { ticket: ticketOf(issuing.ticket), owner, dispensing, proof, parts },
      );
    } catch (error) {
      this.#making.delete(id);
      await this.#undo(draft);
      throw error;
    }
    await this.#needs.vault.erase(DRAFT + id);
    this.#making.delete(id);
    changed();
    return () => this.#undo(draft).catch(() => undefined);
  };

  /** Nobody has the ticket, and nobody will: whoever tries again draws another one. */
  async #undo(draft: Draft): Promise<void> {
    await this.#needs.vault.save(DRAFT + idOf(draft), toBytes(draft));
    await this.drop(draft);
    void this.#erase();
  }

  /** What came to nothing goes at the server too; what cannot be erased now is another time. */
  async #erase(): Promise<void> {
    const { vault, api, changed } = this.#needs;
    const isDraft = (name: string): boolean =>
      name.startsWith(DRAFT) && !this.#making.has(name.slice(DRAFT.length));
    const names = (await vault.names()).filter(isDraft);
    if (names.length === 0) return;
    const { eraseTicket } = await import("./issuing.ts");
    for (const name of names) {
      const bytes = await vault.load(name);
      if (!bytes) continue;
      const draft = fromBytes<Draft>(bytes);
      // A page that was closed in between has it in its list still.
      await this.drop(draft);
      try {
        await eraseTicket(api, draft);
      } catch {
        continue;
      }
      await vault.erase(name);
    }
    changed();
  }

  /** Newest first. */
  async records(): Promise<readonly IssuedRecord[]> {
    const { vault } = this.#needs;
    const found: IssuedRecord[] = [];
    for (const name of await vault.names()) {
      const bytes = name.startsWith(PREFIX) ? await vault.load(name) : undefined;
      if (bytes) found.push(fromBytes<IssuedRecord>(bytes));
    }
    return found.sort((one, other) => other.issued - one.issued);
  }

  /** Keeps one of this device's, or of another one's. */
  async adopt(record: IssuedRecord): Promise<void> {
    await this.#needs.vault.save(PREFIX + idOf(record), toBytes(record));
    await this.#show();
  }

  async drop(record: Pick<IssuedRecord, "ticket">): Promise<void> {
    await this.#needs.vault.erase(PREFIX + idOf(record));
    await this.#show();
  }

  readonly load = async (): Promise<void> => {
    const now = this.#needs.platform.clock.now();
    const over = (await this.records()).filter(({ until }) => until + TICKET_STAYS < now);
    for (const record of over) await this.drop(record);
    if (over.length > 0) this.#needs.changed();
    await this.#show();
    void this.#erase();
  };

  readonly open = async (id: string): Promise<CounterModel | null> => {
    const record = (await this.records()).find((one) => idOf(one) === id);
    if (!record) return null;
    const { platform } = this.#needs;
    const [{ Counter }, { ticketOf }] = await Promise.all([
      import("./counter.ts"),
      import("../../sealing/ticket.ts"),
    ]);
    const { origin } = platform.address;
    return new Counter({ ...platform, origin }, ticketOf(record.ticket), record.owner);
  };

  async #show(): Promise<void> {
    const records = await this.records();
    this.list.value = records.map((record) => ({
      id: idOf(record),
      patient: record.patient,
      issued: new Date(record.issued),
      until: new Date(record.until),
    }));
  }
}
