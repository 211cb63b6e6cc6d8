/** The amounts of a line « en toutes lettres », which the law asks of narcotics (CSP R. 5132-29). */
import { cardinal } from "./cardinal.ts";
import type { Amount, Line, Strength } from "./model.ts";
import { DOSE_UNITS, type DoseUnit, DURATIONS } from "./vocabulary.ts";

interface Noun {
  readonly one: string;
  readonly many: string;
  readonly feminine?: boolean;
}

const regular = (one: string): Noun => ({ one, many: `${one}s` });

/** Units as they are printed, spelled out. */
const SPELLED: Readonly<Record<string, Noun>> = {
  mg: regular("milligramme"),
  g: regular("gramme"),
  µg: regular("microgramme"),
  ng: regular("nanogramme"),
  ml: regular("millilitre"),
  l: regular("litre"),
  UI: { one: "unité internationale", many: "unités internationales", feminine: true },
  MUI: { one: "million d’unités internationales", many: "millions d’unités internationales" },
  mmol: { one: "millimole", many: "millimoles", feminine: true },
  mEq: regular("milliéquivalent"),
  "%": { one: "pour cent", many: "pour cent" },
  dose: { one: "dose", many: "doses", feminine: true },
  h: { one: "heure", many: "heures", feminine: true },
};
const FEMININE: ReadonlySet<DoseUnit> = new Set([
  "capsule",
  "ampoule",
  "lozenge",
  "application",
  "drop",
  "puff",
  "spray",
  "injection",
  "measure",
]);
const INTAKE: Noun = { one: "prise", many: "prises", feminine: true };
const PACK: Noun = { one: "boîte", many: "boîtes", feminine: true };
const HOUR: Noun = { one: "heure", many: "heures", feminine: true };

/** `deux comprimés`, `vingt et une gouttes`, `un million d’unités`; two begins the plural. */
function counted(value: number, { one, many, feminine = false }: Noun): string {
  const noun = value >= 2 ? many : one;
  const words = cardinal(value, feminine);
  if (!/millions?$/.test(words)) return `${words} ${noun}`;
  return /^[aeiouyhé]/.test(noun) ? `${words} d’${noun}` : `${words} de ${noun}`;
}

const spelled = (unit: string): Noun => SPELLED[unit] ?? { one: unit, many: unit };

function doseNoun(unit: DoseUnit): Noun {
  const [one, many] = DOSE_UNITS[unit].fr;
  return SPELLED[one] ?? { one, many, feminine: FEMININE.has(unit) };
}

const amount = ({ value, unit }: Amount): string => counted(value, spelled(unit));

function strengthLetters(strength: Strength): string {
  const { per } = strength;
  if (!per) return amount(strength);
  const below = per.value === 1 ? `par ${spelled(per.unit).one}` : `pour ${amount(per)}`;
  return `${amount(strength)} ${below}`;
}

function rhythmLetters({ count, rhythm }: Line): string {
  if (rhythm !== "hours") {
    return `${counted(count, INTAKE)} par ${{ day: "jour", week: "semaine", month: "mois" }[rhythm]}`;
  }
  return `une prise toutes les ${count === 1 ? "heures" : counted(count, HOUR)}`;
}

/** `morphine dix milligrammes ; un comprimé par prise, deux prises par jour ; pendant sept jours`. */
export function letters(line: Line): string {
  const { ingredients, dose, unit, asNeeded, duration, packs } = line;
  const noun = doseNoun(unit);
  const strengths = ingredients.map(
    ({ substance, strength }) => `${substance} ${strengthLetters(strength)}`,
  );
  const parts = [strengths.join(", "), `${counted(dose, noun)} par prise, ${rhythmLetters(line)}`];
  if (asNeeded) parts.push(`si besoin, au maximum ${counted(asNeeded.maximum, noun)} par jour`);
  if (duration) {
    const [one, many] = DURATIONS[duration.unit].fr;
    const feminine = duration.unit === "week";
    parts.push(`pendant ${counted(duration.value, { one, many, feminine })}`);
  }
  if (packs !== null) parts.push(counted(packs, PACK));
  return parts.join("\u00a0; ");
}
