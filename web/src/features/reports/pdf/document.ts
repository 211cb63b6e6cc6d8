/** A report on paper: A4, headed as what its author signs is. Loaded late, with the PDF library. */
import { PDFDocument, type PDFPage } from "pdf-lib";
import { dayWords, shortDay } from "../../paper/days.ts";
import type { Signature } from "../../paper/model.ts";
import { type Block, flow } from "../../paper/pdf/flow.ts";
import { embedFonts, type FontFiles, type Fonts } from "../../paper/pdf/fonts.ts";
import { describe, foot, letterhead, nextHead, patientBox } from "../../paper/pdf/letterhead.ts";
import { rows } from "../../paper/pdf/rows.ts";
import { signatureEnding } from "../../paper/pdf/signature.ts";
import { ageOn } from "../../prescription/rules/patient.ts";
import { KINDS, RECIPIENT } from "../kinds.ts";
import type { Report } from "../model.ts";

/** @param moment gives day and time where the author is, of `YYYY-MM-DDTHH:MM:SSZ` */
export async function reportPdf(
  it: Report,
  signature: Signature,
  files: FontFiles,
  moment: (at: string) => string,
): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const fonts = await embedFonts(pdf, files);
  const { title } = KINDS[it.kind];
  describe(pdf, title, it.author.name, it.issued);
  flow(
    pdf,
    body(it, fonts),
    signatureEnding(signature, it.author, fonts),
    (page, number) =>
      number === 1 ? firstHead(page, it, fonts, moment) : nextHead(page, goesOn(it), fonts),
    "left",
  );
  pdf.getPages().forEach((page, i) => {
    foot(page, notes(it), `${i + 1}/${pdf.getPageCount()}`, fonts);
  });
  return pdf.save();
}

const nameOf = ({ patient: { given, family } }: Report): string => `${given} ${family}`;

function firstHead(
  page: PDFPage,
  it: Report,
  fonts: Fonts,
  moment: (at: string) => string,
): number {
  const title = KINDS[it.kind].title.toUpperCase();
  const below = letterhead(page, { signer: it.author, title, date: it.date }, fonts);
  const { birth } = it.patient;
  const facts = [
    ...(birth === ""
      ? []
      : [`Date de naissance : ${shortDay(birth)} (${ageOn(birth, it.date)} ans)`]),
    ...(it.consult ? [`Téléconsultation du ${moment(it.consult.start)}`] : []),
  ];
  return patientBox(page, { name: nameOf(it), facts }, fonts, below - 16);
}

/** A heading stays with its first line; what follows may go over to the next page. */
function body(it: Report, fonts: Fonts): readonly Block[] {
  const titled = (title: string, text: string): Block[] => {
    const [first = "", ...others] = text.split("\n");
    return [
      [
        ...rows(title, fonts, { size: 11, bold: true, before: 12 }),
        ...rows(first, fonts, { size: 10, before: 2 }),
      ],
      ...others.map((line) => rows(line, fonts, { size: 10 })),
    ];
  };
  return [
    ...(it.recipient === "" ? [] : titled(RECIPIENT, it.recipient)),
    ...it.sections.flatMap(({ title, text }) => titled(title, text)),
  ];
}

const goesOn = (it: Report): string =>
  `${KINDS[it.kind].title} de ${it.author.name} pour ${nameOf(it)}, du ${dayWords(it.date, "fr")} (suite)`;

const notes = (it: Report): readonly string[] => [
  it.kind === "record"
    ? "Signé électroniquement avec Aparté. Ce relevé dit ce que l’appareil du praticien a vu et ce que le praticien déclare ; il ne contient rien de ce qui a été dit ou montré."
    : "Signé électroniquement avec Aparté.",
  `Vérifier : la page de téléconsultation du patient vérifie la signature et nomme le signataire ; une copie sur papier ou ce fichier seul n’en sont pas la preuve. En cas de doute, appeler le signataire au ${it.author.phone}.`,
  `Document ${it.id}`,
];
