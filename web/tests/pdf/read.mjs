/**
 * Reads PDF files with pdf.js, as Firefox and many pages on the web do, and prints what it made of them:
 * `node read.mjs FILE…`. One line of JSON a file: the text of each page, in the order in which it is
 * selected, what pdf.js complained of, and why it opened nothing, where it did not.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";

const FONTS = fileURLToPath(import.meta.resolve("pdfjs-dist/standard_fonts/LICENSE_FOXIT"));

/** Whatever it says goes to the console: nowhere else can it be caught. */
const said = [];
for (const way of ["log", "warn", "error"]) console[way] = (...words) => said.push(words.join(" "));

async function textOf(page) {
  // As it stands in the file: a micro sign would else become a Greek letter.
  const { items } = await page.getTextContent({ disableNormalization: true });
  return items.map(({ str, hasEOL }) => (hasEOL ? `${str}\n` : str)).join("");
}

async function read(file) {
  const opening = getDocument({
    data: new Uint8Array(await readFile(file)),
    disableFontFace: true,
    enableXfa: false,
    isEvalSupported: false,
    standardFontDataUrl: FONTS.replace(/[^/]+$/, ""),
    useSystemFonts: false,
  });
  try {
    const document = await opening.promise;
    const pages = [];
    for (let number = 1; number <= document.numPages; number += 1) {
      pages.push(await textOf(await document.getPage(number)));
    }
    return { pages, refused: null };
  } catch (error) {
    return { pages: [], refused: error.name };
  } finally {
    await opening.destroy();
  }
}

for (const file of process.argv.slice(2)) {
  said.length = 0;
  const found = await read(file);
  process.stdout.write(`${JSON.stringify({ ...found, said })}\n`);
}
