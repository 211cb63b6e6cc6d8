/** A study that the people of a consult look at together. Large: imported late. */
import { batch, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { b64u, fromB64u } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import type { Random } from "../../sealing/keys.ts";
import { type Asking, type Looking, readLooking, writeLooking } from "../../sealing/looking.ts";
import type { Beside } from "../consult/call.ts";
import type { Clock } from "../ports.ts";
import { Leading } from "./leading.ts";
import { AGAIN } from "./limits.ts";
import type { ViewerModel } from "./model.ts";
import { Spreading } from "./spreading.ts";

export interface ShowingNeeds {
  readonly clock: Clock;
  readonly random: Random;
  /** Refuses with a SealError what is no study, or not genuine. */
  open(handed: Uint8Array): Promise<ViewerModel>;
  /** Somebody asks for a permit to show something, or answers. */
  asked?(from: Beside, said: Asking): void;
}

/** Shown by this page: `said` is how it is told. */
interface Ours {
  readonly show: string;
  readonly said: Uint8Array;
}

/** Shown by another side, which said so last at that exchange. */
interface Theirs {
  readonly show: string;
  readonly handed: Uint8Array;
  from: Beside;
  exchange: number;
}

export class Showing {
  /**
   * `offered`: the other side shows something, and nobody here has opened it. `failed`: not yet, in vain.
   * `aside`: not now.
   */
  readonly state = signal<"none" | "offered" | "open" | "refused" | "failed" | "aside">("none");
  /** The host looks at other images than those that were shown from here. */
  readonly declined = signal(false);
  readonly viewer = signal<ViewerModel | null>(null);
  readonly leading: Leading;
  readonly #needs: ShowingNeeds;
  readonly #sides: ReadonlySignal<readonly Beside[]>;
  readonly #spreading: Spreading;
  readonly #stops: (() => void)[];
  readonly #host: boolean;
  /** At which exchange each side was told last. */
  readonly #told = new Map<Beside, number>();
  #ours: Ours | null = null;
  #theirs: Theirs | null = null;
  /** It was refused, and nobody wants to hear of it again. */
  #dismissed = "";
  /** They have a new page, and have not said that they still show it. */
  #leaving: (() => void) | null = null;
  #ended = false;

  /** `host`: of two shows theirs counts, and of two looks with the same number. */
  constructor(needs: ShowingNeeds, sides: ReadonlySignal<readonly Beside[]>, host: boolean) {
    this.#needs = needs;
    this.#host = host;
    this.#sides = sides;
    this.#spreading = new Spreading(needs.clock, (side) => this.#look(side));
    const { clock } = needs;
    const moved = (): void => this.#spread();
    this.leading = new Leading({ clock, viewer: this.viewer, host, moved });
    this.#stops = [effect(() => this.#hear()), effect(() => this.#exchanged())];
  }

  /** Whoever shows something to this page. */
  get shower(): Beside | null {
    return this.#theirs?.from ?? null;
  }

  /**
   * Shows what a sealed link held, unless somebody has given it up by then. Rejects as `open` does;
   * refuses with `too_long` what no message holds.
   */
  async show(handed: Uint8Array, gone?: AbortSignal): Promise<void> {
    const viewer = await this.#needs.open(handed);
    const show = b64u(this.#needs.random(16));
    try {
      const said = writeLooking({ t: "show", show, handed: b64u(handed) });
      if (this.#ended || gone?.aborted) {
        viewer.end();
        return;
      }
      this.#begin({ show, said }, null);
      this.declined.value = false;
    } catch (error) {
      viewer.end();
      throw error;
    }
    batch(() => {
      this.viewer.value = viewer;
      this.state.value = "open";
    });
    this.#told.clear();
    for (const side of this.#sides.peek()) this.#tell(side);
  }

  /** Opens what the other side shows; again where it failed. */
  async look(): Promise<void> {
    const theirs = this.#theirs;
    if (!theirs || this.viewer.peek()) return;
    try {
      const viewer = await this.#needs.open(theirs.handed);
      if (this.#theirs !== theirs || this.viewer.peek()) {
        viewer.end();
        return;
      }
      batch(() => {
        this.leading.open();
        this.viewer.value = viewer;
        this.state.value = "open";
      });
    } catch (error) {
      if (this.#theirs !== theirs) return;
      this.state.value = error instanceof SealError ? "refused" : "failed";
    }
  }

  /** Shows no more, or looks no more at what the other side goes on showing. */
  readonly close = (): void => {
    if (this.#ours) {
      const hide = writeLooking({ t: "hide", show: this.#ours.show });
      for (const side of this.#sides.peek()) side.say(hide);
      this.#begin(null, null);
    } else {
      this.#leave();
      if (this.state.peek() === "open") this.state.value = "offered";
    }
  };

  /** Nobody here wants to look at what the other side shows: not now, or not at all. */
  readonly dismiss = (): void => {
    if (this.state.peek() !== "refused") {
      this.state.value = "aside";
      return;
    }
    this.#dismissed = this.#theirs?.show ?? "";
    this.#begin(null, null);
  };

  readonly end = (): void => {
    this.#ended = true;
    if (this.#ours) this.close();
    for (const stop of this.#stops.splice(0)) stop();
    this.#begin(null, null);
    this.leading.end();
  };

  #begin(ours: Ours | null, theirs: Theirs | null): void {
    this.#stay();
    this.#spreading.stop();
    this.#ours = ours;
    this.#theirs = theirs;
    batch(() => {
      this.#leave();
      this.leading.begin();
      this.state.value = theirs ? "offered" : "none";
    });
  }

  /** Whoever draws it may not have been drawn yet: it is ended here. */
  #leave(): void {
    this.viewer.peek()?.end();
    this.viewer.value = null;
  }

  #stay(): void {
    this.#leaving?.();
    this.#leaving = null;
  }

  #hear(): void {
    for (const side of this.#sides.value) {
      const heard = side.heard.value;
      if (heard.length === 0) continue;
      untracked(() => {
        side.heard.value = [];
        for (const bytes of heard) this.#take(side, bytes);
      });
    }
  }

  #take(from: Beside, bytes: Uint8Array): void {
    let said: Looking | undefined;
    try {
      said = readLooking(bytes);
    } catch {
      return;
    }
    if (!said) return;
    if (said.t === "ask-permit" || said.t === "permit" || said.t === "no-permit") {
      this.#needs.asked?.(from, said);
    } else if (said.t === "show") this.#shown(from, said.show, said.handed);
    else if (this.#listens(from) && said.show === (this.#ours ?? this.#theirs)?.show) {
      this.#led(from, said);
    }
  }

  #led(from: Beside, said: Extract<Looking, { t: "look" | "hide" }>): void {
    if (said.t === "hide") this.#hidden();
    else {
      const { t: _t, show: _show, ...look } = said;
      if (!this.leading.take(look)) return;
      this.#spreading.spare(from);
      if (this.#ours) this.#spread(from);
    }
  }

  /** What the host shows is for the host to close. */
  #hidden(): void {
    if (this.#ours && this.#host) return;
    const declined = this.#ours !== null;
    this.#begin(null, null);
    this.declined.value = declined;
  }

  /** What one side shows is for nobody else to lead or to end. */
  #listens(from: Beside): boolean {
    const shower = this.#theirs?.from;
    return !shower || shower === from || !this.#sides.peek().includes(shower);
  }

  #shown(from: Beside, show: string, handed: string): void {
    if (show === this.#dismissed) return;
    const exchange = from.exchanges.peek();
    if (show === this.#theirs?.show) {
      this.#stay();
      Object.assign(this.#theirs, { from, exchange });
    } else if (this.#host && this.#isBusyWithout(from)) {
      from.say(writeLooking({ t: "hide", show }));
    } else this.#begin(null, { show, handed: fromB64u(handed), from, exchange });
  }

  /** Something is looked at, or offered, that this side does not show. */
  #isBusyWithout(side: Beside): boolean {
    const state = this.state.peek();
    const past = state === "aside" || state === "refused";
    return this.#ours !== null || (!past && !this.#listens(side));
  }

  /** To those who look at the same, but not to who has just said it. */
  #spread(except?: Beside): void {
    for (const side of this.#sides.peek()) {
      if (side !== except && this.#isTold(side)) this.#spreading.tell(side);
    }
  }

  readonly #isTold = (side: Beside): boolean =>
    this.#sides.peek().includes(side) && (!this.#theirs || this.#theirs.from === side);

  #look(side: Beside): Uint8Array | undefined {
    const [current, newest] = [this.#ours ?? this.#theirs, this.leading.newest];
    if (!current || !newest || !this.#isTold(side)) return undefined;
    return writeLooking({ t: "look", show: current.show, ...newest });
  }

  /** Somebody has come, come back, or gone. */
  #exchanged(): void {
    const sides = this.#sides.value.map((side) => ({ side, exchange: side.exchanges.value }));
    untracked(() => {
      for (const { side } of sides) this.#tell(side);
      const theirs = this.#theirs;
      if (!theirs) return;
      const there = sides.some(
        (one) => one.side === theirs.from && one.exchange === theirs.exchange,
      );
      if (there) return;
      this.#leaving ??= this.#needs.clock.after(AGAIN, () => this.#begin(null, null));
    });
  }

  #tell(side: Beside): void {
    const exchange = side.exchanges.peek();
    if (!this.#ours || this.#told.get(side) === exchange) return;
    this.#told.set(side, exchange);
    side.say(this.#ours.said);
    const look = this.#look(side);
    if (look) side.say(look);
  }
}
