/**
 * The prescription on paper: A4, the layout of a French « ordonnance ». Loaded late, since the PDF
 * library and the fonts weigh more than all other code of the page.
 */
import { PDFDocument, type PDFPage } from "pdf-lib";
import { dayWords, shortDay } from "../../paper/days.ts";
import type { Signature } from "../../paper/model.ts";
import { flow } from "../../paper/pdf/flow.ts";
import { embedFonts, type FontFiles, type Fonts } from "../../paper/pdf/fonts.ts";
import { describe, foot, letterhead, nextHead, patientBox } from "../../paper/pdf/letterhead.ts";
import { signatureEnding } from "../../paper/pdf/signature.ts";
import type { Prescription } from "../model.ts";
import { ageOn } from "../rules/patient.ts";
import { SEXES } from "../vocabulary.ts";
import { body } from "./lines.ts";

export async function prescriptionPdf(
  it: Prescription,
  signature: Signature,
  files: FontFiles,
): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const fonts = await embedFonts(pdf, files);
  describe(pdf, "Ordonnance", it.prescriber.name, it.issued);
  flow(pdf, body(it, fonts), signatureEnding(signature, it.prescriber, fonts), (page, number) =>
    number === 1 ? firstHead(page, it, fonts) : nextHead(page, goesOn(it), fonts),
  );
  pdf.getPages().forEach((page, i) => {
    foot(page, notes(it), `${i + 1}/${pdf.getPageCount()}`, fonts);
  });
  return pdf.save();
}

function firstHead(page: PDFPage, it: Prescription, fonts: Fonts): number {
  const head = { signer: it.prescriber, title: "ORDONNANCE", date: it.date };
  const below = letterhead(page, head, fonts);
  const { patient } = it;
  const birth = `${shortDay(patient.birth)} (${ageOn(patient.birth, it.date)} ans)`;
  const facts = [
    `Sexe : ${SEXES[patient.sex].fr}`,
    `Date de naissance : ${birth}`,
    ...(patient.weight === null ? [] : [`Poids : ${String(patient.weight).replace(".", ",")} kg`]),
    ...(patient.height === null ? [] : [`Taille : ${String(patient.height).replace(".", ",")} cm`]),
  ];
  return patientBox(page, { name: `${patient.given} ${patient.family}`, facts }, fonts, below - 16);
}

const goesOn = ({ patient, prescriber, date }: Prescription): string =>
  `Suite de l’ordonnance de ${prescriber.name} pour ${patient.given} ${patient.family}, du ${dayWords(date, "fr")}`;

const notes = (it: Prescription): readonly string[] => [
  "Signée électroniquement lors d’une téléconsultation Aparté. Ceci n’est pas une ordonnance numérique : elle n’est pas enregistrée dans le service national de l’ordonnance numérique.",
  `Vérifier : la page de téléconsultation du patient vérifie la signature et nomme le signataire ; une copie sur papier ou ce fichier seul n’en sont pas la preuve. En cas de doute, appeler le prescripteur au ${it.prescriber.phone}.`,
  `Document ${it.id}`,
];
