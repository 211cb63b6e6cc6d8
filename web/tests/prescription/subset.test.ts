import { readFileSync } from "node:fs";
import fontkit from "@pdf-lib/fontkit";
import { decodePDFRawStream, PDFDocument, PDFRawStream } from "pdf-lib";
import { expect, it } from "vitest";
import { embedFonts, unprintable } from "../../src/features/paper/pdf/fonts.ts";
import { FONTS } from "./fonts.ts";

const FILES = { regular: readFileSync(FONTS.regular), bold: readFileSync(FONTS.bold) };
const TEXT = "Łukasz Şahin, N’Diaye-Œuvrard, Ελένη, Юлия, Đặng: 12,5 µg/ml ½";

it("a subset has the outlines of the whole font", async () => {
  const pdf = await PDFDocument.create();
  const { regular } = await embedFonts(pdf, FILES);
  pdf.addPage().drawText(TEXT, { font: regular });
  const saved = await PDFDocument.load(await pdf.save());
  const embedded = saved.context
    .enumerateIndirectObjects()
    .map(([, object]) => object)
    .filter((object) => object instanceof PDFRawStream)
    .map((stream) => decodePDFRawStream(stream).decode())
    .find((data) => String.fromCharCode(...data.subarray(0, 4)) === "true");
  if (!embedded) throw new Error("no TrueType font in the file");
  const whole = fontkit.create(FILES.regular);
  const subset = fontkit.create(embedded);
  const outlines = new Set<string>();
  for (let glyph = 0; glyph < subset.numGlyphs; glyph++) {
    outlines.add(subset.getGlyph(glyph).path.toSVG());
  }
  for (const { path } of whole.layout(TEXT, []).glyphs) expect(outlines).toContain(path.toSVG());
});

it("tells which characters cannot be printed", () => {
  expect(unprintable(TEXT, FILES)).toEqual([]);
  expect(unprintable("王 א A", FILES)).toEqual(["王", "א"]);
});
