/**
 * The printing half of the feature, fetched when the first preview or file asks for it: the PDF
 * library and the fonts weigh more than all other code of the page.
 */
import type { OpenedPart } from "../consult/call.ts";
import { loadFonts } from "../paper/font-files.ts";
import type { Signature } from "../paper/model.ts";
import type { Http } from "../ports.ts";
import { prescriptionBundle } from "./fhir/bundle.ts";
import type { Prescription } from "./model.ts";
import { FHIR_MEDIA, PDF_MEDIA } from "./parts.ts";
import type { PdfFinding } from "./pdf/check.ts";

export interface Printing {
  /** The characters of a text that cannot be printed. */
  unprintable(text: string): string[];
  pdf(prescription: Prescription, signature: Signature): Promise<Uint8Array>;
}

/** Rejects where the server does not answer; the next call tries again. */
export async function loadPrinting(http: Http): Promise<Printing> {
  const [{ prescriptionPdf }, { unprintable }, files] = await Promise.all([
    import("./pdf/document.ts"),
    import("../paper/pdf/fonts.ts"),
    loadFonts(http),
  ]);
  return {
    unprintable: (text) => unprintable(text, files),
    pdf: (prescription, signature) => prescriptionPdf(prescription, signature, files),
  };
}

/** What is sealed: the printed page, and the same as data. */
export async function prescriptionParts(
  it: Prescription,
  signature: Signature,
  { pdf }: Printing,
  uuid: () => string,
): Promise<OpenedPart[]> {
  const bundle = JSON.stringify(prescriptionBundle(it, uuid));
  const name = `ordonnance-${it.date}`;
  return [
    { name: `${name}.pdf`, media: PDF_MEDIA, bytes: await pdf(it, signature) },
    { name: `${name}.fhir.json`, media: FHIR_MEDIA, bytes: new TextEncoder().encode(bundle) },
  ];
}

export async function checkPdfFile(bytes: Uint8Array): Promise<PdfFinding> {
  const { checkPdf } = await import("./pdf/check.ts");
  return checkPdf(bytes);
}
