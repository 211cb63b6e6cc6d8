/** What a pharmacy's browser keeps: attempts that may have come to something, and who it is. */
import { b64u } from "../../sealing/encoding.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { Ticket } from "../../sealing/ticket.ts";
import type { Vaults } from "../ports.ts";
import type { Attempt } from "./wire.ts";

/** As they call themselves on receipts. */
export interface Dispenser {
  readonly name: string;
  readonly place: string;
}

const WHO = "dispensary";
const PREFIX = "dispense:";
const ATTEMPT = "attempt:";

export class Attempts {
  readonly #vaults: Vaults;
  readonly #scope: string;

  constructor(vaults: Vaults, ticket: Ticket) {
    this.#vaults = vaults;
    this.#scope = PREFIX + b64u(ticket.hash);
  }

  /** Those of which it is not known what they came to. */
  async all(): Promise<readonly Attempt[]> {
    const vault = this.#vaults.look(this.#scope);
    const found: Attempt[] = [];
    for (const name of await vault.names()) {
      const bytes = name.startsWith(ATTEMPT) ? await vault.load(name) : undefined;
      if (bytes) found.push(fromBytes<Attempt>(bytes));
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
