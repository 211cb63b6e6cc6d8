/** What every page of a signed document has around its text: head, foot, and what the file says. */
import { type PDFDocument, type PDFPage, rgb } from "pdf-lib";
import { dayWords } from "../days.ts";
import type { Signer } from "../model.ts";
import { townOf } from "../town.ts";
import { type Block, drawRow, PAGE, type Row, RULE, rowHeight, SOFT } from "./flow.ts";
import type { Fonts } from "./fonts.ts";
import { rows, WIDTH } from "./rows.ts";

/** @param issued `YYYY-MM-DDTHH:MM:SSZ` */
export function describe(pdf: PDFDocument, title: string, author: string, issued: string): void {
  pdf.setTitle(title, { showInWindowTitleBar: true });
  pdf.setAuthor(author);
  pdf.setLanguage("fr-FR");
  pdf.setCreator("Aparté");
  pdf.setProducer("Aparté");
  pdf.setCreationDate(new Date(issued));
  pdf.setModificationDate(new Date(issued));
}

export function drawRows(page: PDFPage, block: Block, from: number): number {
  return block.reduce((y, row) => drawRow(page, row, y), from);
}

/** The signer on the left, title, place and date on the right; gives where the next may begin. */
export function letterhead(
  page: PDFPage,
  { signer, title, date }: { signer: Signer; title: string; date: string },
  fonts: Fonts,
): number {
  const width = 270;
  const left = [
    ...rows(signer.name, fonts, { size: 14, bold: true, width }),
    ...rows(`${signer.profession}, ${signer.speciality}`, fonts, { size: 10, width }),
    ...rows(`RPPS : ${signer.rpps}`, fonts, { size: 10, width, before: 3 }),
    ...rows(signer.address, fonts, { size: 10, width }),
    ...rows(`Tél. : ${signer.phone}`, fonts, { size: 10, width, before: 3 }),
    ...rows(`E-mail : ${signer.email}`, fonts, { size: 10, width }),
  ];
  const town = townOf(signer.address);
  const day = dayWords(date, "fr");
  const column = { indent: 300, width: WIDTH - 300 };
  const right = [
    ...rows(title, fonts, { size: 14, bold: true, ...column }),
    ...rows(town === "" ? `Le ${day}` : `Fait à ${town}, le ${day}`, fonts, {
      size: 10,
      ...column,
    }),
  ];
  return Math.min(drawRows(page, left, PAGE.top), drawRows(page, right, PAGE.top));
}

/** A tinted box across the page: of whom it is. */
export function patientBox(
  page: PDFPage,
  { name, facts }: { name: string; facts: readonly string[] },
  fonts: Fonts,
  top: number,
): number {
  const face = { indent: 12, width: WIDTH - 24 };
  const block: readonly Row[] = [
    ...rows("Patient", fonts, { size: 8, ...face }),
    ...rows(name, fonts, { size: 13, bold: true, ...face }),
    ...(facts.length === 0 ? [] : rows(facts.join("   ·   "), fonts, { size: 10, ...face })),
  ];
  const height = block.reduce((sum, row) => sum + rowHeight(row), 16);
  page.drawRectangle({
    x: PAGE.left,
    y: top - height,
    width: WIDTH,
    height,
    color: rgb(0.945, 0.96, 0.96),
  });
  drawRows(page, block, top - 8);
  return top - height - 12;
}

/** The head of a page that goes on with the one before. */
export function nextHead(page: PDFPage, text: string, fonts: Fonts): number {
  const y = drawRows(page, rows(text, fonts, { size: 10 }), PAGE.top) - 6;
  rule(page, y, 0.8);
  return y - 6;
}

/** `number` as `1/2`. */
export function foot(page: PDFPage, lines: readonly string[], number: string, fonts: Fonts): void {
  let y = PAGE.bottom - 8;
  rule(page, y, 0.6);
  y -= 4;
  for (const row of lines.flatMap((text) => rows(text, fonts, { size: 7.5, width: WIDTH - 60 }))) {
    y = drawRow(page, row, y, SOFT);
  }
  const label = `Page ${number}`;
  page.drawText(label, {
    x: PAGE.right - fonts.regular.widthOfTextAtSize(label, 9),
    y: PAGE.bottom - 24,
    size: 9,
    font: fonts.regular,
    color: SOFT,
  });
}

function rule(page: PDFPage, y: number, thickness: number): void {
  const [start, end] = [
    { x: PAGE.left, y },
    { x: PAGE.right, y },
  ];
  page.drawLine({ start, end, thickness, color: RULE });
}
