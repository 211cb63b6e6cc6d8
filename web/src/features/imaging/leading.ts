/** Who leads among people who look at a study together: whoever moved last. */
import { batch, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { Looking } from "../../sealing/looking.ts";
import type { Clock } from "../ports.ts";
import type { Point } from "./geometry.ts";
import type { Together, ViewerModel } from "./model.ts";
import type { Window } from "./picture.ts";
import { PACE } from "./spreading.ts";

type Look = Extract<Looking, { t: "look" }>;
/** Where somebody is. */
type Seen = Omit<Look, "t" | "show" | "n">;
export type Numbered = Omit<Look, "t" | "show">;

/** A number more would be none that everybody reads. */
const next = (n: number): number => Math.min(n + 1, Number.MAX_SAFE_INTEGER);

const MOST_VALUE = 1e9;

const MIDDLE: Point = { x: 0.5, y: 0.5 };

/** Null for a window that no message holds. */
const sayable = (window: Window | null): Window | null =>
  window && Math.abs(window.center) <= MOST_VALUE && window.width >= 0 && window.width <= MOST_VALUE
    ? window
    : null;

const isSame = (one: Seen, other: Seen): boolean => JSON.stringify(one) === JSON.stringify(other);

const isSamePlace = (one: Seen, other: Seen): boolean =>
  one.series === other.series && one.picture === other.picture && one.frame === other.frame;

export interface LeadingNeeds {
  readonly clock: Clock;
  readonly viewer: ReadonlySignal<ViewerModel | null>;
  /** Of two looks with the same number the host's counts. */
  readonly host: boolean;
  /** Somebody has moved here. */
  moved(): void;
}

export class Leading implements Together {
  readonly pointer = signal<Point | null>(null);
  readonly following = signal(true);
  readonly pointing = signal(false);
  readonly end: () => void;
  readonly #needs: LeadingNeeds;
  #n = 0;
  /** The newest look of anybody, and whether what it is at is still to be found. */
  #newest: Seen | null = null;
  #aim: Seen | null = null;
  /** What this page shows because somebody else does, or has said by itself. */
  #known: Seen | null = null;
  #counted = -1;
  /** The newest has come and is not gone to yet: others set no pace here. */
  #late = false;
  #rest: (() => void) | null = null;

  constructor(needs: LeadingNeeds) {
    this.#needs = needs;
    const stop = effect(() => this.#moved());
    this.end = () => {
      stop();
      this.#rest?.();
    };
  }

  get newest(): Numbered | null {
    return this.#newest && { n: this.#n, ...this.#newest };
  }

  /** Of another study, or of none. */
  begin(): void {
    this.#n = 0;
    this.#newest = null;
    this.#late = false;
    batch(() => {
      this.open();
      this.pointer.value = null;
      this.pointing.value = false;
      this.following.value = true;
    });
  }

  /** A viewer of the same study, which has been nowhere yet. */
  open(): void {
    this.#aim = this.#newest;
    this.#counted = -1;
    this.#known = null;
  }

  /** False where somebody has moved since. */
  take({ n, ...seen }: Numbered): boolean {
    if (n < this.#n || (n === this.#n && this.#needs.host)) return false;
    this.#n = n;
    this.#newest = seen;
    this.#late = true;
    this.#catchUp();
    return true;
  }

  readonly point = ({ x, y }: Point): void => {
    const inside = x >= 0 && x <= 1 && y >= 0 && y <= 1;
    this.pointer.value = inside ? { x, y } : null;
  };

  readonly steer = (on: boolean): void => {
    batch(() => {
      this.pointing.value = on;
      this.pointer.value = on ? (this.pointer.peek() ?? MIDDLE) : null;
    });
  };

  readonly follow = (on: boolean): void => {
    // At once: who comes back follows, and does not lead.
    batch(() => {
      this.following.value = on;
      if (on && this.#newest) this.#apply(this.#newest);
    });
  };

  #catchUp(): void {
    if (this.#rest || !this.#late || !this.#newest || !this.following.peek()) return;
    this.#apply(this.#newest);
    this.#rest = this.#needs.clock.after(PACE, () => {
      this.#rest = null;
      this.#catchUp();
    });
  }

  #apply(seen: Seen): void {
    const viewer = this.#needs.viewer.peek();
    this.#late = false;
    this.#aim = seen;
    batch(() => {
      if (viewer?.where.peek()) {
        viewer.reach(seen);
        viewer.setWindow(seen.window);
        if (viewer.inverted.peek() !== seen.inverted) viewer.invert();
      }
      this.pointer.value = seen.point;
      this.#known = this.#seen();
    });
  }

  #seen(): Seen | null {
    const viewer = this.#needs.viewer.value;
    const where = viewer?.where.value;
    if (!viewer || !where) return null;
    const [window, inverted] = [sayable(viewer.window.value), viewer.inverted.value];
    return { ...where, window, inverted, point: this.pointer.value };
  }

  /** Something has changed in what is shown here: by our hand, or because more of the study is known. */
  #moved(): void {
    const seen = this.#seen();
    const following = this.following.value;
    const count = this.#needs.viewer.value?.count.value;
    if (!seen || count === undefined) return;
    untracked(() => {
      const known = this.#known;
      if (known && !isSame(seen, known)) this.#went(seen, known, following);
      else if (following && this.#aim && count !== this.#counted) {
        // More of the study is known than when somebody was there.
        this.#counted = count;
        this.#apply(this.#aim);
      } else this.#known = seen;
    });
  }

  #went(seen: Seen, known: Seen, following: boolean): void {
    // Nobody has pointed at anything on another picture.
    const point = isSamePlace(seen, known) ? seen.point : null;
    this.#known = { ...seen, point };
    this.pointer.value = point;
    if (!following) return;
    this.#late = false;
    this.#aim = null;
    this.#newest = this.#known;
    this.#n = next(this.#n);
    this.#needs.moved();
  }
}
