/**
 * The printing half of the feature, fetched when the first preview or file asks for it: the PDF
 * library and the fonts weigh more than all other code of the page.
 */

// Served beside the fonts, as their licence asks.
import "@expo-google-fonts/noto-sans/LICENSE_FONT?url";
import regularUrl from "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf?url";
import boldUrl from "@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf?url";
import type { OpenedPart } from "../consult/call.ts";
import type { Http } from "../ports.ts";
import { prescriptionBundle } from "./fhir/bundle.ts";
import type { Prescription, Signature } from "./model.ts";
import { FHIR_MEDIA, PDF_MEDIA } from "./parts.ts";
import type { PdfFinding } from "./pdf/check.ts";
import type { FontFiles } from "./pdf/fonts.ts";

export interface Printing {
  /** The characters of a text that cannot be printed. */
  unprintable(text: string): string[];
  pdf(prescription: Prescription, signature: Signature): Promise<Uint8Array>;
}

/** Rejects where the server does not answer; the next call tries again. */
export async function loadPrinting(http: Http): Promise<Printing> {
  const [{ prescriptionPdf }, { unprintable }, regular, bold] = await Promise.all([
    import("./pdf/document.ts"),
    import("./pdf/fonts.ts"),
    fetchFont(http, regularUrl),
    fetchFont(http, boldUrl),
  ]);
  const files: FontFiles = { regular, bold };
  return {
    unprintable: (text) => unprintable(text, files),
    pdf: (prescription, signature) => prescriptionPdf(prescription, signature, files),
  };
}

async function fetchFont(http: Http, target: string): Promise<Uint8Array> {
  const { status, body } = await http({ method: "GET", target, headers: {} });
  if (status !== 200) throw new Error(`a font was answered with ${status}`);
  return body;
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
