/**
 * A person's ways back: sheets, passkeys and a helper's device, two of which bring everything back. Each counts once it
 * is finished, and none before two are.
 */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u, same } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import { type Held, placeOf } from "../../sealing/ring.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { plainWords, sheetWords } from "../../sealing/words.ts";
import type { ShowingModel } from "../adding/showing.ts";
import type { Circle } from "../helping/people.ts";
import type { Passkeys, Platform, Vault } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { sheetLink } from "./sheet.ts";
import { type SheetLanguage, wordListOf } from "./words.ts";

/** What a passkey gives its secret for. */
export const PASSKEY_USE = "way back";
export const LEAST = 2;
const MOST = 4;
const DRAFT = "ways back";
/** How many words of a new sheet are asked for. */
const ASKED = 2;

export type WayKind = "sheet" | "passkey" | "helper";

/** A way back that is finished. */
export interface Way {
  readonly id: string;
  readonly kind: WayKind;
  readonly label: string;
  /** As in `2026-03-01T09:30:00Z`. */
  readonly made: string;
}

/** A sheet that is to be printed; then two of its words, by their places from 1, are asked for. */
export interface SheetMaking {
  readonly kind: "sheet";
  readonly stage: "show" | "check";
  /** It is made in the place of another, which holds until then. */
  readonly replaces: boolean;
  readonly label: string;
  readonly made: string;
  readonly words: readonly string[];
  readonly link: string;
  readonly asked: readonly number[];
  /** The places of the words that were typed wrong. */
  readonly wrong: readonly number[];
}

export interface PasskeyMaking {
  readonly kind: "passkey";
  readonly replaces: boolean;
  readonly label: string;
  /** The person said no, or the device did; `same`: it is the one that unlocks the screen. */
  readonly refused: "declined" | "same" | null;
}

/** Somebody else's device; `showing` is the screen that they answer to, once it is there. */
export interface HelperMaking {
  readonly kind: "helper";
  readonly replaces: boolean;
  readonly label: string;
  readonly showing: ShowingModel | null;
}

export type Making = SheetMaking | PasskeyMaking | HelperMaking;

export interface WaysBackModel {
  readonly ways: ReadonlySignal<readonly Way[]>;
  readonly making: ReadonlySignal<Making | null>;
  /** Whether passkeys can be made here; null while that is asked. */
  readonly passkeys: ReadonlySignal<boolean | null>;
  /** `first`: nothing counts before `finish`; `kept`: every change does once it is made. */
  readonly mode: "first" | "kept";
  readonly state: ReadonlySignal<"still" | "saving" | "done">;
  /** There may be one more. */
  readonly room: ReadonlySignal<boolean>;
  /** There are enough of them. */
  readonly enough: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** The page that a sheet opens. */
  readonly page: string;
  /** Begins one, in the place of another or besides. `label`: what it is called to begin with. */
  start(kind: WayKind, label: string, language: SheetLanguage, replaces?: string): Promise<void>;
  setLabel(label: string): void;
  /** The sheet is on paper: now its words are asked for. */
  printed(): void;
  /** Back to the sheet. */
  show(): void;
  /** The words that were asked for, in that order: the sheet counts if they are right. */
  check(words: readonly string[]): Promise<void>;
  /** Has the browser make the passkey. */
  makePasskey(): Promise<void>;
  /** What a helper is told of who asks them; empty where the person is to say. */
  readonly own: string;
  /** Who can be asked, if anybody. One helper at a time: two could open everything together. */
  readonly helpers: Circle | null;
  readonly helped: ReadonlySignal<boolean>;
  /** Shows a QR to a helper, in the place of one before; `own`: who asks them. */
  askHelper(own: string): void;
  cancel(): Promise<void>;
  remove(id: string): Promise<void>;
  /** In the `first` mode: all that was made is to count. */
  finish(): Promise<void>;
}

export interface WaysBackNeeds extends Pick<Platform, "clock" | "random"> {
  readonly passkeys: Passkeys;
  /** Where what is half done survives the page, wrapped. Erased at the end. */
  readonly vault: Pick<Vault, "load" | "save" | "erase">;
  /** The means of the ring that is open; none where there is no ring yet. */
  readonly held: readonly Held[];
  /** The page that a sheet's QR opens, as in `https://consult.example.org/desk/`. */
  readonly page: string;
  /** Ids of the passkeys that unlock this screen: whoever has one of them here has both. */
  readonly locks: readonly Uint8Array[];
  /** Left out where nobody can be asked to help. */
  readonly helper?: {
    readonly circle: Circle;
    /** What a helper is told of who asks, where it is known. */
    readonly own: string;
    /** The screen that gives this secret (32 bytes) to a helper; `own`: who asks. */
    show(secret: Uint8Array, own: string): ShowingModel;
  };
  /**
   * Puts these means into the ring in the place of those that were there, and closes the cells of
   * `out`. May be called again with the same after a failure.
   */
  keep(means: readonly Held[], out: readonly Held[]): Promise<void>;
}

/** A sheet that is not finished. */
interface Pending {
  readonly sheet: Held;
  readonly language: SheetLanguage;
  readonly asked: readonly number[];
  readonly stage: SheetMaking["stage"];
  readonly replaces: string;
}

/** What a page that was closed goes on with. `base`: the ids of the means that it changes. */
interface Draft {
  readonly base: readonly string[];
  readonly ways: readonly Held[];
  readonly pending: Pending | null;
}

const idOf = (held: Held): string => b64u(placeOf(held));
/** Of a means: a device is none. */
export const kindOf = (kind: Held["kind"]): WayKind => (kind === "device" ? "helper" : kind);

class WaysBack implements WaysBackModel {
  readonly mode: WaysBackModel["mode"];
  readonly page: string;
  readonly own: string;
  readonly helpers: WaysBackModel["helpers"];
  readonly making = signal<Making | null>(null);
  readonly passkeys = signal<boolean | null>(null);
  readonly state = signal<"still" | "saving" | "done">("still");
  readonly problem = signal<Problem | null>(null);
  readonly #needs: WaysBackNeeds;
  readonly #ways = signal<readonly Held[]>([]);
  #kept: readonly Held[];
  #pending: Pending | null = null;
  #replaces = "";
  #stopHelper = (): void => undefined;

  readonly ways = computed(() =>
    this.#ways.value.map((one) => {
      const { label, made } = one;
      return { id: idOf(one), kind: kindOf(one.kind), label, made };
    }),
  );
  readonly helped = computed(() => this.#ways.value.some(({ kind }) => kind === "helper"));
  readonly room = computed(() => this.#ways.value.length < MOST);
  readonly enough = computed(() => this.#ways.value.length >= LEAST);

  constructor(needs: WaysBackNeeds) {
    this.#needs = needs;
    this.page = needs.page;
    this.own = needs.helper?.own ?? "";
    this.helpers = needs.helper?.circle ?? null;
    this.#kept = needs.held;
    this.#ways.value = needs.held;
    this.mode = needs.held.length === 0 ? "first" : "kept";
    needs.passkeys.available().then(
      (can) => {
        this.passkeys.value = can;
      },
      () => {
        this.passkeys.value = false;
      },
    );
  }

  /** Goes on where a page that was closed had been. */
  async resume(): Promise<void> {
    const bytes = await this.#needs.vault.load(DRAFT);
    const draft = bytes && fromBytes<Draft>(bytes);
    const base = this.#kept.map(idOf).join();
    if (!draft) return;
    if (draft.base.join() !== base) {
      // Another device has changed them since.
      await this.#needs.vault.erase(DRAFT);
      return;
    }
    this.#ways.value = draft.ways;
    if (draft.pending) await this.#showPending(draft.pending);
    const changed = draft.ways.map(idOf).join() !== base;
    if (this.mode === "kept" && changed) await this.#commit();
  }

  readonly start: WaysBackModel["start"] = async (kind, label, language, replaces = "") => {
    this.#replaces = replaces;
    this.problem.value = null;
    if (kind === "passkey") {
      this.making.value = { kind, label, replaces: replaces !== "", refused: null };
      return;
    }
    if (kind === "helper") {
      this.making.value = { kind, label, replaces: replaces !== "", showing: null };
      return;
    }
    const { random, clock } = this.#needs;
    const sheet: Held = { kind, secret: random(16), label, made: momentOf(clock) };
    const asked = placesToAsk(random(ASKED));
    const pending: Pending = { sheet, language, asked, stage: "show", replaces };
    await this.#tried(
      () => this.#showPending(pending),
      () => this.start(kind, label, language, replaces),
    );
    await this.#save();
  };

  readonly setLabel = (label: string): void => {
    const making = this.making.peek();
    if (this.#pending) {
      this.#pending = { ...this.#pending, sheet: { ...this.#pending.sheet, label } };
      void this.#save();
    }
    if (making) this.making.value = { ...making, label };
  };

  readonly printed = (): void => this.#stage("check");
  readonly show = (): void => this.#stage("show");

  readonly check = async (typed: readonly string[]): Promise<void> => {
    const [making, pending] = [this.making.peek(), this.#pending];
    if (making?.kind !== "sheet" || !pending) return;
    const wrong = making.asked.filter((place, at) => {
      const [wanted] = plainWords(making.words[place - 1] ?? "");
      const [word, more] = plainWords(typed[at] ?? "");
      return word !== wanted || more !== undefined;
    });
    this.making.value = { ...making, wrong };
    if (wrong.length === 0) await this.#finished(pending.sheet);
  };

  readonly makePasskey = async (): Promise<void> => {
    const making = this.making.peek();
    if (making?.kind !== "passkey") return;
    const { passkeys, clock, locks } = this.#needs;
    const { label } = making;
    this.making.value = { ...making, refused: null };
    let made: Awaited<ReturnType<Passkeys["make"]>>;
    try {
      made = await passkeys.make(label, PASSKEY_USE);
    } catch {
      this.making.value = { ...making, refused: "declined" };
      return;
    }
    const { id, secret } = made;
    if (locks.some((lock) => same(lock, id))) this.making.value = { ...making, refused: "same" };
    else await this.#finished({ kind: "passkey", secret, label, made: momentOf(clock) });
  };

  readonly askHelper = (own: string): void => {
    const making = this.making.peek();
    const { random, clock, helper } = this.#needs;
    if (making?.kind !== "helper" || !helper) return;
    this.#stopHelper();
    const secret = random(32);
    const showing = helper.show(secret, own);
    this.making.value = { ...making, showing };
    const stop = showing.phase.subscribe((phase) => {
      if (phase !== "done") return;
      const { label } = making;
      // It holds from here on: the helper's device has said that it is stored.
      void this.#finished({ kind: "helper", secret, label, made: momentOf(clock) });
    });
    this.#stopHelper = () => {
      stop();
      showing.close();
    };
  };

  readonly cancel = async (): Promise<void> => {
    this.#stopHelper();
    this.#pending = null;
    this.making.value = null;
    await this.#save();
  };

  readonly remove = async (id: string): Promise<void> => {
    const ways = this.#ways.peek();
    if (this.mode === "kept" && ways.length <= LEAST) return;
    this.#ways.value = ways.filter((one) => idOf(one) !== id);
    await this.#changed();
  };

  readonly finish = async (): Promise<void> => {
    if (this.enough.peek()) await this.#commit();
  };

  async #showPending(pending: Pending): Promise<void> {
    const { sheet, asked, stage, language, replaces } = pending;
    const words = sheetWords(sheet.secret, await wordListOf(language));
    const link = sheetLink(this.#needs.page, sheet.secret);
    this.#pending = pending;
    this.#replaces = replaces;
    const { label, made } = sheet;
    const printed = { label, made, words, link, asked };
    this.making.value = { kind: "sheet", stage, replaces: replaces !== "", ...printed, wrong: [] };
  }

  #stage(stage: SheetMaking["stage"]): void {
    const making = this.making.peek();
    if (making?.kind !== "sheet" || !this.#pending) return;
    this.#pending = { ...this.#pending, stage };
    this.making.value = { ...making, stage, wrong: [] };
    void this.#save();
  }

  async #finished(made: Held): Promise<void> {
    const label = this.making.peek()?.label.trim() ?? "";
    const finished = { ...made, label };
    const ways = this.#ways.peek();
    const at = ways.findIndex((one) => idOf(one) === this.#replaces);
    batch(() => {
      this.#ways.value = at < 0 ? [...ways, finished] : ways.with(at, finished);
      this.making.value = null;
    });
    this.#pending = null;
    await this.#changed();
  }

  async #changed(): Promise<void> {
    await this.#save();
    if (this.mode === "kept") await this.#commit();
  }

  async #commit(): Promise<void> {
    const ways = this.#ways.peek();
    const out = this.#kept.filter((one) => !ways.some((way) => idOf(way) === idOf(one)));
    this.state.value = "saving";
    const done = await this.#tried(
      () => this.#needs.keep(ways, out),
      () => this.#commit(),
    );
    if (!done) {
      this.state.value = "still";
      return;
    }
    this.#kept = ways;
    await this.#needs.vault.erase(DRAFT);
    this.state.value = this.mode === "first" ? "done" : "still";
  }

  async #save(): Promise<void> {
    const base = this.#kept.map(idOf);
    const draft: Draft = { base, ways: this.#ways.peek(), pending: this.#pending };
    await this.#needs.vault.save(DRAFT, toBytes(draft));
  }

  async #tried(act: () => Promise<void>, again: () => unknown): Promise<boolean> {
    this.problem.value = null;
    try {
      await act();
      return true;
    } catch (error) {
      const coded = error instanceof ProtocolError || error instanceof SealError;
      const key = coded ? error.code : "offline";
      const retry = (): void => void again();
      this.problem.value = { key, loud: error instanceof SealError, retry };
      return false;
    }
  }
}

const momentOf = (clock: Platform["clock"]): string =>
  `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;

/** Two different places from 1 to 12, in order. */
function placesToAsk([one = 0, other = 0]: Uint8Array): readonly number[] {
  const first = one % 12;
  const second = (first + 1 + (other % 11)) % 12;
  return [first + 1, second + 1].sort((a, b) => a - b);
}

/** Resolves once what a closed page had begun is there again. */
export async function createWaysBack(needs: WaysBackNeeds): Promise<WaysBackModel> {
  const model = new WaysBack(needs);
  await model.resume();
  return model;
}
