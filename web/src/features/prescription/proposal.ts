/** What a medicine of the public list proposes for a line: only what is certain, the rest stays empty. */
import type { Medicine, Substance } from "../medicines/medicine.ts";
import { words } from "../medicines/search.ts";
import { emptyLine, type LineDraft } from "./draft.ts";
import { parseStrengths } from "./strength.ts";
import {
  FORMS,
  type Form,
  isKeyOf,
  keysOf,
  NARCOTIC_LIMITS,
  type NarcoticLimit,
  ROUTES,
  type Route,
} from "./vocabulary.ts";

export type Proposal = Pick<
  LineDraft,
  | "substance"
  | "strength"
  | "brand"
  | "form"
  | "otherForm"
  | "route"
  | "unit"
  | "narcotic"
  | "limit"
>;

/** Published routes are adjectives: `orale`, `ophtalmique`. */
const ROUTE_NAMED = new Map<string, Route>(
  keysOf(ROUTES).map((id) => [ROUTES[id].fr.replace(/^voie /, ""), id]),
);
const FORM_NAMED = new Map<string, Form>(keysOf(FORMS).map((id) => [FORMS[id].fr, id]));
/** A score line changes nothing in what the form is. */
const SCORED = /\s+(?:quadri)?sécable$/i;
/** A measure that an amount is published for: `5 ml`, `100 g de crème`, `1 ml de solution`. */
const MEASURE = /^(\d+(?:[.,]\d+)?)\s*(ml|l|g)\b/i;
const DOSE = /^une? (?:dose|bouffée|pulvérisation)\b/i;
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/\bmicrogrammes?\b/i, "µg"],
  [/\bmilligrammes?\b/i, "mg"],
  [/\bgrammes?\b/i, "g"],
  [/\bU\.?I\.?(?!\w)/, "UI"],
];

function strengthOf({ amount, per }: Substance): string {
  const top = UNITS.reduce((text, [written, unit]) => text.replace(written, unit), amount);
  const [, number, unit = ""] = MEASURE.exec(per) ?? [];
  const below = number ? `/${number === "1" ? "" : `${number} `}${unit.toLowerCase()}` : "";
  const text = `${top}${below || (DOSE.test(per) ? "/dose" : "")}`;
  return parseStrengths(text) ? text : "";
}

/** As a name is written within a sentence: lists are in capitals. */
const spoken = (name: string): string =>
  name === name.toUpperCase() ? name.charAt(0) + name.slice(1).toLowerCase() : name;

/** The name without its form; none for a generic, whose name is the substance's and its maker's. */
function brandOf({ name, substances }: Medicine): string {
  const [brand = ""] = name.split(", ", 1);
  const [first] = words(brand);
  const generic = substances.some((substance) => words(substance.name).includes(first ?? ""));
  return generic ? "" : brand.trim();
}

/** As published: `stupéfiants`, `prescription en toutes lettres sur ordonnance sécurisée`. */
const NARCOTIC = /stupéfiant|ordonnance sécurisée/i;

/** As published: `prescription limitée à 12 semaines`. */
const LIMITED = /limitée à (\d+) (jour|semaine)s?\b/i;

/** The one that is published, where it is one of ours. */
function limitOf(conditions: readonly string[]): NarcoticLimit {
  for (const condition of conditions) {
    const [, number = "", unit] = LIMITED.exec(condition) ?? [];
    const days = `${Number(number) * (unit?.toLowerCase() === "semaine" ? 7 : 1)}`;
    if (isKeyOf(NARCOTIC_LIMITS, days)) return days;
  }
  return emptyLine(0).limit;
}

export function proposalOf(medicine: Medicine): Proposal {
  const { substances, routes } = medicine;
  const strengths = substances.map(strengthOf);
  const name = medicine.form.replace(SCORED, "");
  const form = FORM_NAMED.get(name) ?? "other";
  const known = routes
    .map((route) => ROUTE_NAMED.get(route))
    .filter((route) => route !== undefined);
  const usual = isKeyOf(FORMS, form) ? FORMS[form] : null;
  return {
    substance: substances.map((substance) => spoken(substance.name)).join(" + "),
    // One that is missing would move the others to the wrong substance.
    strength: strengths.includes("") ? "" : strengths.join(" + "),
    brand: brandOf(medicine),
    form,
    otherForm: form === "other" ? medicine.form : "",
    route: known.find((route) => route === usual?.route) ?? known[0] ?? "",
    unit: usual?.unit ?? "",
    narcotic: medicine.conditions.some((condition) => NARCOTIC.test(condition)),
    limit: limitOf(medicine.conditions),
  };
}
