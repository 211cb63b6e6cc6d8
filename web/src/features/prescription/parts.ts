/** What a sent prescription consists of. */
import type { Dispensable, OpenedDocument } from "../consult/call.ts";
import { DISPENSABLE } from "../dispensing/limits.ts";
import { inert } from "../inert.ts";
import { utcSeconds } from "../paper/stamps.ts";
import type { Line, Prescriber, Prescription } from "./model.ts";
import { DURATIONS, SEXES } from "./vocabulary.ts";

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

/** A delivery may be made in parts: steps beside one for each delivery. */
const PARTS = 2;

/** Once, and once more for each renewal; of a split one as often as its days ask for. */
function deliveriesOf({ narcotic, duration, renewals }: Line): number {
  const delivery = narcotic?.delivery;
  if (!duration || !delivery || delivery === "once") return renewals + 1;
  return Math.ceil((duration.value * DURATIONS[duration.unit].days) / delivery.days);
}

/** How it may be dispensed. */
export const dispensableOf = ({ issued, lines }: Prescription): Dispensable => ({
  until: utcSeconds(Date.parse(issued) + DISPENSABLE),
  lines: lines.map(deliveriesOf).map((deliveries) => ({ deliveries, steps: deliveries + PARTS })),
});

/** A name that is safe in a list and on a disk: no path, no leading dot, nothing invisible. */
export function fileName(name: string): string {
  // What a long name ends in says what opens it.
  const suffix = /\.\w{1,8}$/.exec(name)?.[0] ?? "";
  const stem = name.slice(0, name.length - suffix.length);
  const plain = `${inert(stem, 80 - suffix.length)}${suffix}`
    .replace(/[/\\:*?"<>|]/g, "-")
    .replace(/^[.\s]+/, "");
  return plain === "" ? "document" : plain;
}

/** The same, ending in `.pdf`. */
export const pdfName = (name: string): string =>
  `${fileName(name.trim().replace(/\.pdf$/i, ""))}.pdf`;
