/**
 * A prescription on paper with its code: a copy of the signed pages behind a page that has the code.
 * The pages that were signed stay without it, since whoever has the code can use it up. Large:
 * imported late.
 */
import { PDFDocument, StandardFonts } from "pdf-lib";
import { dayWords } from "../paper/days.ts";
import { drawRow, INK, PAGE, SOFT } from "../paper/pdf/flow.ts";
import { rows } from "../paper/pdf/rows.ts";

export interface PrintedCode {
  /** In SVG's way, y downwards, in a square of `size`. */
  readonly path: string;
  readonly size: number;
}

/** Points: at 6 cm a module is more than a millimetre wide. */
const SIDE = 170;

/**
 * @param pdf the signed prescription; rejects where it is no PDF that can be copied
 * @param issued when it was signed, `YYYY-MM-DD…`
 * @param host whose page the code opens
 */
export async function paperWithCode(
  pdf: Uint8Array,
  code: PrintedCode,
  { issued, host }: { readonly issued: string; readonly host: string },
): Promise<Uint8Array> {
  const copy = await PDFDocument.load(pdf, { updateMetadata: false });
  // The signed pages have the letters of names; this one has none, and needs no font of its own.
  const fonts = {
    regular: await copy.embedFont(StandardFonts.Helvetica),
    bold: await copy.embedFont(StandardFonts.HelveticaBold),
  };
  for (const page of copy.getPages()) {
    const text = "Copie imprimée par le patient, avec le code de l’ordonnance";
    page.drawText(text, { x: PAGE.left, y: 814, size: 8, font: fonts.regular, color: SOFT });
  }
  const page = copy.insertPage(0, [PAGE.width, PAGE.height]);
  const small = { size: 10, before: 8 };
  const above = [
    ...rows("À présenter à la pharmacie", fonts, { size: 18, bold: true }),
    ...rows(`Code de l’ordonnance du ${dayWords(issued.slice(0, 10), "fr")}`, fonts, { size: 12 }),
  ];
  const below = [
    `La pharmacie lit ce code : il ouvre la page de délivrance de ${host}, qui vérifie la signature du prescripteur et montre ce qui a déjà été délivré.`,
    "Qui a ce code peut lire l’ordonnance et la faire délivrer. Ne le montrez qu’à votre pharmacie.",
    "Les pages qui suivent sont une copie de l’ordonnance. La page avec le code n’en fait pas partie : le prescripteur ne l’a pas signée.",
  ].flatMap((text, i) => rows(text, fonts, { ...small, bold: i === 1 }));
  const top = above.reduce((y, row) => drawRow(page, row, y), PAGE.top) - 8;
  const { path, size } = code;
  page.drawSvgPath(path, { x: PAGE.left, y: top, scale: SIDE / size, color: INK });
  below.reduce((y, row) => drawRow(page, row, y), top - SIDE - 4);
  return copy.save();
}
