/**
 * The prescription on paper: A4, the layout of a French « ordonnance ». Loaded late, since the PDF
 * library and the fonts weigh more than all other code of the page.
 */
import { PDFDocument, type PDFPage, rgb } from "pdf-lib";
import type { Prescription, Signature } from "../model.ts";
import { ageOn } from "../rules/patient.ts";
import { townOf } from "../rules/prescriber.ts";
import { SEXES } from "../vocabulary.ts";
import { dayWords, shortDay } from "../wording.ts";
import { type Block, drawRow, flow, PAGE, RULE, rowHeight, SOFT } from "./flow.ts";
import { embedFonts, type FontFiles, type Fonts } from "./fonts.ts";
import { body } from "./lines.ts";
import { rows, WIDTH } from "./rows.ts";
import { signatureEnding } from "./signature.ts";

export async function prescriptionPdf(
  it: Prescription,
  signature: Signature,
  files: FontFiles,
): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const fonts = await embedFonts(pdf, files);
  describe(pdf, it);
  flow(pdf, body(it, fonts), signatureEnding(signature, it.prescriber, fonts), (page, number) =>
    number === 1 ? firstHead(page, it, fonts) : nextHead(page, it, fonts),
  );
  pdf.getPages().forEach((page, i) => {
    foot(page, it, fonts, `${i + 1}/${pdf.getPageCount()}`);
  });
  return pdf.save();
}

function describe(pdf: PDFDocument, it: Prescription): void {
  pdf.setTitle("Ordonnance", { showInWindowTitleBar: true });
  pdf.setAuthor(it.prescriber.name);
  pdf.setLanguage("fr-FR");
  pdf.setCreator("Aparté");
  pdf.setProducer("Aparté");
  pdf.setCreationDate(new Date(it.issued));
  pdf.setModificationDate(new Date(it.issued));
}

function drawRows(page: PDFPage, block: Block, from: number): number {
  return block.reduce((y, row) => drawRow(page, row, y), from);
}

/** Prescriber on the left, place and date on the right, then the patient. */
function firstHead(page: PDFPage, it: Prescription, fonts: Fonts): number {
  const { prescriber } = it;
  const width = 270;
  const left = [
    ...rows(prescriber.name, fonts, { size: 14, bold: true, width }),
    ...rows(`${prescriber.profession}, ${prescriber.speciality}`, fonts, { size: 10, width }),
    ...rows(`RPPS : ${prescriber.rpps}`, fonts, { size: 10, width, before: 3 }),
    ...rows(prescriber.address, fonts, { size: 10, width }),
    ...rows(`Tél. : ${prescriber.phone}`, fonts, { size: 10, width, before: 3 }),
    ...rows(`E-mail : ${prescriber.email}`, fonts, { size: 10, width }),
  ];
  const town = townOf(prescriber.address);
  const date = dayWords(it.date, "fr");
  const column = { indent: 300, width: WIDTH - 300 };
  const right = [
    ...rows("ORDONNANCE", fonts, { size: 14, bold: true, ...column }),
    ...rows(town === "" ? `Le ${date}` : `Fait à ${town}, le ${date}`, fonts, {
      size: 10,
      ...column,
    }),
  ];
  const below = Math.min(drawRows(page, left, PAGE.top), drawRows(page, right, PAGE.top));
  return patientBox(page, it, fonts, below - 16);
}

function patientBox(page: PDFPage, it: Prescription, fonts: Fonts, top: number): number {
  const { patient } = it;
  const birth = `${shortDay(patient.birth)} (${ageOn(patient.birth, it.date)} ans)`;
  const facts = [
    `Sexe : ${SEXES[patient.sex].fr}`,
    `Date de naissance : ${birth}`,
    ...(patient.weight === null ? [] : [`Poids : ${String(patient.weight).replace(".", ",")} kg`]),
    ...(patient.height === null ? [] : [`Taille : ${String(patient.height).replace(".", ",")} cm`]),
  ];
  const width = WIDTH - 24;
  const block = [
    ...rows("Patient", fonts, { size: 8, indent: 12, width }),
    ...rows(`${patient.given} ${patient.family}`, fonts, {
      size: 13,
      bold: true,
      indent: 12,
      width,
    }),
    ...rows(facts.join("   ·   "), fonts, { size: 10, indent: 12, width }),
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

function nextHead(page: PDFPage, it: Prescription, fonts: Fonts): number {
  const { patient, prescriber } = it;
  const text = `Suite de l’ordonnance de ${prescriber.name} pour ${patient.given} ${patient.family}, du ${dayWords(it.date, "fr")}`;
  const y = drawRows(page, rows(text, fonts, { size: 10 }), PAGE.top) - 6;
  page.drawLine({
    start: { x: PAGE.left, y },
    end: { x: PAGE.right, y },
    thickness: 0.8,
    color: RULE,
  });
  return y - 6;
}

function foot(page: PDFPage, it: Prescription, fonts: Fonts, number: string): void {
  const lines = [
    "Signée électroniquement lors d’une téléconsultation Aparté. Ceci n’est pas une ordonnance numérique : elle n’est pas enregistrée dans le service national de l’ordonnance numérique.",
    `Vérifier : la page de téléconsultation du patient vérifie la signature et nomme le signataire ; une copie sur papier ou ce fichier seul n’en sont pas la preuve. En cas de doute, appeler le prescripteur au ${it.prescriber.phone}.`,
    `Document ${it.id}`,
  ];
  let y = PAGE.bottom - 8;
  page.drawLine({
    start: { x: PAGE.left, y },
    end: { x: PAGE.right, y },
    thickness: 0.6,
    color: RULE,
  });
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
