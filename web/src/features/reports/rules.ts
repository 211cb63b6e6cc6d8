/** From what was typed to what may be signed, or to the list of what is missing. Pure. */
import { LIMITS as NAMES } from "../prescription/limits.ts";
import { Findings } from "../prescription/problems.ts";
import { checkBirth } from "../prescription/rules/patient.ts";
import { checkPrescriber } from "../prescription/rules/prescriber.ts";
import { optionalLines, requiredText } from "../prescription/rules/texts.ts";
import { type Checked, type Circumstances, conclude } from "../prescription/rules.ts";
import type { Draft } from "./draft.ts";
import { keyOf } from "./kinds.ts";
import { LIMITS } from "./limits.ts";
import type { Consult, Report, Section } from "./model.ts";
import { type Facts, recordSections } from "./record.ts";

/** What the device knows of the consult; null where this page did not see it. */
export interface Known {
  readonly consult: Consult | null;
  readonly facts: Omit<Facts, "author" | "patient" | "checks"> | null;
}

export function checkDraft(draft: Draft, when: Circumstances, known: Known): Checked<Report> {
  const found = new Findings();
  const author = checkPrescriber(found, draft.prescriber);
  const family = requiredText(found, "patient.family", draft.patient.family, NAMES.name);
  const given = requiredText(found, "patient.given", draft.patient.given, NAMES.name);
  const birth = draft.patient.birth.trim();
  if (birth !== "") checkBirth(found, birth, when.date);
  const recipient = draft.kind === "letter" ? checkRecipient(found, draft.recipient) : "";
  const { facts, consult } = known;
  const patient = { family, given, birth };
  const { kind, checks } = draft;
  if (kind === "record" && !facts) found.add("kind", "required");
  const sections =
    kind !== "record"
      ? checkSections(found, draft)
      : facts
        ? recordSections({ ...facts, author, checks, patient: `${given} ${family}` })
        : [];
  return conclude(found, { ...when, kind, author, patient, recipient, consult, sections });
}

function checkRecipient(found: Findings, typed: string): string {
  const recipient = optionalLines(found, "recipient", typed, LIMITS.recipient);
  if (recipient === "") found.add("recipient", "required");
  return recipient;
}

/** Those that are empty are left out; one at least has to say something. */
function checkSections(found: Findings, { sections }: Draft): readonly Section[] {
  const checked = sections.flatMap(({ key, title, text }, index): Section[] => {
    const at = `sections.${index}`;
    const clean = optionalLines(found, `${at}.text`, text, LIMITS.text);
    if (clean === "") return [];
    const called = key === null ? requiredText(found, `${at}.title`, title, LIMITS.title) : title;
    // An own one with the title of a known one is that: its reader could not tell.
    return [{ key: key ?? keyOf(called), title: called, text: clean }];
  });
  if (checked.length === 0) found.add("sections.0.text", "required");
  return checked;
}
