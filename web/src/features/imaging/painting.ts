/** From stored values to grey or colour (PS3.3 C.11.2.1.2, linear). */
import type { Picture, Samples, Window } from "./picture.ts";

/** Windows that people know by their part of the body; in Hounsfield units. */
export const PRESETS = {
  brain: { center: 40, width: 80 },
  abdomen: { center: 60, width: 400 },
  lung: { center: -600, width: 1500 },
  bone: { center: 400, width: 1800 },
} as const satisfies Record<string, Window>;

export type Preset = keyof typeof PRESETS;

/** All that is there, from the smallest to the largest value. */
export function fullWindow({ range: [least, most], slope, intercept }: Picture): Window {
  const [one, other] = [least * slope + intercept, most * slope + intercept];
  return { center: (one + other + 1) / 2, width: Math.abs(other - one) + 1 };
}

/** What a picture is shown with before somebody chooses. */
export const ownWindow = (picture: Picture): Window => picture.windows[0] ?? fullWindow(picture);

const TABLE = 65_536;

/** The grey of every stored value, signed ones from the middle of the table on. */
function tableOf({ slope, intercept }: Picture, inverted: boolean, window: Window): Uint8Array {
  const { center, width } = window;
  const table = new Uint8Array(TABLE);
  for (let n = 0; n < TABLE; n += 1) {
    const value = (n - TABLE / 2) * slope + intercept;
    // A width of one is a threshold.
    const share =
      width > 1 ? (value - center + 0.5) / (width - 1) + 0.5 : value > center - 0.5 ? 1 : 0;
    const grey = Math.round(Math.min(Math.max(share * 255, 0), 255));
    table[n] = inverted ? 255 - grey : grey;
  }
  return table;
}

/** Unsigned values of 16 bits have a second half that the table does not. */
const isWide = (samples: Samples): boolean => samples instanceof Uint16Array;

/**
 * Writes red, green, blue and opacity of every pixel into `into`, or of every `step`-th of every
 * `step`-th row; `turned`: white for black.
 */
export function paint(
  picture: Picture,
  window: Window,
  turned: boolean,
  into: Uint8ClampedArray,
  step = 1,
): void {
  const { content, columns, rows } = picture;
  const words = new Uint32Array(into.buffer, into.byteOffset, into.byteLength / 4);
  const pixel = content.color
    ? colorOf(content.pixels, turned)
    : greyOf(picture, content, window, turned);
  let to = 0;
  for (let row = 0; row < rows; row += step) {
    for (let at = row * columns; at < (row + 1) * columns; at += step, to += 1) {
      words[to] = pixel(at);
    }
  }
}

/** Little-endian, as every machine with a browser is. */
const OPAQUE = 0xff000000;

function colorOf(pixels: Uint8ClampedArray, turned: boolean): (at: number) => number {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 4);
  return (at) => (turned ? ~(words[at] ?? 0) | OPAQUE : (words[at] ?? 0));
}

function greyOf(
  picture: Picture,
  { samples, inverted }: Extract<Picture["content"], { color: false }>,
  window: Window,
  turned: boolean,
): (at: number) => number {
  const wide = isWide(samples);
  const shifted = wide
    ? { ...picture, intercept: picture.intercept + (TABLE / 2) * picture.slope }
    : picture;
  const table = tableOf(shifted, inverted !== turned, window);
  const offset = wide ? 0 : TABLE / 2;
  return (at) => {
    const grey = table[(samples[at] ?? 0) + offset] ?? 0;
    return OPAQUE | (grey << 16) | (grey << 8) | grey;
  };
}
