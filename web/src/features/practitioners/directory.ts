/** The server's directory of practitioners who want to be found, each as their signed card says. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import * as v from "valibot";
import { ProtocolError } from "../../protocol/errors.ts";
import { type Attestation, type Card, readAttestation, readCard } from "../../sealing/card.ts";
import { b64u, fromB64u, jsonObject } from "../../sealing/encoding.ts";
import { require, SealError } from "../../sealing/errors.ts";
import type { Platform } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { Api } from "../rooms/api.ts";
import { whoServes } from "./records.ts";

/** After the last letter that was typed. */
const PAUSE = 300;

const FOUND = v.object({
  practitioners: v.pipe(
    v.array(v.object({ card: v.string(), attestation: v.string() })),
    v.maxLength(20),
  ),
  after: v.nullable(v.string()),
});

/** Words that begin words of a card; a language by its code. */
export interface Sought {
  readonly name: string;
  readonly profession: string;
  readonly place: string;
  readonly language: string;
}

/** A practitioner whose card was checked. */
export interface Listed {
  /** The identity key, in base64url. */
  readonly id: string;
  readonly card: Card;
  readonly attestation: Attestation | undefined;
}

export interface DirectoryModel {
  readonly sought: ReadonlySignal<Sought>;
  readonly found: ReadonlySignal<readonly Listed[]>;
  readonly state: ReadonlySignal<"searching" | "shown">;
  /** There are more than are shown. */
  readonly more: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<Problem | null>;
  seek(changes: Partial<Sought>): void;
  showMore(): Promise<void>;
}

class Directory implements DirectoryModel {
  readonly sought = signal<Sought>({ name: "", profession: "", place: "", language: "" });
  readonly found = signal<readonly Listed[]>([]);
  readonly state = signal<"searching" | "shown">("searching");
  readonly more = signal(false);
  readonly problem = signal<Problem | null>(null);
  readonly #clock: Platform["clock"];
  readonly #api: Api;
  #after = "";
  /** The newest question: answers to earlier ones are of no use. */
  #asked = 0;
  #cancel = (): void => undefined;

  constructor({
    http,
    clock,
    random,
    address,
  }: Pick<Platform, "http" | "clock" | "random" | "address">) {
    this.#clock = clock;
    this.#api = new Api({ http, clock, random, origin: address.origin });
    void this.#ask("");
  }

  readonly seek = (changes: Partial<Sought>): void => {
    this.sought.value = { ...this.sought.peek(), ...changes };
    this.#asked += 1;
    this.#cancel();
    this.#cancel = this.#clock.after(PAUSE, () => void this.#ask(""));
  };

  readonly showMore = (): Promise<void> => this.#ask(this.#after);

  async #ask(after: string): Promise<void> {
    this.#asked += 1;
    const question = this.#asked;
    this.state.value = "searching";
    try {
      const { found, next } = await search(this.#api, this.sought.peek(), after);
      if (question !== this.#asked) return;
      this.#after = next ?? "";
      batch(() => {
        this.found.value = after ? [...this.found.peek(), ...found] : found;
        this.more.value = next !== null;
        this.problem.value = null;
        this.state.value = "shown";
      });
    } catch (error) {
      if (question !== this.#asked) return;
      const coded = error instanceof ProtocolError || error instanceof SealError;
      const key = coded ? error.code : "offline";
      const retry = (): void => void this.#ask(after);
      batch(() => {
        this.problem.value = { key, loud: error instanceof SealError, retry };
        this.state.value = "shown";
      });
    }
  }
}

/** Refuses with a SealError where a card or an attestation does not hold. */
async function search(api: Api, sought: Sought, after: string) {
  const words = Object.entries({ ...sought, after }).filter(([, word]) => word.trim() !== "");
  const { registrar } = await whoServes(api);
  const answer = await api.open(`/v1/practitioners?${new URLSearchParams(words)}`);
  const said = v.safeParse(FOUND, jsonObject(answer));
  require(said.success, "bad_form", "a list of another form");
  const found = said.output.practitioners.map((one): Listed => {
    const { card, identity, hash } = readCard(fromB64u(one.card));
    const attested = one.attestation !== "" && registrar;
    const attestation = attested
      ? readAttestation(fromB64u(one.attestation), registrar, hash)
      : undefined;
    return { id: b64u(identity), card, attestation };
  });
  return { found, next: said.output.after };
}

export const createDirectory = (
  platform: Pick<Platform, "http" | "clock" | "random" | "address">,
): DirectoryModel => new Directory(platform);
