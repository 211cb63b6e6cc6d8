/** From what was typed to what may be signed, or to the list of what is missing. Pure. */

import type { Signature } from "../paper/model.ts";
import type { Draft } from "./draft.ts";
import { LIMITS } from "./limits.ts";
import type { Prescriber, Prescription } from "./model.ts";
import { type FieldProblem, Findings } from "./problems.ts";
import { checkLine } from "./rules/line.ts";
import { ageOn, checkPatient, isDate } from "./rules/patient.ts";
import { checkPrescriber } from "./rules/prescriber.ts";
import { optionalLines, requiredText } from "./rules/texts.ts";
import { inZones } from "./zones.ts";

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Who writes, and when: `id` a new UUID, `issued` in UTC, `date` the prescriber's local day. */
export interface Circumstances {
  readonly id: string;
  readonly issued: string;
  readonly date: string;
}

export function checkDraft(draft: Draft, when: Circumstances): Checked<Prescription> {
  const found = new Findings();
  const prescriber = checkPrescriber(found, draft.prescriber);
  const patient = checkPatient(found, draft.patient, when.date);
  const age = isDate(patient.birth) ? ageOn(patient.birth, when.date) : null;
  if (draft.lines.length === 0) found.add("lines", "no_line");
  if (draft.lines.length > LIMITS.lines) {
    found.add("lines", "too_many_lines", { limit: LIMITS.lines });
  }
  const around = { age, twoZones: draft.twoZones };
  const lines = inZones(draft.lines.map((line, index) => checkLine(found, line, index, around)));
  const instructions = optionalLines(
    found,
    "instructions",
    draft.instructions,
    LIMITS.instructions,
  );
  return conclude(found, { ...when, prescriber, patient, lines, instructions });
}

/** For a PDF of the practice's own software only who signs and for whom has to be known. */
export function checkParties(draft: Draft): Checked<{
  readonly prescriber: Prescriber;
  readonly patient: { family: string; given: string };
}> {
  const found = new Findings();
  const prescriber = checkPrescriber(found, draft.prescriber);
  const family = requiredText(found, "patient.family", draft.patient.family, LIMITS.name);
  const given = requiredText(found, "patient.given", draft.patient.given, LIMITS.name);
  return conclude(found, { prescriber, patient: { family, given } });
}

/** A signature that can be seen: a stroke longer than a touch, or two letters. */
export function checkSignature(signature: Signature | null): Checked<Signature> {
  const found = new Findings();
  const seen =
    signature?.kind === "typed"
      ? signature.text.trim().length >= 2
      : signature?.strokes.some((stroke) => stroke.length >= 4) === true;
  if (!signature || !seen) found.add("signature", "signature");
  return signature ? conclude(found, signature) : { ok: false, problems: found.all };
}

export function conclude<T>(found: Findings, value: T): Checked<T> {
  return found.all.length === 0 ? { ok: true, value } : { ok: false, problems: found.all };
}
