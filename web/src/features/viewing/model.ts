/** A picture or a PDF on the screen, as views see it. Pages are numbered from 0. */
import type { ReadonlySignal } from "@preact/signals";
import type { Progress } from "../ports.ts";
import type { Zoom } from "./fitting.ts";
import type { Kind } from "./kind.ts";
import type { Sheet, Why } from "./sheet.ts";

/** `kind`: none of the three that are shown; `forged`: not what was sent; `gone`: not to be had. */
export type Wrong = Why | "kind" | "forged" | "gone";

export interface SheetsModel {
  readonly name: string;
  /** Of the file, in bytes. */
  readonly length: number;
  readonly state: ReadonlySignal<"fetching" | "opening" | "open" | "failed">;
  readonly progress: ReadonlySignal<Progress>;
  /** Null until its first bytes are there. */
  readonly kind: ReadonlySignal<Kind | null>;
  readonly wrong: ReadonlySignal<Wrong | null>;
  readonly page: ReadonlySignal<number>;
  readonly count: ReadonlySignal<number>;
  /** The one before, until the current one is there. */
  readonly sheet: ReadonlySignal<Sheet | null>;
  readonly loading: ReadonlySignal<boolean>;
  readonly zoom: ReadonlySignal<Zoom>;
  go(page: number): void;
  setZoom(zoom: Zoom): void;
  /** So many pixels of the screen show one of the page: it is drawn as finely as that. */
  sharpen(scale: number): void;
  retry(): void;
  /** Ends its worker. */
  end(): void;
}
