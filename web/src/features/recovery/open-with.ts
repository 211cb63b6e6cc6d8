/** Opening what a ring holds: with a way back besides this device, or with two of them. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { same } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import type { Ring, Secret } from "../../sealing/ring.ts";
import { readSheetWords, WordsError } from "../../sealing/words.ts";
import type { AskingModel } from "../adding/asking.ts";
import type { Circle } from "../helping/people.ts";
import type { Passkeys } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { secretInLink } from "./sheet.ts";
import { kindOf, PASSKEY_USE, type WayKind } from "./ways-back.ts";
import { allWordLists, troubleOf, type WordsTrouble } from "./words.ts";

/**
 * What was wrong with the words or ways: the way was given `twice`; the passkey was `declined`; it
 * was `no-link` of a helper's; the server knows a way `unknown-way`; it was `taken-out`; ways are
 * `no-pair`.
 */
export type Trouble =
  | WordsTrouble
  | {
      readonly what: "twice" | "declined" | "no-link" | "unknown-way" | "taken-out" | "no-pair";
    };

export interface OpenWithModel {
  /** How many ways back are wanted: one besides this device, or two. */
  readonly wanted: 1 | 2;
  /** The kinds of those that were given. */
  readonly given: ReadonlySignal<readonly WayKind[]>;
  /** A helper is asked for what they have, while it lasts: their screen wants the code. */
  readonly helper: ReadonlySignal<AskingModel | null>;
  readonly state: ReadonlySignal<"asking" | "opening" | "open">;
  readonly trouble: ReadonlySignal<Trouble | null>;
  readonly problem: ReadonlySignal<Problem | null>;
  readonly passkeys: ReadonlySignal<boolean | null>;
  /** Who can be asked to help, if anybody. */
  readonly helpers: Circle | null;
  /** A sheet's twelve words, or the address in its QR. */
  giveSheet(text: string): Promise<void>;
  givePasskey(): Promise<void>;
  /** The address that a helper's device shows. */
  giveHelper(link: string): Promise<void>;
  /** Goes on without. */
  leaveHelper(): void;
  /** Begins anew. */
  forget(): void;
}

export interface OpenWithNeeds {
  readonly passkeys: Passkeys;
  /** This device's own secret; undefined where two ways back are to open. */
  readonly device: Uint8Array | undefined;
  /** What a sheet's QR has brought to this page. */
  readonly sheet?: Uint8Array | undefined;
  /** What a helper's QR has brought to this page. */
  readonly link?: string | undefined;
  /** Left out where nobody can be asked to help. */
  readonly helper?: {
    readonly circle: Circle;
    /** Asks the helper whose link this is. Refuses with `bad_link`, `bad_key`. */
    ask(fragment: string, take: (secret: Uint8Array) => Promise<void>): AskingModel;
  };
  /** As `Rings.open`. */
  open(means: Secret, other: Secret): Promise<Ring>;
  /** Takes what was opened; the dialog is done once it resolves. */
  opened(ring: Ring, given: readonly Secret[]): Promise<void>;
}

class OpenWith implements OpenWithModel {
  readonly wanted: 1 | 2;
  readonly given = signal<readonly WayKind[]>([]);
  readonly helper = signal<AskingModel | null>(null);
  readonly state = signal<"asking" | "opening" | "open">("asking");
  readonly trouble = signal<Trouble | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly passkeys = signal<boolean | null>(null);
  readonly helpers: OpenWithModel["helpers"];
  readonly #needs: OpenWithNeeds;
  #secrets: readonly Secret[] = [];

  constructor(needs: OpenWithNeeds) {
    this.#needs = needs;
    this.helpers = needs.helper?.circle ?? null;
    this.wanted = needs.device ? 1 : 2;
    needs.passkeys.available().then(
      (can) => {
        this.passkeys.value = can;
      },
      () => {
        this.passkeys.value = false;
      },
    );
    if (needs.link) void this.giveHelper(needs.link);
    if (needs.sheet) void this.#give({ kind: "sheet", secret: needs.sheet });
  }

  readonly giveSheet = async (text: string): Promise<void> => {
    this.#clear();
    const linked = secretInLink(text);
    try {
      const secret = linked ?? readSheetWords(text, await allWordLists());
      await this.#give({ kind: "sheet", secret });
    } catch (error) {
      if (error instanceof WordsError) this.trouble.value = troubleOf(error, text);
      // The lists did not come.
      else this.problem.value = this.#problem(error, () => this.giveSheet(text));
    }
  };

  readonly givePasskey = async (): Promise<void> => {
    this.#clear();
    let secret: Uint8Array;
    try {
      secret = await this.#needs.passkeys.secret(PASSKEY_USE);
    } catch {
      this.trouble.value = { what: "declined" };
      return;
    }
    await this.#give({ kind: "passkey", secret });
  };

  readonly giveHelper = async (text: string): Promise<void> => {
    this.#clear();
    this.leaveHelper();
    const { helper } = this.#needs;
    if (!helper) return;
    const fragment = /(?:^|#)(back=[\w.=-]+)$/.exec(text.trim())?.[1] ?? "";
    try {
      const asking = helper.ask(fragment, async (secret) => {
        this.helper.value = null;
        void this.#give({ kind: "helper", secret });
      });
      this.helper.value = asking;
      await asking.ask("");
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      this.trouble.value = { what: "no-link" };
    }
  };

  readonly leaveHelper = (): void => {
    this.helper.peek()?.close();
    this.helper.value = null;
  };

  readonly forget = (): void => {
    this.#clear();
    this.leaveHelper();
    this.#secrets = [];
    this.given.value = [];
  };

  async #give(one: Secret): Promise<void> {
    if (this.#secrets.some(({ secret }) => same(secret, one.secret))) {
      this.trouble.value = { what: "twice" };
      return;
    }
    this.#secrets = [...this.#secrets, one];
    this.given.value = this.#secrets.map(({ kind }) => kindOf(kind));
    if (this.#secrets.length === this.wanted) await this.#open();
  }

  async #open(): Promise<void> {
    this.#clear();
    this.state.value = "opening";
    const { device, opened } = this.#needs;
    const own: readonly Secret[] = device ? [{ kind: "device", secret: device }] : [];
    try {
      const ring = await this.#opened([...this.#secrets, ...own]);
      await opened(ring, this.#secrets);
      this.state.value = "open";
    } catch (error) {
      const what = whatOf(error);
      batch(() => {
        this.state.value = "asking";
        if (what) {
          this.forget();
          this.trouble.value = { what };
        } else {
          this.problem.value = this.#problem(error, () => this.#open());
        }
      });
    }
  }

  /** With the cell of the first, or else of the second: one of them may have none any more. */
  async #opened([one, other]: readonly Secret[]): Promise<Ring> {
    if (!one || !other) throw new SealError("bad_form", "too few");
    try {
      return await this.#needs.open(one, other);
    } catch (error) {
      const gone = error instanceof ProtocolError && error.code === "not_found";
      if (!gone || other.kind === "device") throw error;
      return await this.#needs.open(other, one);
    }
  }

  #clear(): void {
    this.trouble.value = null;
    this.problem.value = null;
  }

  #problem(error: unknown, again: () => unknown): Problem {
    const coded = error instanceof ProtocolError || error instanceof SealError;
    const key = coded ? error.code : "offline";
    return { key, loud: error instanceof SealError, retry: () => void again() };
  }
}

function whatOf(error: unknown): "unknown-way" | "taken-out" | "no-pair" | null {
  if (error instanceof ProtocolError) return error.code === "not_found" ? "unknown-way" : null;
  if (!(error instanceof SealError)) return null;
  if (error.code === "revoked") return "taken-out";
  return error.code === "cannot_open" ? "no-pair" : null;
}

export const createOpenWith = (needs: OpenWithNeeds): OpenWithModel => new OpenWith(needs);
