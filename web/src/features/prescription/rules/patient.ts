/** The patient's names, sex, birth date and, where useful, weight and height (CSP R. 5132-3, 7°). */
import type { PatientDraft } from "../draft.ts";
import { LIMITS } from "../limits.ts";
import type { Prescription } from "../model.ts";
import { parseNumber } from "../numbers.ts";
import type { Findings } from "../problems.ts";
import { requiredText } from "./texts.ts";

/** @param today the prescriber's local date, `YYYY-MM-DD` */
export function checkPatient(
  found: Findings,
  given: PatientDraft,
  today: string,
): Prescription["patient"] {
  const family = requiredText(found, "patient.family", given.family, LIMITS.name);
  const first = requiredText(found, "patient.given", given.given, LIMITS.name);
  if (given.sex === "") found.add("patient.sex", "required");
  checkBirth(found, given.birth, today);
  const { weight, height } = LIMITS;
  return {
    family,
    given: first,
    sex: given.sex === "" ? "I" : given.sex,
    birth: given.birth,
    weight: measure(found, "weight", given.weight, weight),
    height: measure(found, "height", given.height, height),
  };
}

export function checkBirth(found: Findings, birth: string, today: string): void {
  if (birth.trim() === "") found.add("patient.birth", "required");
  else if (!isDate(birth)) found.add("patient.birth", "birth_form");
  else if (birth > today) found.add("patient.birth", "birth_future");
  else if (ageOn(birth, today) > LIMITS.age) found.add("patient.birth", "birth_old");
}

function measure(
  found: Findings,
  name: "weight" | "height",
  text: string,
  { least, most }: { least: number; most: number },
): number | null {
  if (text.trim() === "") return null;
  const value = parseNumber(text);
  if (value === null) found.add(`patient.${name}`, "number");
  else if (value < least || value > most) found.add(`patient.${name}`, name, { least, most });
  return value;
}

/** A day of the calendar as `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Full years between two days of the calendar. */
export function ageOn(birth: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4));
  return day.slice(5) < birth.slice(5) ? years - 1 : years;
}
