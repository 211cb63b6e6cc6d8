/** What comes out of the worker that reads a file: a picture of a page, its text, and what to say of it. */

/** Some letters of a page that stand together; in pixels of the page at its own size. */
export interface Run {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** Height of its letters. */
  readonly size: number;
  readonly width: number;
  /** Radians, clockwise. */
  readonly angle: number;
  readonly ends: boolean;
}

/**
 * `incomplete`: something of it could not be drawn; `repaired`: pages of its file may be missing;
 * `inert`: links, scripts or files in it do nothing here; `moving`: only the first of its pictures is
 * shown.
 */
export type Note = "incomplete" | "repaired" | "inert" | "moving";

export interface Sheet {
  readonly bitmap: ImageBitmap;
  /** Its own size, in CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly text: readonly Run[];
  readonly notes: readonly Note[];
}

/** `broken`: cut, endless, or of a form that no reader takes; `locked`: under a password. */
export type Why = "broken" | "locked" | "too_large" | "too_slow" | "unsupported";

/** A file, or a page of it, is not shown. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly why: Why;

  constructor(why: Why, detail?: string) {
    super(detail ?? why);
    this.why = why;
  }
}
