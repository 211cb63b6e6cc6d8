/** A study that the people of a consult look at together. Large: imported late. */
import { batch, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { b64u, fromB64u } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import type { Random } from "../../sealing/keys.ts";
import { type Looking, readLooking, writeLooking } from "../../sealing/looking.ts";
import type { Beside } from "../consult/call.ts";
import type { Clock } from "../ports.ts";
import type { Point } from "./geometry.ts";
import type { Together, ViewerModel } from "./model.ts";

type Look = Extract<Looking, { t: "look" }>;
type Seen = Omit<Look, "t" | "show" | "n">;

/** Ten looks a second, the newest alone. */
const PACE = 100;
/** With so many messages on their way a look would only come late. */
const CROWDED = 16;

export interface ShowingNeeds {
  readonly clock: Clock;
  readonly random: Random;
  /** Refuses with a SealError what is no study, or not genuine. */
  open(handed: Uint8Array): Promise<ViewerModel>;
}

interface Current {
  readonly show: string;
  readonly mine: boolean;
  readonly handed: Uint8Array;
}

/** A number more would be none that everybody reads. */
const next = (n: number): number => Math.min(n + 1, Number.MAX_SAFE_INTEGER);

export class Showing implements Together {
  /** `offered`: the other side shows something, and nobody here has opened it. `failed`: not yet, in vain. */
  readonly state = signal<"none" | "offered" | "open" | "refused" | "failed">("none");
  readonly viewer = signal<ViewerModel | null>(null);
  readonly pointer = signal<Point | null>(null);
  readonly following = signal(true);
  readonly #needs: ShowingNeeds;
  readonly #sides: ReadonlySignal<readonly Beside[]>;
  readonly #host: boolean;
  readonly #stops: (() => void)[] = [];
  /** At which exchange each side was told last. */
  readonly #told = new Map<Beside, number>();
  #current: Current | null = null;
  #n = 0;
  /** The newest look of anybody, and whether what it is at is still to be found. */
  #newest: Seen | null = null;
  #aim: Seen | null = null;
  /** What this page shows because somebody else does, or has said by itself. */
  #known = "";
  #counted = -1;
  #cancel: (() => void) | null = null;
  /** Who has not been told the newest look. */
  readonly #behind = new Set<Beside>();

  /** `host`: of two looks with the same number theirs counts. */
  constructor(needs: ShowingNeeds, sides: ReadonlySignal<readonly Beside[]>, host: boolean) {
    this.#needs = needs;
    this.#sides = sides;
    this.#host = host;
    this.#stops.push(
      effect(() => this.#hear()),
      effect(() => this.#tellAnew()),
      effect(() => this.#moved()),
    );
  }

  /** Shows what a sealed link held. Rejects as `open` does. */
  async show(handed: Uint8Array): Promise<void> {
    const viewer = await this.#needs.open(handed);
    this.#begin({ show: b64u(this.#needs.random(16)), mine: true, handed });
    this.viewer.value = viewer;
    this.state.value = "open";
    this.#told.clear();
    this.#tellAnew();
  }

  /** Opens what the other side shows; again where it failed. */
  async look(): Promise<void> {
    const current = this.#current;
    if (!current || this.viewer.peek()) return;
    try {
      const viewer = await this.#needs.open(current.handed);
      if (this.#current !== current) {
        viewer.end();
        return;
      }
      batch(() => {
        this.#aim = this.#newest;
        this.#counted = -1;
        this.#known = "";
        this.viewer.value = viewer;
        this.state.value = "open";
      });
    } catch (error) {
      if (this.#current !== current) return;
      this.state.value = error instanceof SealError ? "refused" : "failed";
    }
  }

  /** Shows no more, or looks no more at what the other side goes on showing. */
  readonly close = (): void => {
    const { mine, show } = this.#current ?? {};
    if (mine && show) {
      for (const side of this.#sides.peek()) side.say(writeLooking({ t: "hide", show }));
      this.#begin(null);
    } else {
      this.viewer.value = null;
      if (this.state.peek() === "open") this.state.value = "offered";
    }
  };

  readonly point = ({ x, y }: Point): void => {
    const inside = x >= 0 && x <= 1 && y >= 0 && y <= 1;
    this.pointer.value = inside ? { x, y } : null;
  };

  readonly follow = (on: boolean): void => {
    // At once: who comes back follows, and does not lead.
    batch(() => {
      this.following.value = on;
      if (on && this.#newest) this.#apply(this.#newest);
    });
  };

  readonly end = (): void => {
    if (this.#current?.mine) this.close();
    for (const stop of this.#stops.splice(0)) stop();
    this.#begin(null);
  };

  #begin(current: Current | null): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#behind.clear();
    this.#current = current;
    this.#n = 0;
    this.#newest = this.#aim = null;
    this.#known = "";
    batch(() => {
      this.viewer.value = null;
      this.pointer.value = null;
      this.following.value = true;
      this.state.value = current && !current.mine ? "offered" : "none";
    });
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
    const { show } = said;
    if (said.t === "show") {
      // What is shown here is for this side to close.
      if (show !== this.#current?.show && !this.#current?.mine) {
        this.#begin({ show, mine: false, handed: fromB64u(said.handed) });
      }
    } else if (show !== this.#current?.show) return;
    else if (said.t === "hide") {
      if (!this.#current.mine) this.#begin(null);
    } else if (said.n > this.#n || (said.n === this.#n && !this.#host)) {
      const { t: _t, show: _show, n, ...seen } = said;
      this.#n = n;
      this.#newest = seen;
      if (this.following.peek()) this.#apply(seen);
      this.#behind.delete(from);
      if (this.#host) this.#spread(this.#sides.peek().filter((side) => side !== from));
    }
  }

  #apply(seen: Seen): void {
    const viewer = this.viewer.peek();
    this.#aim = seen;
    batch(() => {
      if (viewer?.where.peek()) {
        viewer.reach(seen);
        viewer.setWindow(seen.window);
        if (viewer.inverted.peek() !== seen.inverted) viewer.invert();
      }
      this.pointer.value = seen.point;
      this.#known = JSON.stringify(this.#seen());
    });
  }

  #seen(): Seen | null {
    const viewer = this.viewer.value;
    const where = viewer?.where.value;
    if (!viewer || !where) return null;
    const { window, inverted } = viewer;
    return { ...where, window: window.value, inverted: inverted.value, point: this.pointer.value };
  }

  /** Something has changed in what is shown here: by our hand, or because more of the study is known. */
  #moved(): void {
    const seen = this.#seen();
    const following = this.following.value;
    const count = this.viewer.value?.count.value;
    if (!seen || !following || count === undefined) return;
    untracked(() => {
      const shown = JSON.stringify(seen);
      if (shown !== this.#known && this.#known !== "") {
        this.#known = shown;
        this.#aim = null;
        this.#newest = seen;
        this.#n = next(this.#n);
        this.#spread(this.#sides.peek());
      } else if (this.#aim && count !== this.#counted) {
        // More of the study is known than when somebody was there.
        this.#counted = count;
        this.#apply(this.#aim);
      } else this.#known = shown;
    });
  }

  #spread(sides: readonly Beside[]): void {
    for (const side of sides) this.#behind.add(side);
    if (this.#behind.size > 0) this.#cancel ??= this.#needs.clock.after(PACE, this.#say);
  }

  readonly #say = (): void => {
    this.#cancel = null;
    const [current, seen] = [this.#current, this.#newest];
    if (!current || !seen) return;
    const look = writeLooking({ t: "look", show: current.show, n: this.#n, ...seen });
    const sides = this.#sides.peek();
    for (const side of this.#behind) {
      const here = sides.includes(side);
      if (here && side.waiting() >= CROWDED) continue;
      this.#behind.delete(side);
      if (here) side.say(look);
    }
    this.#spread([]);
  };

  /** To whoever has come, or come back. */
  #tellAnew(): void {
    for (const side of this.#sides.value) {
      const exchange = side.exchanges.value;
      const current = this.#current;
      if (!current?.mine || this.#told.get(side) === exchange) continue;
      this.#told.set(side, exchange);
      untracked(() => {
        const { show, handed } = current;
        side.say(writeLooking({ t: "show", show, handed: b64u(handed) }));
        if (this.#newest) {
          side.say(writeLooking({ t: "look", show, n: this.#n, ...this.#newest }));
        }
      });
    }
  }
}
