/** What pdf.js says while it draws: the one way in which it tells that it has left something out. */

/** Something of a page was not drawn, or not as its author meant it. */
const LOST: readonly RegExp[] = [
  /Unable to decode image|Image exceeded maximum|Dependent image|Unsupported \/S?Mask|SMask type/,
  /Invalid stream|Filter ".*" is not supported|getContentStream - ignoring|Empty ".*" stream/,
  /getOperatorList - ignoring|Skipping |Unknown command|Unimplemented|Ignoring invalid operator/,
  /handleTilingType|parseShading|_handleColorSpace|Unsupported blend mode|Barcodes/,
  /loadFont|translateFont|ensureStateFont|Font ".*" is not available|fetchStandardFontData/,
  /Unable to load|Invalid cMap data|buildFontPaths|getPathGenerator|Type3 (font resource|glyph)/,
  /circular reference|JBig2|Jbig2|Jpx|CCITTFax|Cannot substitute the font|Failed to compile font/,
];

/** The file is not as its own table has it: what was found of it elsewhere is shown. */
const REPAIRED: readonly RegExp[] = [
  /Indexing all PDF objects|XRef|indexObjects|invalid \/Pages tree/i,
  /Skipping invalid first page|Empty, or invalid|Empty \/CropBox/,
];

/** Another way was found to the same. */
const FOUND = /Falling back/i;

let lost = false;
let repaired = false;

/** Whether the file had to be repaired so far. */
export const wasRepaired = (): boolean => repaired;

/** Something was left out that pdf.js says nothing of. */
export function leaveOut(): void {
  lost = true;
}

/** Whether something was left out since this was asked before. */
export function takeLost(): boolean {
  const before = lost;
  lost = false;
  return before;
}

/** Words of a file have no business in the console of a browser either. */
const heard = (...words: readonly unknown[]): void => {
  const text = words.join(" ");
  if (REPAIRED.some((pattern) => pattern.test(text))) repaired = true;
  if (!FOUND.test(text) && LOST.some((pattern) => pattern.test(text))) lost = true;
};
Object.assign(console, { log: heard, warn: heard, error: heard });
