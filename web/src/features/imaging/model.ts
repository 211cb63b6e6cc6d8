/** A study on the screen, as views see it. Pictures and series are numbered from 0. */
import type { ReadonlySignal } from "@preact/signals";
import type { Why } from "./dicom/head.ts";
import type { Placement, Point } from "./geometry.ts";
import type { Marking } from "./marking.ts";
import type { Preset } from "./painting.ts";
import type { Picture, Window } from "./picture.ts";
import type { KeepingModel } from "./saved/keeping.ts";

export interface SeriesLine {
  readonly name: string;
  readonly number: string;
  readonly modality: string;
  /** Empty where there is one study alone. */
  readonly study: string;
  readonly count: number;
}

/** Where a key image is: both from 0. */
export interface KeyImage {
  readonly series: number;
  readonly slice: number;
}

/**
 * `file`: this one cannot be shown; `forged`: it is not what was sent; `form`: what was sent is no
 * study that this page can read; `gone`: it is not to be had; `alone`: marks, and no pictures.
 */
export type Wrong =
  | { readonly what: "file"; readonly why: Why }
  | { readonly what: "forged" | "form" | "gone" | "alone" };

/** A picture of a study, by where its file stands in the index. */
export interface Where {
  readonly series: number;
  readonly picture: number;
  readonly frame: number;
}

/** Of a study that several look at: who moves last leads those who follow. */
export interface Together {
  /** As fractions of the picture's width and height; null: nobody points. */
  readonly pointer: ReadonlySignal<Point | null>;
  /** False: everybody looks around alone. */
  readonly following: ReadonlySignal<boolean>;
  /** Arrow keys move the pointer. */
  readonly pointing: ReadonlySignal<boolean>;
  /** Beside the picture: nobody points any more. */
  point(at: Point): void;
  follow(on: boolean): void;
  /** Puts the pointer on the picture for the arrow keys, or takes it away. */
  steer(on: boolean): void;
}

export interface ViewerModel {
  readonly state: ReadonlySignal<"opening" | "open" | "failed">;
  readonly wrong: ReadonlySignal<Wrong | null>;
  /** The network is gone: it is tried again by and by. */
  readonly waiting: ReadonlySignal<boolean>;
  readonly title: ReadonlySignal<string>;
  readonly list: ReadonlySignal<readonly SeriesLine[]>;
  readonly series: ReadonlySignal<number>;
  readonly slice: ReadonlySignal<number>;
  readonly count: ReadonlySignal<number>;
  /** The one before, until the current one is there. */
  readonly picture: ReadonlySignal<Picture | null>;
  readonly loading: ReadonlySignal<boolean>;
  /** Null: the picture's own. */
  readonly window: ReadonlySignal<Window | null>;
  readonly shownWindow: ReadonlySignal<Window | null>;
  readonly place: ReadonlySignal<Placement>;
  readonly inverted: ReadonlySignal<boolean>;
  readonly marking: Marking;
  readonly keeping: KeepingModel;
  /** Of the study, those of others too, in its order. */
  readonly keys: ReadonlySignal<readonly KeyImage[]>;
  /** Null until the study is open. */
  readonly where: ReadonlySignal<Where | null>;
  /** Goes there, or to the nearest that is known by now. */
  reach(where: Where): void;
  choose(series: number): void;
  go(slice: number): void;
  visit(key: KeyImage): void;
  setWindow(window: Window | null): void;
  usePreset(preset: Preset | "own" | "full"): void;
  setPlace(place: Placement): void;
  invert(): void;
  /** Marks the picture that is shown as one to find again, or not any more. */
  toggleKey(): void;
  reset(): void;
  retry(): Promise<void>;
  /** Ends its worker. */
  end(): void;
}
