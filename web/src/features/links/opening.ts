/** A sealed link in the hands of who was sent it: no account, two things, one tap. */
import { batch, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { SealError } from "../../sealing/errors.ts";
import { type LinkSecret, parseSealedLink, readLinkWords } from "../../sealing/sealed-link.ts";
import { WordsError } from "../../sealing/words.ts";
import { eraseLeftovers } from "../files/receiving.ts";
import type { Problem } from "../problems.ts";
import { allWordLists, troubleOf } from "../recovery/words.ts";
import { Api } from "../rooms/api.ts";
import type { Found, OpeningModel } from "./model.ts";
import { LinkReader, type ReadingNeeds } from "./reading.ts";
import { countOf } from "./wire.ts";

/** After these there is nothing more to be had. */
const OVER: readonly string[] = ["used_up", "withdrawn", "expired"];

class Opening implements OpeningModel {
  readonly state = signal<OpeningModel["state"]["value"]>("looking");
  readonly left = signal<number | null>(null);
  readonly expires = signal<number | null>(null);
  readonly trouble = signal<OpeningModel["trouble"]["value"]>(null);
  readonly problem = signal<Problem | null>(null);
  readonly why = signal<OpeningModel["why"]["value"]>(null);
  readonly begun = signal(false);
  readonly found = signal<Found | null>(null);
  readonly #api: Api;
  readonly #secret: LinkSecret | undefined;
  readonly #reader: LinkReader | undefined;

  constructor(needs: ReadingNeeds) {
    const { http, clock, random, address } = needs;
    const fragment = address.fragment();
    // Out of the address bar and its history before anything else.
    address.clearFragment();
    this.#api = new Api({ http, clock, random, origin: address.origin });
    void eraseLeftovers(needs);
    try {
      this.#secret = parseSealedLink(fragment);
      this.#reader = new LinkReader(needs, this.#api, this.#secret);
    } catch {
      this.#end({ key: "bad_link", loud: true });
    }
    void this.#look();
  }

  readonly open = async (text: string): Promise<void> => {
    const [secret, reader] = [this.#secret, this.#reader];
    if (!secret || !reader || this.state.peek() !== "asking") return;
    batch(() => {
      this.trouble.value = null;
      this.problem.value = null;
      this.state.value = "opening";
    });
    try {
      const code = readLinkWords(secret, text, await allWordLists());
      const found = await reader.open(code, (left) => {
        this.left.value = left;
      });
      batch(() => {
        this.found.value = found;
        this.state.value = "open";
      });
    } catch (error) {
      this.#failed(error, text);
    }
  };

  /** Whether it can be opened at all; this opens nothing. */
  async #look(): Promise<void> {
    const [secret, reader] = [this.#secret, this.#reader];
    if (!secret || !reader) return;
    this.problem.value = null;
    try {
      if (await reader.begun()) {
        batch(() => {
          this.begun.value = true;
          this.state.value = "asking";
        });
        return;
      }
      const { most, used, expires } = await countOf(this.#api, secret);
      batch(() => {
        this.left.value = Math.max(most - used, 0);
        this.expires.value = expires * 1000;
        if (used >= most) this.#end({ key: "used_up", loud: true });
        else this.state.value = "asking";
      });
    } catch (error) {
      this.#refused(error, () => void this.#look());
    }
  }

  #failed(error: unknown, text: string): void {
    batch(() => {
      this.state.value = "asking";
      if (error instanceof WordsError) this.trouble.value = troubleOf(error, text);
      else if (error instanceof SealError && error.code === "cannot_open") {
        this.trouble.value = { what: "wrong" };
      } else this.#refused(error, () => void this.open(text));
    });
  }

  #refused(error: unknown, retry: () => void): void {
    if (error instanceof SealError) {
      this.why.value = "not-genuine";
      this.#end(null);
    } else if (error instanceof ProtocolError && error.code === "not_found") {
      this.why.value = "unknown";
      this.#end(null);
    } else if (error instanceof ProtocolError) {
      const over = OVER.includes(error.code);
      if (over) this.#end({ key: error.code, loud: true });
      else this.problem.value = { key: error.code, loud: false, retry };
    } else this.problem.value = { key: "offline", loud: false, retry };
  }

  #end(problem: Problem | null): void {
    this.problem.value = problem;
    this.state.value = "over";
  }
}

/** The model of the page that a sealed link opens. */
export const createOpening = (needs: ReadingNeeds): OpeningModel => new Opening(needs);
