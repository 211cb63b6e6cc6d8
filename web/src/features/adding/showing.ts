/** The screen that shows a QR, and asks for the code that the other one shows. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import {
  type AddingLink,
  addingFragment,
  codeOf,
  Direction,
  makeReply,
  type Request,
  readRequest,
  type Use,
} from "../../sealing/adding.ts";
import { SealError } from "../../sealing/errors.ts";
import { type Grant, makeGrant, readKept } from "../../sealing/grants.ts";
import { type Random, type Signer, seedSigner } from "../../sealing/keys.ts";
import type { Problem } from "../problems.ts";
import { Postbox, type PostboxNeeds } from "./postboxes.ts";

/** How often the code may be typed wrongly. */
const ATTEMPTS = 3;

export interface ShowingNeeds extends PostboxNeeds {
  readonly random: Random;
  readonly use: Use;
  /** The page that the other screen is to open, up to its `#`. */
  readonly page: string;
  /** What pays for one of the two mailboxes. */
  voucher(): Promise<Uint8Array>;
  /** Makes what the other one gets; only asked once the code was right. */
  grant(request: Request): Promise<Grant>;
}

export interface ShowingModel {
  /**
   * `making`: the way between the two is being made; `showing`: nobody has asked yet; `code`: one
   * has, and its code is to be typed; `granting`; `keeping`: a helper is to say yes; `done`; `void`:
   * this QR counts no longer.
   */
  readonly phase: ReadonlySignal<
    "making" | "showing" | "code" | "granting" | "keeping" | "done" | "void"
  >;
  /** What the QR holds; empty while it is being made. */
  readonly link: ReadonlySignal<string>;
  /** What the other device calls itself. */
  readonly label: ReadonlySignal<string>;
  /** How often the code may still be typed wrongly. */
  readonly attempts: ReadonlySignal<number>;
  readonly problem: ReadonlySignal<Problem | null>;
  start(): Promise<void>;
  /** Six digits, spaces aside. */
  enter(code: string): Promise<void>;
  /** Ends it; what was not granted is void. */
  close(): void;
}

export class Showing implements ShowingModel {
  readonly phase: Signal<ShowingModel["phase"]["value"]> = signal("making");
  readonly link = signal("");
  readonly label = signal("");
  readonly attempts = signal(ATTEMPTS);
  readonly problem = signal<Problem | null>(null);

  readonly #needs: ShowingNeeds;
  readonly #adder: Signer;
  readonly #link: AddingLink;
  readonly #asking: Postbox;
  readonly #answering: Postbox;
  /** Drawn once: two answers would let somebody look for two requests with one code. */
  readonly #chance: Uint8Array;
  /** What pays for the mailboxes, as far as it was drawn: a second attempt costs nothing more. */
  readonly #paid: Uint8Array[] = [];
  #request: Request | undefined;
  /** The other screen has ended the way between the two: it has what it was given. */
  #ended = false;
  /** What a helper was given, until they say that it is stored. */
  #entrusted: Uint8Array | undefined;

  constructor(needs: ShowingNeeds) {
    const { random, use } = needs;
    this.#needs = needs;
    this.#adder = seedSigner(random(32));
    this.#link = { use, secret: random(32), adder: this.#adder.publicKey };
    this.#asking = new Postbox(needs, this.#link, Direction.ASKING);
    this.#answering = new Postbox(needs, this.#link, Direction.ANSWERING);
    this.#chance = random(32);
  }

  readonly start = async (): Promise<void> => {
    const { page } = this.#needs;
    this.problem.value = null;
    try {
      for (const [at, postbox] of [this.#asking, this.#answering].entries()) {
        await this.#make(postbox, at);
      }
    } catch (error) {
      this.#failed(error, () => void this.start());
      return;
    }
    this.link.value = `${page}#${addingFragment(this.#link)}`;
    if (this.phase.peek() === "making") this.phase.value = "showing";
    this.#asking.listen(
      (message) => this.#asked(message),
      () => {
        // The other screen may have read what it gets before we hear that it was sent.
        if (this.phase.peek() === "granting") this.#ended = true;
        else this.#void();
      },
    );
  };

  readonly enter = async (typed: string): Promise<void> => {
    const request = this.#request;
    if (!request || this.phase.peek() !== "code") return;
    this.problem.value = null;
    if (typed.replace(/\s/g, "") !== codeOf(this.#link, request, this.#chance)) {
      this.attempts.value -= 1;
      if (this.attempts.peek() === 0) this.#void();
      else this.problem.value = { key: "wrong_digits", loud: false };
      return;
    }
    this.phase.value = "granting";
    try {
      const grant = await this.#needs.grant(request);
      const made = await makeGrant(this.#adder, request, grant, this.#needs.random);
      // Before it is sent: the answer may be here first.
      if (grant.t === "helper") this.#entrusted = grant.secret;
      await this.#answering.drop(made);
      if (this.phase.peek() !== "granting") return;
      if (grant.t === "helper" && this.#ended) return this.#void();
      this.phase.value = grant.t === "helper" ? "keeping" : "done";
      if (grant.t !== "helper") this.#asking.close();
    } catch (error) {
      if (this.#ended) return this.#void();
      if (this.phase.peek() === "granting") this.phase.value = "code";
      this.#failed(error);
    }
  };

  readonly close = (): void => {
    this.#asking.close();
    if (this.phase.peek() !== "done") this.#erase();
  };

  async #make(postbox: Postbox, at: number): Promise<void> {
    try {
      this.#paid[at] ??= await this.#needs.voucher();
      await postbox.make(this.#paid[at]);
    } catch (error) {
      // Another one may be good.
      if (error instanceof ProtocolError && error.code === "bad_voucher") delete this.#paid[at];
      throw error;
    }
  }

  /** Takes the first request, and no other. */
  async #asked(message: Uint8Array): Promise<void> {
    if (this.#request) return this.#told(this.#request, message);
    let request: Request;
    try {
      request = readRequest(this.#link, message);
    } catch (error) {
      // Whoever has seen the QR can write here.
      if (error instanceof SealError) return;
      throw error;
    }
    await this.#answering.drop(await makeReply(this.#adder, request, this.#chance));
    this.#request = request;
    this.label.value = request.label;
    this.phase.value = "code";
  }

  /** The helper has stored what they were given. */
  #told(request: Request, message: Uint8Array): void {
    if (!this.#entrusted) return;
    try {
      readKept(this.#entrusted, request, message);
    } catch (error) {
      if (error instanceof SealError) return;
      throw error;
    }
    this.phase.value = "done";
    this.#asking.close();
    this.#erase();
  }

  #void(): void {
    if (this.phase.peek() === "done") return;
    this.#request = undefined;
    this.phase.value = "void";
    this.#asking.close();
    this.#erase();
  }

  #erase(): void {
    for (const postbox of [this.#asking, this.#answering]) {
      // Where the server is out of reach they expire by themselves.
      void postbox.delete().catch(() => undefined);
    }
  }

  #failed(error: unknown, retry?: () => void): void {
    const coded = error instanceof ProtocolError || error instanceof SealError;
    const key = coded ? error.code : "offline";
    this.problem.value = { key, loud: false, ...(retry ? { retry } : {}) };
  }
}
