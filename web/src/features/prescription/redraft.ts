/** A line that was prescribed, or is prescribed often, as one would type it again. */
import { emptyLine, type LineDraft } from "./draft.ts";
import type { Line, Narcotic } from "./model.ts";
import { formatNumber } from "./numbers.ts";
import { formatStrength } from "./strength.ts";
import { DURATIONS, keysOf, NARCOTIC_LIMITS, type NarcoticLimit } from "./vocabulary.ts";

/** What is typed, without its place on the page. */
export type Typed = Omit<LineDraft, "key">;

const number = (value: number): string => formatNumber(value, "fr");

/** The usual limit, or the first one that it keeps to. */
function limitOf({ duration }: Line): NarcoticLimit {
  const days = duration ? duration.value * DURATIONS[duration.unit].days : 0;
  const fits = (limit: NarcoticLimit): boolean => days <= NARCOTIC_LIMITS[limit].days;
  const { limit: usual } = emptyLine(0);
  return fits(usual) ? usual : (keysOf(NARCOTIC_LIMITS).find(fits) ?? usual);
}

function deliveryOf(narcotic: Narcotic | null): Pick<Typed, "delivery" | "deliveryDays"> {
  const delivery = narcotic?.delivery ?? "";
  return typeof delivery === "string"
    ? { delivery, deliveryDays: "" }
    : { delivery: "split", deliveryDays: `${delivery.days}` };
}

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
    limit: limitOf(line),
    ...deliveryOf(line.narcotic),
    pharmacy: line.narcotic?.pharmacy ?? "",
    zone: line.zone ?? "",
  };
}

/** Whether nothing has been typed. */
export const isEmpty = (line: LineDraft): boolean =>
  JSON.stringify(line) === JSON.stringify(emptyLine(line.key));
