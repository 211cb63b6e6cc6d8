/** A line that was prescribed, or is prescribed often, as one would type it again. */
import { emptyLine, type LineDraft } from "./draft.ts";
import type { Line } from "./model.ts";
import { formatNumber } from "./numbers.ts";
import { formatStrength } from "./strength.ts";

/** What is typed, without its place on the page. */
export type Typed = Omit<LineDraft, "key">;

const number = (value: number): string => formatNumber(value, "fr");

/** Checked again it is the same line. */
export function typedOf(line: Line): Typed {
  const { ingredients, form, duration, packs, asNeeded } = line;
  const { key: _key, ...empty } = emptyLine(0);
  return {
    ...empty,
    substance: ingredients.map(({ substance }) => substance).join(" + "),
    strength: ingredients.map(({ strength }) => formatStrength(strength, "fr")).join(" + "),
    brand: line.brand,
    form: typeof form === "string" ? form : "other",
    otherForm: typeof form === "string" ? "" : form.other,
    route: line.route,
    dose: number(line.dose),
    unit: line.unit,
    count: `${line.count}`,
    rhythm: line.rhythm,
    asNeeded: asNeeded !== null,
    maximum: asNeeded ? number(asNeeded.maximum) : "",
    advice: line.advice,
    duration: duration ? `${duration.value}` : "",
    durationUnit: duration?.unit ?? empty.durationUnit,
    packs: packs === null ? "" : `${packs}`,
    renewals: `${line.renewals}`,
    substitution: line.notSubstitutable ?? "",
    narcotic: line.narcotic !== null,
    overlap: line.narcotic?.overlap ?? false,
    zone: line.zone ?? "",
  };
}

/** Whether nothing has been typed. */
export const isEmpty = (line: LineDraft): boolean =>
  JSON.stringify(line) === JSON.stringify(emptyLine(line.key));
