/**
 * A document as its reader sees it: who signed, when, what it holds. Only opened content comes in
 * here, and that exists only once every check has passed; names are made safe to show all the same.
 */
import type { DocumentLine, OpenedDocument, OpenedPart } from "../consult/call.ts";
import { inert } from "../inert.ts";
import { readPrescription } from "../prescription/fhir/read.ts";
import type { Prescription } from "../prescription/model.ts";
import { FHIR_MEDIA, fileName, PDF_MEDIA, pdfName } from "../prescription/parts.ts";
import { readReport } from "../reports/fhir/read.ts";
import type { Report } from "../reports/model.ts";

export interface ReadDocument {
  readonly author: {
    readonly name: string;
    readonly profession: string;
    readonly speciality: string;
    readonly rpps: string;
  };
  readonly patient: string;
  /** The moment of signing, by the signer's clock; null where it is not a time. */
  readonly issued: Date | null;
  /** What it says, where the document says so in a form that can be read in full. */
  readonly prescription: Prescription | null;
  readonly report: Report | null;
  readonly pdf: { readonly name: string; readonly bytes: Uint8Array } | null;
  /** Parts that are neither: offered as files. */
  readonly others: readonly OpenedPart[];
}

export function readDocument(opened: OpenedDocument): ReadDocument {
  const { author, subject, parts } = opened;
  const isPdf = (part: OpenedPart): boolean => part.media === PDF_MEDIA && startsAsPdf(part.bytes);
  const pdf = parts.find(isPdf);
  const fhir = parts.find(({ media }) => media === FHIR_MEDIA);
  const prescription = opened.kind === "prescription" && fhir ? readPrescription(fhir.bytes) : null;
  const report = opened.kind === "report" && fhir ? readReport(fhir.bytes) : null;
  return {
    author: {
      name: inert(author.name, 120),
      profession: inert(author.profession ?? "", 120),
      speciality: inert(author.speciality ?? "", 120),
      rpps: inert(author.rpps ?? "", 40),
    },
    patient: inert(subject?.name ?? "", 160),
    issued: momentOf(opened.issued),
    prescription:
      prescription && agrees(prescription.prescriber, prescription.patient, opened)
        ? prescription
        : null,
    report: report && agrees(report.author, report.patient, opened) ? report : null,
    pdf: pdf ? { name: pdfName(pdf.name), bytes: pdf.bytes } : null,
    others: parts
      .filter((part) => part !== pdf && part !== fhir)
      .map((part) => ({ ...part, name: fileName(part.name) })),
  };
}

/** What it says is shown only if it names the same signer and patient as the signed statement. */
function agrees(
  signer: Prescription["prescriber"],
  { given, family }: Report["patient"],
  { author, subject }: OpenedDocument,
): boolean {
  return (
    signer.name === author.name &&
    signer.rpps === author.rpps &&
    `${given} ${family}` === subject?.name
  );
}

function startsAsPdf(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 5)) === "%PDF-";
}

function momentOf(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text)) return null;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

/** What it is called before its content says more: the key of its text. */
export const titleOf = (kind: OpenedDocument["kind"]): "prescription" | "report" | "file" =>
  kind === "imaging" ? "file" : kind;

/** The documents that the other side has sent, or one's own: newest first. */
export function linesOf(lines: readonly DocumentLine[], mine: boolean): DocumentLine[] {
  return lines.filter((line) => line.mine === mine).reverse();
}
