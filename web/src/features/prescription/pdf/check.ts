/** Whether a file that somebody dropped in is a PDF that may be passed on. */
import {
  EncryptedPDFError,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFName,
  type PDFObject,
  PDFStream,
} from "pdf-lib";
import { LIMITS } from "../limits.ts";
import type { ProblemKey } from "../problems.ts";

export type PdfFinding =
  | { readonly ok: true; readonly pages: number }
  | { readonly ok: false; readonly key: ProblemKey; readonly values: Record<string, number> };

/** Refuses what is no PDF, damaged, locked, too long, or would run a program when opened. */
export async function checkPdf(bytes: Uint8Array): Promise<PdfFinding> {
  const refuse = (key: ProblemKey, values: Record<string, number> = {}): PdfFinding => ({
    ok: false,
    key,
    values,
  });
  if (bytes.length === 0) return refuse("file_empty");
  const megabytes = LIMITS.pdf.bytes / 1024 / 1024;
  if (bytes.length > LIMITS.pdf.bytes) return refuse("file_large", { megabytes });
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  if (!/^%PDF-[12]\.\d/.test(start)) return refuse("file_not_pdf");
  let pdf: PDFDocument;
  try {
    pdf = await PDFDocument.load(bytes, { throwOnInvalidObject: true, updateMetadata: false });
  } catch (error) {
    return refuse(error instanceof EncryptedPDFError ? "file_encrypted" : "file_damaged");
  }
  const pages = countPages(pdf);
  if (pages === 0) return refuse("file_damaged");
  if (pages > LIMITS.pdf.pages) return refuse("file_pages", { pages: LIMITS.pdf.pages });
  const active = pdf.context.enumerateIndirectObjects().some(([, object]) => isActive(object));
  return active ? refuse("file_active") : { ok: true, pages };
}

function countPages(pdf: PDFDocument): number {
  try {
    return pdf.getPageCount();
  } catch {
    // A page tree that leads nowhere.
    return 0;
  }
}

const ACTIONS = new Set(["/JavaScript", "/Launch", "/SubmitForm", "/ImportData"]);

/** Scripts, programs to start, forms that send: in the object itself or in what it holds. */
function isActive(object: PDFObject, depth = 0): boolean {
  if (depth > 32) return true;
  if (object instanceof PDFStream) return isActive(object.dict, depth + 1);
  if (object instanceof PDFArray) return object.asArray().some((one) => isActive(one, depth + 1));
  if (!(object instanceof PDFDict)) return false;
  const action = object.get(PDFName.of("S"));
  if (action instanceof PDFName && ACTIONS.has(action.toString())) return true;
  if (object.has(PDFName.of("JS"))) return true;
  return object.values().some((one) => isActive(one, depth + 1));
}
