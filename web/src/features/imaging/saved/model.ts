/** Marks as they are kept in files, between those who read and write them. */
import type { Origin } from "../dicom/origin.ts";
import type { Mark } from "../marks.ts";
import type { Picture, Spacing, Window } from "../picture.ts";

/** The picture that something is drawn on, without its pixels. `frame` from 0. */
export interface Seen {
  readonly origin: Origin;
  readonly frame: number;
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  readonly aspect: number;
  readonly spacing: Spacing | null;
  readonly slope: number;
  readonly intercept: number;
  readonly unit: string;
  /** Its smallest values are white. */
  readonly inverted: boolean;
  /** What it was looked at with, where that is not its own. */
  readonly window: Window | null;
}

/** `window`: null for the picture's own. */
export function seenOf(picture: Picture, frame: number, window: Window | null): Seen {
  const { origin, frames, rows, columns, aspect, spacing, slope, intercept, unit, content } =
    picture;
  const inverted = !content.color && content.inverted;
  const shape = { frames, rows, columns, aspect, spacing };
  return { origin, frame, ...shape, slope, intercept, unit, inverted, window };
}

export interface Drawn {
  readonly seen: Seen;
  readonly marks: readonly Mark[];
}

/** What is written at once. */
export interface Drawing {
  readonly drawn: readonly Drawn[];
  /** Key images. */
  readonly chosen: readonly Seen[];
}

/** `frame` from 0; null: all of the file. */
export interface Target {
  readonly instance: string;
  readonly frame: number | null;
}

/** What one file of marks says. Texts are as its author wrote them. */
export interface SavedMarks {
  readonly study: string;
  readonly instance: string;
  /** Empty where it does not say who drew. */
  readonly by: string;
  /** `2026-03-02 09:30`, or empty. */
  readonly at: string;
  readonly marks: readonly (Omit<Mark, "id"> & { readonly on: readonly Target[] })[];
  readonly chosen: readonly Target[];
  /** How many marks it holds besides: too many, or of a form that is not shown here. */
  readonly left: number;
}
