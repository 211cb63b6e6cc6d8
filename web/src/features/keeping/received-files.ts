/** Files that a practice sent, as a letter said: a sealed link that one tap opens. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { same } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import { inert } from "../inert.ts";
import type { Found as FoundInLink } from "../links/model.ts";
import { LinkReader, type ReadingNeeds } from "../links/reading.ts";
import type { Problem } from "../problems.ts";
import type { Persona } from "./persona.ts";
import type { Found } from "./records.ts";

export interface KeptFiles {
  readonly id: string;
  readonly at: string;
  /** As their sender says: of what the link leads to. */
  readonly name: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly isNew: boolean;
  /** `over`: their time is over, or the practice took them back. */
  readonly state: ReadonlySignal<"waiting" | "opening" | "open" | "over">;
  readonly problem: ReadonlySignal<Problem | null>;
  readonly found: ReadonlySignal<FoundInLink | null>;
  /** They were not signed by the practice that the letter came to. */
  readonly stranger: ReadonlySignal<boolean>;
  open(): Promise<void>;
  /** Takes it out of the list, on all devices. */
  forget(): Promise<void>;
}

/** After these there is nothing more to be had. */
const OVER: readonly string[] = ["used_up", "withdrawn", "expired", "not_found"];

export class ReceivedFiles implements KeptFiles {
  readonly id: string;
  readonly at: string;
  readonly name: string;
  readonly size: number;
  readonly until: number;
  readonly isNew: boolean;
  readonly state = signal<KeptFiles["state"]["value"]>("waiting");
  readonly problem = signal<Problem | null>(null);
  readonly found = signal<FoundInLink | null>(null);
  readonly stranger = signal(false);
  readonly #persona: Persona;
  readonly #code: Uint8Array;
  readonly #reader: LinkReader;
  readonly #now: () => number;

  constructor(needs: ReadingNeeds, persona: Persona, found: Found<"files">, isNew: boolean) {
    const { link, code, name, size, at, until } = found.data;
    this.id = found.id;
    this.at = at;
    this.name = inert(name);
    this.size = size;
    this.until = Date.parse(until);
    this.isNew = isNew;
    this.#persona = persona;
    this.#code = code;
    this.#reader = new LinkReader(needs, persona.api, link);
    this.#now = () => needs.clock.now();
    if (this.until <= this.#now()) this.state.value = "over";
  }

  readonly open = async (): Promise<void> => {
    const state = this.state.peek();
    if (state === "opening" || state === "open") return;
    batch(() => {
      this.problem.value = null;
      this.state.value = "opening";
    });
    try {
      await this.#reader.begun();
      const found = await this.#reader.open(this.#code, () => undefined);
      const { practice } = this.#persona.about;
      batch(() => {
        this.found.value = found;
        this.stranger.value = !found.author || !same(found.author.identity, practice);
        this.state.value = "open";
      });
    } catch (error) {
      this.#failed(error);
    }
  };

  readonly forget = async (): Promise<void> => {
    try {
      await this.#persona.forgetFiles(this.id);
    } catch (error) {
      const key = error instanceof ProtocolError ? error.code : "offline";
      this.problem.value = { key, loud: false };
    }
  };

  #failed(error: unknown): void {
    const refused = error instanceof SealError;
    const code = error instanceof ProtocolError ? error.code : "offline";
    const over = OVER.includes(code);
    const retry = refused || over ? {} : { retry: () => void this.open() };
    // Of a blob it says what the texts say of consults.
    const key = refused ? "files_forged" : code === "not_found" ? "expired" : code;
    batch(() => {
      this.state.value = over || this.until <= this.#now() ? "over" : "waiting";
      this.problem.value = { key, loud: refused, ...retry };
    });
  }
}
