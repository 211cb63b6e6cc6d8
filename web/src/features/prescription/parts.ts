/** What a sent prescription consists of. */
import type { OpenedDocument } from "../consult/call.ts";
import { inert } from "../inert.ts";
import type { Prescriber, Prescription } from "./model.ts";
import { SEXES } from "./vocabulary.ts";

export const PDF_MEDIA = "application/pdf";
export const FHIR_MEDIA = "application/fhir+json";

/** What the signer states about themselves in the signed statement. */
export function authorOf(who: Prescriber): OpenedDocument["author"] {
  const { name, profession, speciality, rpps } = who;
  return { name, profession, speciality, rpps };
}

type Named = Pick<Prescription["patient"], "family" | "given">;

/** For whom the statement is; birth date and sex only where the form has them. */
export function subjectOf(
  patient: Named | Prescription["patient"],
): NonNullable<OpenedDocument["subject"]> {
  const name = `${patient.given} ${patient.family}`;
  return "birth" in patient
    ? { name, birth: patient.birth, sex: SEXES[patient.sex].fhir }
    : { name };
}

/** A name that is safe in a list and on a disk: no path, no leading dot, nothing invisible. */
export function fileName(name: string): string {
  const plain = inert(name, 80)
    .replace(/[/\\:*?"<>|]/g, "-")
    .replace(/^[.\s]+/, "");
  return plain === "" ? "document" : plain;
}

/** The same, ending in `.pdf`. */
export const pdfName = (name: string): string =>
  `${fileName(name.trim().replace(/\.pdf$/i, ""))}.pdf`;
