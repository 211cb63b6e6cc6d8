/** The text of a page and where it stands, so that it can be selected, and read aloud. */
import { type PDFPageProxy, Util } from "pdfjs-dist/legacy/build/pdf.mjs";
import { MOST_LETTERS, MOST_RUNS } from "../limits.ts";
import type { Run } from "../sheet.ts";

/** How far letters stand above their line, where a font does not say it. */
const ASCENT = 0.8;

type Viewport = ReturnType<PDFPageProxy["getViewport"]>;

/** In the order in which the file has it. Rejects as pdf.js does. */
export async function textOf(page: PDFPageProxy, viewport: Viewport): Promise<readonly Run[]> {
  const { items, styles } = await page.getTextContent();
  const runs: Run[] = [];
  let letters = 0;
  for (const item of items) {
    if (!("str" in item)) continue;
    letters += item.str.length;
    if (runs.length >= MOST_RUNS || letters > MOST_LETTERS) break;
    const place = Util.transform(viewport.transform, item.transform) as readonly number[];
    const [along = 0, slope = 0, across = 0, up = 0, x = 0, y = 0] = place;
    const size = Math.hypot(across, up);
    const above = size * (styles[item.fontName]?.ascent || ASCENT);
    const angle = Math.atan2(slope, along);
    const run = {
      text: item.str,
      x: x + above * Math.sin(angle),
      y: y - above * Math.cos(angle),
      size,
      width: item.width * viewport.scale,
      angle,
      ends: item.hasEOL,
    };
    const numbers = [run.x, run.y, run.size, run.width, run.angle];
    if (numbers.every(Number.isFinite)) runs.push(run);
  }
  return runs;
}
