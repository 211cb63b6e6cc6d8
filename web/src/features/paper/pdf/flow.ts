/**
 * Sets rows of text on A4 pages. Rows of a block stay together where a page can hold them; the
 * ending (the signature) stays with the last row, and the paper left blank may be crossed out.
 */
import { type PDFDocument, type PDFFont, type PDFPage, rgb } from "pdf-lib";

export const PAGE = {
  width: 595.28,
  height: 841.89,
  left: 56,
  right: 539.28,
  top: 794,
  bottom: 104,
};
export const INK = rgb(0.06, 0.09, 0.11);
export const SOFT = rgb(0.34, 0.4, 0.42);
export const RULE = rgb(0.62, 0.68, 0.7);

export interface Row {
  readonly text: string;
  readonly font: PDFFont;
  readonly size: number;
  /** Points from the left margin. */
  readonly indent: number;
  /** Points from the row above to this one's box. */
  readonly before: number;
  /** A line across the page, in what is before it. */
  readonly ruled?: boolean;
}

export type Block = readonly Row[];

/** What ends the document: `height` points, drawn below `y`. */
export interface Ending {
  readonly height: number;
  draw(page: PDFPage, y: number): void;
}

const LEADING = 1.36;

export const rowHeight = (row: Row): number => row.before + row.size * LEADING;

/**
 * Breaks a text into rows no wider than `width` points, never after a number, so that it stays with
 * its unit; a word that is wider is cut.
 */
export function wrap(text: string, font: PDFFont, size: number, width: number): string[] {
  const rows: string[] = [];
  for (const paragraph of text.split("\n")) {
    let row = "";
    for (const word of paragraph.split(/(?<!\d) /).flatMap((one) => cut(one, font, size, width))) {
      const longer = row === "" ? word : `${row} ${word}`;
      if (row !== "" && font.widthOfTextAtSize(longer, size) > width) {
        rows.push(row);
        row = word;
      } else row = longer;
    }
    rows.push(row);
  }
  return rows;
}

function cut(word: string, font: PDFFont, size: number, width: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const letter of word) {
    if (piece !== "" && font.widthOfTextAtSize(piece + letter, size) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += letter;
  }
  return [...pieces, piece];
}

export function drawRow(page: PDFPage, row: Row, y: number, color = INK): number {
  const next = y - rowHeight(row);
  if (row.ruled) {
    const at = y - row.before / 2;
    page.drawLine({
      start: { x: PAGE.left, y: at },
      end: { x: PAGE.right, y: at },
      thickness: 0.8,
      color: RULE,
    });
  }
  page.drawText(row.text, {
    x: PAGE.left + row.indent,
    y: next + row.size * 0.32,
    size: row.size,
    font: row.font,
    color,
  });
  return next;
}

/** Says visibly that nothing more was written here. */
function crossOut(page: PDFPage, from: number): void {
  const top = from - 6;
  const bottom = PAGE.bottom + 8;
  if (top - bottom < 24) return;
  const line = { thickness: 0.8, color: RULE };
  const { left, right } = PAGE;
  page.drawLine({ start: { x: left, y: top }, end: { x: right, y: top }, ...line });
  page.drawLine({ start: { x: right, y: top }, end: { x: left, y: bottom }, ...line });
  page.drawLine({ start: { x: left, y: bottom }, end: { x: right, y: bottom }, ...line });
}

/**
 * @param start draws the head of a page and gives the height from which rows may follow
 * @param blank what becomes of the paper that is left: where nobody may add to it, it is crossed out
 */
export function flow(
  pdf: PDFDocument,
  blocks: readonly Block[],
  ending: Ending,
  start: (page: PDFPage, number: number) => number,
  blank: "crossed" | "left" = "crossed",
): void {
  const end = (page: PDFPage, y: number): void => {
    if (blank === "crossed") crossOut(page, y);
  };
  const newPage = (): { page: PDFPage; y: number; full: number } => {
    const page = pdf.addPage([PAGE.width, PAGE.height]);
    const y = start(page, pdf.getPageCount());
    return { page, y, full: y };
  };
  let at = newPage();
  const turn = (): void => {
    end(at.page, at.y);
    at = newPage();
  };
  const room = (): number => at.y - PAGE.bottom;
  blocks.forEach((block, b) => {
    const last = b === blocks.length - 1;
    const tail = last ? ending.height : 0;
    const whole = block.reduce((sum, row) => sum + rowHeight(row), tail);
    if (whole > room() && at.y < at.full) turn();
    block.forEach((row, r) => {
      const need = rowHeight(row) + (r === block.length - 1 ? tail : 0);
      if (need > room()) turn();
      at.y = drawRow(at.page, row, at.y);
    });
  });
  ending.draw(at.page, at.y);
  end(at.page, at.y - ending.height);
}
