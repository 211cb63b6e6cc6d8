/** The two faces that documents are set in, and what they can print. */

import fontkit from "@pdf-lib/fontkit";
import type { PDFDocument, PDFFont } from "pdf-lib";

/** Noto Sans as TrueType bytes; only the glyphs in use go into a file. */
export interface FontFiles {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
}

export interface Fonts {
  readonly regular: PDFFont;
  readonly bold: PDFFont;
}

interface Subset {
  loca?: { version?: number };
  _addGlyph(glyph: number): number;
}

/**
 * The font library, with a fault mended: it writes short offsets into the subset of a font that has
 * long ones, and does not pad, so that glyphs of odd length leave those after them blank on paper
 * while their text can still be copied (pdf-lib issue 1232). Where the original has long offsets,
 * the subset keeps them.
 */
const mended = {
  create(data: Uint8Array, name?: string) {
    const font = fontkit.create(data, name);
    const long = (font as unknown as { loca?: { version: number } }).loca?.version === 1;
    const createSubset = font.createSubset.bind(font);
    font.createSubset = () => {
      const subset = createSubset();
      const inner = subset as unknown as Subset;
      const add = inner._addGlyph;
      inner._addGlyph = function (this: Subset, glyph) {
        if (long && this.loca) this.loca.version = 1;
        return add.call(this, glyph);
      };
      return subset;
    };
    return font;
  },
};

export async function embedFonts(pdf: PDFDocument, files: FontFiles): Promise<Fonts> {
  pdf.registerFontkit(mended);
  // Ligatures would hide letters from those who search or copy the text.
  const options = { subset: true, features: { liga: false, clig: false, dlig: false } };
  return {
    regular: await pdf.embedFont(files.regular, options),
    bold: await pdf.embedFont(files.bold, options),
  };
}

/** The characters of `text` that the font has no glyph for, each once. */
export function unprintable(text: string, files: FontFiles): string[] {
  const font = fontkit.create(files.regular);
  const missing = [...text].filter((one) => {
    const point = one.codePointAt(0) ?? 0;
    return one !== "\n" && !font.hasGlyphForCodePoint(point);
  });
  return [...new Set(missing)];
}
