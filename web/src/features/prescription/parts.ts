/** What a sent prescription consists of. */
import type { OpenedDocument } from "../consult/call.ts";
import { inert } from "../inert.ts";
import type { Prescriber } from "./model.ts";

export const PDF_MEDIA = "application/pdf";
export const FHIR_MEDIA = "application/fhir+json";

/** What the signer states about themselves in the signed statement. */
export function authorOf(who: Prescriber): OpenedDocument["author"] {
  const { name, profession, speciality, rpps } = who;
  return { name, profession, speciality, rpps };
}

/** A name that is safe in a list and on a disk: no path, no leading dot, ending in `.pdf`. */
export function pdfName(name: string): string {
  const plain = inert(name, 80)
    .replace(/[/\\:*?"<>|]/g, "-")
    .replace(/^[.\s]+/, "");
  const stem = plain.replace(/\.pdf$/i, "");
  return `${stem === "" ? "document" : stem}.pdf`;
}
