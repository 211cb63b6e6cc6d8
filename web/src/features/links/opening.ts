/** A sealed link in the hands of who was sent it: no account, two things, one tap. */
import { batch, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { SealError } from "../../sealing/errors.ts";
import { type LinkSecret, parseSealedLink, readLinkWords } from "../../sealing/sealed-link.ts";
import { WordsError } from "../../sealing/words.ts";
import { eraseLeftovers, type ReceivingNeeds } from "../files/receiving.ts";
import type { Platform } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { allWordLists, troubleOf } from "../recovery/words.ts";
import { Api } from "../rooms/api.ts";
import { begunBefore, forgetBegun, keepBegun } from "./begun.ts";
import type { Found, OpeningModel } from "./model.ts";
import { countOf, openOnce } from "./wire.ts";

/** After these there is nothing more to be had. */
const OVER: readonly string[] = ["used_up", "withdrawn", "expired"];

type Needs = ReceivingNeeds & Pick<Platform, "vaults">;

class Opening implements OpeningModel {
  readonly state = signal<OpeningModel["state"]["value"]>("looking");
  readonly left = signal<number | null>(null);
  readonly expires = signal<number | null>(null);
  readonly trouble = signal<OpeningModel["trouble"]["value"]>(null);
  readonly problem = signal<Problem | null>(null);
  readonly why = signal<OpeningModel["why"]["value"]>(null);
  readonly begun = signal(false);
  readonly found = signal<Found | null>(null);
  readonly #needs: Needs;
  readonly #api: Api;
  readonly #secret: LinkSecret | undefined;
  /** One for this page load, however often words are tried. */
  readonly #opening: Uint8Array;
  #sealed: Uint8Array | undefined;

  constructor(needs: Needs) {
    const { http, clock, random, address } = needs;
    this.#needs = needs;
    const fragment = address.fragment();
    // Out of the address bar and its history before anything else.
    address.clearFragment();
    this.#api = new Api({ http, clock, random, origin: address.origin });
    this.#opening = random(16);
    void eraseLeftovers(needs);
    try {
      this.#secret = parseSealedLink(fragment);
    } catch {
      this.#end({ key: "bad_link", loud: true });
    }
    if (this.#secret) void this.#look(this.#secret);
  }

  readonly open = async (text: string): Promise<void> => {
    const secret = this.#secret;
    if (!secret || this.state.peek() !== "asking") return;
    batch(() => {
      this.trouble.value = null;
      this.problem.value = null;
      this.state.value = "opening";
    });
    try {
      const code = readLinkWords(secret, text, await allWordLists());
      // Fetched before the server is asked: what does not come must cost no opening.
      const { openWith } = await import("./opened.ts");
      if (!this.#sealed) {
        const { bytes, left } = await openOnce(this.#api, secret, this.#opening);
        this.#sealed = bytes;
        this.left.value = left;
      }
      const found = await openWith(this.#api, secret, code, this.#sealed, this.#needs, {
        begun: () => keepBegun(this.#needs, secret, this.#sealed ?? new Uint8Array()),
        erased: () => forgetBegun(this.#needs, secret),
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
  async #look(secret: LinkSecret): Promise<void> {
    this.problem.value = null;
    try {
      this.#sealed = await begunBefore(this.#needs, secret);
      if (this.#sealed) {
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
      this.#refused(error, () => void this.#look(secret));
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
export const createOpening = (needs: Needs): OpeningModel => new Opening(needs);
