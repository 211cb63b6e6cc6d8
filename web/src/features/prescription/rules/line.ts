/** One medicine: what, how, how long (CSP R. 5132-3, 2° and 3°; R. 5125-54 and -55). */
import type { LineDraft } from "../draft.ts";
import { LIMITS } from "../limits.ts";
import type { Ingredient, Line } from "../model.ts";
import { parseCount, parseNumber } from "../numbers.ts";
import type { Findings } from "../problems.ts";
import { parseStrengths } from "../strength.ts";
import { DURATIONS, RHYTHMS } from "../vocabulary.ts";
import { checkNarcotic } from "./narcotic.ts";
import { optionalText, requiredText } from "./texts.ts";

/** What a line does not say itself. */
interface Around {
  /** The patient's, in full years, or null while unknown. */
  readonly age: number | null;
  readonly twoZones: boolean;
}

/** @param index the line's place on the page, from 0 */
export function checkLine(
  found: Findings,
  given: LineDraft,
  index: number,
  { age, twoZones }: Around,
): Line {
  const at = (name: keyof LineDraft): string => `lines.${index}.${name}`;
  const ingredients = checkIngredients(found, given, at);
  const brand = optionalText(found, at("brand"), given.brand, LIMITS.words);
  const form = checkForm(found, given, at);
  if (given.route === "") found.add(at("route"), "required");

  const dose = parseNumber(given.dose);
  if (given.dose.trim() === "") found.add(at("dose"), "required");
  else if (dose === null || dose <= 0) found.add(at("dose"), "dose");
  if (given.unit === "") found.add(at("unit"), "required");

  const { most } = RHYTHMS[given.rhythm];
  const count = parseCount(given.count, 1, most);
  if (given.count.trim() === "") found.add(at("count"), "required");
  else if (count === null) {
    found.add(at("count"), given.rhythm === "hours" ? "hours" : "count", { most });
  }
  const asNeeded = given.asNeeded ? checkMaximum(found, given, dose, at) : null;
  const advice = optionalText(found, at("advice"), given.advice, LIMITS.advice);
  // First, since its sentences say more of a duration than those that hold for every medicine.
  const narcotic = checkNarcotic(found, given, at);
  const length = checkLength(found, given, at);

  if (given.substitution !== "" && brand === "") found.add(at("brand"), "brand_not_substitutable");
  if (given.substitution === "EFG" && age !== null && age >= 6) {
    found.add(at("substitution"), "efg_age", { age });
  }
  if (twoZones && given.zone === "") found.add(at("zone"), "required");
  return {
    ingredients,
    brand,
    form,
    route: given.route === "" ? "oral" : given.route,
    dose: dose ?? 0,
    unit: given.unit === "" ? "measure" : given.unit,
    count: count ?? 0,
    rhythm: given.rhythm,
    asNeeded,
    advice,
    ...length,
    notSubstitutable: given.substitution === "" ? null : given.substitution,
    narcotic,
    zone: twoZones && given.zone !== "" ? given.zone : null,
  };
}

type At = (name: keyof LineDraft) => string;

/** `amoxicilline + acide clavulanique` with `1 g + 125 mg`: as many strengths as substances. */
function checkIngredients(found: Findings, given: LineDraft, at: At): Ingredient[] {
  const text = requiredText(found, at("substance"), given.substance, LIMITS.words);
  const substances = text.split("+").map((one) => one.trim());
  if (text !== "" && substances.some((one) => !/\p{L}{2}/u.test(one))) {
    found.add(at("substance"), "name_short");
  }
  if (given.strength.trim() === "") {
    found.add(at("strength"), "required");
    return [];
  }
  const strengths = parseStrengths(given.strength);
  if (strengths === null) found.add(at("strength"), "strength");
  else if (strengths.length !== substances.length) {
    found.add(at("strength"), "strength_count", { count: substances.length });
  }
  return (strengths ?? []).map((strength, i) => ({ substance: substances[i] ?? "", strength }));
}

function checkForm(found: Findings, given: LineDraft, at: At): Line["form"] {
  if (given.form === "") {
    found.add(at("form"), "required");
    return { other: "" };
  }
  if (given.form !== "other") return given.form;
  return { other: requiredText(found, at("otherForm"), given.otherForm, LIMITS.words) };
}

function checkMaximum(
  found: Findings,
  given: LineDraft,
  dose: number | null,
  at: At,
): Line["asNeeded"] {
  const maximum = parseNumber(given.maximum);
  if (given.maximum.trim() === "") found.add(at("maximum"), "required");
  else if (maximum === null || maximum <= 0) found.add(at("maximum"), "maximum");
  else if (dose !== null && maximum < dose) found.add(at("maximum"), "maximum_small");
  return { maximum: maximum ?? 0 };
}

function checkLength(
  found: Findings,
  given: LineDraft,
  at: At,
): Pick<Line, "duration" | "packs" | "renewals"> {
  const hasDuration = given.duration.trim() !== "";
  const hasPacks = given.packs.trim() !== "";
  if (!hasDuration && !hasPacks) found.add(at("duration"), "duration_or_packs");
  const value = parseCount(given.duration, 1, LIMITS.treatment);
  if (hasDuration && value === null) found.add(at("duration"), "duration");
  const packs = parseCount(given.packs, 1, LIMITS.packs);
  if (hasPacks && packs === null) found.add(at("packs"), "packs", { most: LIMITS.packs });
  const renewals = parseCount(given.renewals, 0, LIMITS.renewals);
  if (renewals === null) found.add(at("renewals"), "renewals", { most: LIMITS.renewals });
  if (value !== null && renewals !== null) {
    const days = value * DURATIONS[given.durationUnit].days * (1 + renewals);
    if (days > LIMITS.treatment) found.add(at("duration"), "too_long_treatment");
  }
  return {
    duration: value === null ? null : { value, unit: given.durationUnit },
    packs,
    renewals: renewals ?? 0,
  };
}
