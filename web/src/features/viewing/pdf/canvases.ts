/**
 * What pdf.js draws on in a worker. In a page it makes masks of lightness by filters of SVG, which a
 * worker has none of: here they are made by hand, pixel by pixel.
 */
import { MOST_DRAWN, MOST_LIVING } from "../limits.ts";
import { Refused } from "../sheet.ts";
import { leaveOut } from "./said.ts";

export interface Made {
  canvas: OffscreenCanvas | null;
  context: OffscreenCanvasRenderingContext2D | null;
}

/** Parts of a page may be somewhat larger than it. */
const MOST = 2 * MOST_DRAWN;

function checked(width: number, height: number): void {
  if (!(width > 0 && height > 0 && width * height <= MOST)) {
    throw new RangeError("no canvas of that size");
  }
}

/** Pixels of each canvas of the page that is drawn, and of all: groups within groups have one each. */
let living = new Map<OffscreenCanvas, number>();
let taken = 0;

/** Forgets what another page has left. */
export function beginPage(): void {
  living = new Map();
  taken = 0;
}

function release(canvas: OffscreenCanvas): void {
  taken -= living.get(canvas) ?? 0;
  living.delete(canvas);
}

/** Throws Refused where the page has as many as it may. */
function take(canvas: OffscreenCanvas, width: number, height: number): void {
  release(canvas);
  if (taken + width * height > MOST_LIVING) throw new Refused("too_large", "too many canvases");
  living.set(canvas, width * height);
  taken += width * height;
}

/** As pdf.js wants its canvas factories. */
export class Canvases {
  create(width: number, height: number) {
    checked(width, height);
    const canvas = new OffscreenCanvas(1, 1);
    take(canvas, width, height);
    Object.assign(canvas, { width, height });
    // In memory: it is read as often as it is drawn on.
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new RangeError("no canvas here");
    masking(context);
    return { canvas, context };
  }

  reset({ canvas }: Made, width: number, height: number): void {
    checked(width, height);
    if (!canvas) return;
    take(canvas, width, height);
    Object.assign(canvas, { width, height });
  }

  destroy(made: Made): void {
    if (made.canvas) {
      release(made.canvas);
      Object.assign(made.canvas, { width: 0, height: 0 });
    }
    made.canvas = null;
    made.context = null;
  }
}

/** What a pixel lets through; `table`: other values for 0 to 255. */
interface Mask {
  readonly of: "lightness" | "opacity";
  readonly table: ArrayLike<number> | null;
}

/** For what is drawn next. */
let next: Mask | null = null;

type Table = ArrayLike<number> | null | undefined;

/** As pdf.js wants its filter factories. */
export class Filters {
  /** Other colours than the page's own, for presses; null: its own again. They are not applied. */
  addFilter(tables: unknown): string {
    if (tables) leaveOut();
    return "none";
  }
  addHCMFilter = (): string => "none";
  addHighlightHCMFilter = (): string => "none";
  addAlphaFilter(table: Table): string {
    next = { of: "opacity", table: table ?? null };
    return "none";
  }
  addLuminosityFilter(table: Table): string {
    next = { of: "lightness", table: table ?? null };
    return "none";
  }
  destroy(): void {
    next = null;
  }
}

/** Has what is drawn as a mask be one. */
function masking(context: OffscreenCanvasRenderingContext2D): void {
  const plain = context.drawImage.bind(context) as (...given: unknown[]) => void;
  const draw = (...given: unknown[]): void => {
    const mask = next;
    next = null;
    if (!mask || given.length !== 9) {
      plain(...given);
      return;
    }
    const [image, x, y, width, height, ...at] = given as [CanvasImageSource, ...Box, ...Box];
    plain(masked(mask, image, [x, y, width, height]), 0, 0, width, height, ...at);
  };
  Object.assign(context, { drawImage: draw });
}

type Box = [x: number, y: number, width: number, height: number];

function masked({ of, table }: Mask, image: CanvasImageSource, box: Box): OffscreenCanvas {
  const [x, y, width, height] = box;
  checked(width, height);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new RangeError("no canvas here");
  context.drawImage(image, x, y, width, height, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  const { data } = pixels;
  for (let at = 0; at < data.length; at += 4) {
    const light = 0.3 * (data[at] ?? 0) + 0.59 * (data[at + 1] ?? 0) + 0.11 * (data[at + 2] ?? 0);
    const value = of === "opacity" ? (data[at + 3] ?? 0) : light;
    data[at + 3] = table ? (table[Math.round(value)] ?? value) : value;
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
