/** Strengths as prescribers write them: `500 mg`, `250 mg/5 ml`, `1 g + 125 mg`, `0,9 %`. */
import type { Amount, Strength } from "./model.ts";
import { formatNumber } from "./numbers.ts";

/** The units a strength may have: as printed → UCUM. */
const UNITS: Readonly<Record<string, string>> = {
  mg: "mg",
  g: "g",
  µg: "ug",
  ng: "ng",
  UI: "[iU]",
  MUI: "M[iU]",
  mmol: "mmol",
  mEq: "meq",
  "%": "%",
};
const PER_UNITS: Readonly<Record<string, string>> = {
  ml: "mL",
  l: "L",
  g: "g",
  dose: "{dose}",
  h: "h",
};
const ALIASES: Readonly<Record<string, string>> = {
  mcg: "µg",
  ug: "µg",
  μg: "µg",
  ui: "UI",
  iu: "UI",
  mui: "MUI",
  meq: "mEq",
};

function amount(
  number: string,
  unit: string,
  known: Readonly<Record<string, string>>,
): Amount | null {
  const value = Number(number.replace(",", "."));
  const lower = unit.toLowerCase();
  const name = ALIASES[lower] ?? (Object.hasOwn(known, unit) ? unit : lower);
  return Object.hasOwn(known, name) && value > 0 ? { value, unit: name } : null;
}

const NUMBER = String.raw`\d{1,7}(?:[.,]\d{1,4})?`;
const UNIT = "[a-zµμ%]{1,5}";
const SHAPE = new RegExp(`^(${NUMBER})\\s*(${UNIT})(?:\\s*/\\s*(${NUMBER})?\\s*(${UNIT}))?$`, "iu");

function parseOne(text: string): Strength | null {
  const found = SHAPE.exec(text.trim());
  if (!found) return null;
  const [, value = "", unit = "", perValue = "1", perUnit] = found;
  const top = amount(value, unit, UNITS);
  if (!top) return null;
  if (perUnit === undefined) return { ...top, per: null };
  const per = amount(perValue, perUnit, PER_UNITS);
  return per && { ...top, per };
}

/** One strength per active substance, separated by `+`; null if any part is not one. */
export function parseStrengths(text: string): Strength[] | null {
  const all = text.split("+").map(parseOne);
  return all.some((one) => one === null) ? null : all.filter((one) => one !== null);
}

export function formatStrength(strength: Strength, lang: "fr" | "en"): string {
  const unit = (name: string): string => (lang === "en" ? name.replace("UI", "IU") : name);
  const top = `${formatNumber(strength.value, lang)} ${unit(strength.unit)}`;
  if (!strength.per) return top;
  const value = strength.per.value === 1 ? "" : `${formatNumber(strength.per.value, lang)} `;
  return `${top}/${value}${strength.per.unit}`;
}

/** The UCUM code of a unit that `parseStrengths` gave. */
export function ucumOf(unit: string): string {
  return UNITS[unit] ?? PER_UNITS[unit] ?? unit;
}

/** The printed unit of a UCUM code, or null for one that no strength of ours has. */
export function unitOf(ucum: string): string | null {
  for (const [unit, code] of [...Object.entries(UNITS), ...Object.entries(PER_UNITS)]) {
    if (code === ucum) return unit;
  }
  return null;
}
