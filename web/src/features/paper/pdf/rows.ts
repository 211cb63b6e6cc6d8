/** Rows of text as documents set them. */
import { PAGE, type Row, wrap } from "./flow.ts";
import type { Fonts } from "./fonts.ts";

export const WIDTH = PAGE.right - PAGE.left;

/** How a text is set. */
interface Face {
  readonly size: number;
  readonly bold?: boolean;
  readonly indent?: number;
  readonly before?: number;
  readonly width?: number;
  readonly ruled?: boolean;
}

export function rows(text: string, fonts: Fonts, face: Face): Row[] {
  const { size, bold = false, indent = 0, before = 0, width = WIDTH - indent } = face;
  const { ruled = false } = face;
  const font = bold ? fonts.bold : fonts.regular;
  return wrap(text, font, size, width).map((one, i) => ({
    text: one,
    font,
    size,
    indent,
    before: i === 0 ? before : 0,
    ruled: ruled && i === 0,
  }));
}
