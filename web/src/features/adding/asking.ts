/** The screen that a QR has opened: it asks, shows the code, and waits for what it gets. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import {
  type AddingLink,
  Direction,
  makeRequest,
  parseAdding,
  type Request,
  readReply,
  readRequest,
} from "../../sealing/adding.ts";
import { same } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import { type Grant, readGrant } from "../../sealing/grants.ts";
import type { Random, Signer } from "../../sealing/keys.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { Vault } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { Postbox, type PostboxNeeds } from "./postboxes.ts";

/** What was asked, so that a page that loads anew asks the same: only one request counts. */
interface Asked {
  readonly secret: Uint8Array;
  readonly request: Uint8Array;
  /** X-Wing seed. */
  readonly seal: Uint8Array;
}

const NAME = "asked";

/** What the other screen gave. */
export interface Granted {
  readonly grant: Grant;
  readonly request: Request;
  readonly label: string;
  /** X-Wing seed. */
  readonly seal: Uint8Array;
  /** Says something to the other screen. Rejects with `not_found` where it is closed. */
  tell(message: Uint8Array): Promise<void>;
}

export interface AskingNeeds extends PostboxNeeds {
  readonly random: Random;
  readonly vault: Vault;
  /** Of the new device; of anybody else one for this time. */
  readonly signer: Signer;
  /** What the QR held. */
  readonly fragment: string;
  /**
   * Stores what was granted; it is there when this resolves. `told`: the other screen was told
   * something, and closes the way between the two once it has read it.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to say
  take(granted: Granted): Promise<"told" | void>;
}

export interface AskingModel {
  /**
   * `naming`: nothing has been sent; `asking`; `waiting`: for the other screen; `code`: it is to be
   * typed there; `done`; `void`: the QR counts no longer, or somebody else used it.
   */
  readonly phase: ReadonlySignal<"naming" | "asking" | "waiting" | "code" | "done" | "void">;
  /** Six digits, once there are some. */
  readonly code: ReadonlySignal<string>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Asks, under a name that the person recognises the device by. */
  ask(label: string): Promise<void>;
  close(): void;
}

export class Asking implements AskingModel {
  readonly phase: Signal<AskingModel["phase"]["value"]> = signal("naming");
  readonly code = signal("");
  readonly problem = signal<Problem | null>(null);

  readonly #needs: AskingNeeds;
  readonly #link: AddingLink;
  readonly #asking: Postbox;
  readonly #answering: Postbox;
  #request: Request | undefined;
  #seal: Uint8Array | undefined;

  /** Refuses with `bad_link`, `bad_key`. */
  constructor(needs: AskingNeeds) {
    this.#needs = needs;
    this.#link = parseAdding(needs.fragment);
    this.#asking = new Postbox(needs, this.#link, Direction.ASKING);
    this.#answering = new Postbox(needs, this.#link, Direction.ANSWERING);
  }

  /** Takes up what an earlier load of this page asked with the same link. */
  async resume(): Promise<void> {
    const bytes = await this.#needs.vault.load(NAME);
    const asked = bytes && fromBytes<Asked>(bytes);
    if (!asked || !same(asked.secret, this.#link.secret)) return;
    this.#request = readRequest(this.#link, asked.request);
    this.#seal = asked.seal;
    await this.#send();
  }

  readonly ask = async (label: string): Promise<void> => {
    const { random, signer, vault } = this.#needs;
    this.#seal ??= random(32);
    const seal = this.#seal;
    this.#request ??= await makeRequest(this.#link, signer, kemPublic(seal), label.trim(), random);
    const { secret } = this.#link;
    await vault.save(NAME, toBytes({ secret, request: this.#request.raw, seal } satisfies Asked));
    await this.#send();
  };

  readonly close = (): void => this.#answering.close();

  async #send(): Promise<void> {
    const request = this.#request;
    if (!request) return;
    this.problem.value = null;
    this.phase.value = "asking";
    try {
      await this.#asking.drop(request.raw);
    } catch (error) {
      if (error instanceof ProtocolError && error.code === "not_found") this.phase.value = "void";
      else this.#failed(error, () => void this.#send());
      return;
    }
    this.phase.value = "waiting";
    this.#answering.listen(
      (message) => this.#answered(request, message),
      () => {
        if (this.phase.peek() !== "done") this.phase.value = "void";
      },
    );
  }

  async #answered(request: Request, message: Uint8Array): Promise<void> {
    if (this.phase.peek() === "done") return;
    try {
      if (this.code.peek()) await this.#granted(request, message);
      else {
        this.code.value = readReply(this.#link, request, message);
        this.phase.value = "code";
      }
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      // Signed by the other screen, and to somebody else: another device has used the QR. What is
      // not by that screen may be by anybody who has seen it, and says nothing.
      if (error.code === "wrong_recipient") this.phase.value = "void";
    }
  }

  async #granted(request: Request, message: Uint8Array): Promise<void> {
    const { vault, take } = this.#needs;
    const seal = this.#seal;
    if (!seal) return;
    const grant = readGrant(this.#link, request, seal, message);
    const { label } = request;
    const tell = (told: Uint8Array): Promise<void> => this.#asking.drop(told);
    let said: Awaited<ReturnType<AskingNeeds["take"]>>;
    try {
      said = await take({ grant, request, label, seal, tell });
    } catch (error) {
      // The other screen was closed meanwhile.
      if (!(error instanceof ProtocolError) || error.code !== "not_found") throw error;
      this.phase.value = "void";
      return;
    }
    await vault.erase(NAME);
    this.phase.value = "done";
    this.close();
    if (said === "told") return;
    for (const postbox of [this.#asking, this.#answering]) {
      void postbox.delete().catch(() => undefined);
    }
  }

  #failed(error: unknown, retry: () => void): void {
    const key = error instanceof ProtocolError ? error.code : "offline";
    this.problem.value = { key, loud: false, retry };
  }
}
