/**
 * What a browser keeps of dispensing: attempts that may have come to something, who a pharmacy is, and
 * what proves that a server lied.
 */
import { b64u } from "../../sealing/encoding.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { Ticket } from "../../sealing/ticket.ts";
import type { Vaults } from "../ports.ts";
import type { Attempt } from "./wire.ts";

/** As they call themselves on receipts. */
export interface Dispenser {
  readonly name: string;
  readonly place: string;
  /** They sign with the card of this browser, and the names are the card's. */
  readonly signs?: boolean;
}

const WHO = "dispensary";
const PREFIX = "dispense:";
const ATTEMPT = "attempt:";
const PROOF = "proof:";

export class Attempts {
  readonly #vaults: Vaults;
  readonly #scope: string;

  constructor(vaults: Vaults, ticket: Ticket) {
    this.#vaults = vaults;
    this.#scope = PREFIX + b64u(ticket.hash);
  }

  /** Those of which it is not known what they came to. */
  async all(): Promise<readonly Attempt[]> {
    return (await this.#kept(ATTEMPT)).map(fromBytes<Attempt>);
  }

  /** As files, one a cell: they stay until the browser forgets this site. */
  async proofs(): Promise<readonly Uint8Array[]> {
    return await this.#kept(PROOF);
  }

  async keepProof(cell: Uint8Array, proof: Uint8Array): Promise<void> {
    const vault = await this.#vaults.open(this.#scope);
    await vault.save(PROOF + b64u(cell), proof);
  }

  async #kept(prefix: string): Promise<readonly Uint8Array[]> {
    const vault = this.#vaults.look(this.#scope);
    const found: Uint8Array[] = [];
    for (const name of await vault.names()) {
      const bytes = name.startsWith(prefix) ? await vault.load(name) : undefined;
      if (bytes) found.push(bytes);
    }
    return found;
  }

  /** Durable when it resolves: before anything of it is sent. */
  async keep(attempt: Attempt): Promise<void> {
    const vault = await this.#vaults.open(this.#scope);
    await vault.save(ATTEMPT + attempt.line, toBytes(attempt));
  }

  /** It is known now. */
  async done({ line }: Attempt): Promise<void> {
    const vault = await this.#vaults.open(this.#scope);
    await vault.erase(ATTEMPT + line);
    if ((await vault.names()).length === 0) await this.#vaults.erase(this.#scope);
  }

  async who(): Promise<Dispenser> {
    const bytes = await this.#vaults.look(WHO).load("who");
    return bytes ? fromBytes<Dispenser>(bytes) : { name: "", place: "" };
  }

  async iAm(dispenser: Dispenser): Promise<void> {
    const vault = await this.#vaults.open(WHO);
    await vault.save("who", toBytes(dispenser));
  }
}
