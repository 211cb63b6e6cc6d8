/** A medicine line in plain words: French for what is printed and signed, both to read it. */
import type { Lang } from "../paper/days.ts";
import { letters } from "./letters.ts";
import type { Line } from "./model.ts";
import { formatNumber } from "./numbers.ts";
import { formatStrength } from "./strength.ts";
import { DOSE_UNITS, type DoseUnit, DURATIONS, FORMS, REASONS, ROUTES } from "./vocabulary.ts";

/** French counts from two, English from anything but one. */
function many(value: number, lang: Lang): 0 | 1 {
  return (lang === "fr" ? value >= 2 : value !== 1) ? 1 : 0;
}

function doses(value: number, unit: DoseUnit, lang: Lang): string {
  return `${formatNumber(value, lang)} ${DOSE_UNITS[unit][lang][many(value, lang)]}`;
}

export function formWords(form: Line["form"], lang: Lang): string {
  return typeof form === "string" ? FORMS[form][lang] : form.other;
}

/** `Amoxicilline 1 g + acide clavulanique 125 mg, comprimé pelliculé (AUGMENTIN)`. */
export function titleWords(line: Line, lang: Lang): string {
  const substances = line.ingredients
    .map(({ substance, strength }) => `${substance} ${formatStrength(strength, lang)}`)
    .join(" + ");
  const brand = line.brand === "" ? "" : ` (${line.brand})`;
  return `${substances}, ${formWords(line.form, lang)}${brand}`;
}

function rhythmWords({ count, rhythm }: Line, lang: Lang): string {
  if (rhythm === "hours") {
    if (lang === "fr") return count === 1 ? "toutes les heures" : `toutes les ${count} heures`;
    return count === 1 ? "every hour" : `every ${count} hours`;
  }
  const period = {
    fr: { day: "jour", week: "semaine", month: "mois" },
    en: { day: "a day", week: "a week", month: "a month" },
  }[lang][rhythm];
  if (lang === "fr") return `${count} fois par ${period}`;
  return `${count === 1 ? "once" : count === 2 ? "twice" : `${count} times`} ${period}`;
}

/** `1 comprimé, 3 fois par jour, si besoin (maximum 4 comprimés par jour), voie orale, pendant 5 jours`. */
export function dosageWords(line: Line, lang: Lang): string {
  const parts = [doses(line.dose, line.unit, lang), rhythmWords(line, lang)];
  if (line.asNeeded) {
    const most = doses(line.asNeeded.maximum, line.unit, lang);
    parts.push(
      lang === "fr"
        ? `si besoin (maximum ${most} par jour)`
        : `only if needed (at most ${most} a day)`,
    );
  }
  parts.push(ROUTES[line.route][lang]);
  if (line.duration) {
    const { value, unit } = line.duration;
    const time = `${value} ${DURATIONS[unit][lang][many(value, lang)]}`;
    parts.push(lang === "fr" ? `pendant ${time}` : `for ${time}`);
  }
  return parts.join(", ");
}

/** `Quantité : 2 boîtes. À renouveler 1 fois.` */
export function supplyWords({ packs, renewals }: Line, lang: Lang): string {
  const sentences: string[] = [];
  if (lang === "fr") {
    if (packs !== null) sentences.push(`Quantité : ${packs} boîte${packs > 1 ? "s" : ""}.`);
    sentences.push(renewals === 0 ? "Ne pas renouveler." : `À renouveler ${renewals} fois.`);
  } else {
    if (packs !== null) sentences.push(`Quantity: ${packs} pack${packs > 1 ? "s" : ""}.`);
    if (renewals === 0) sentences.push("Not to be renewed.");
    else sentences.push(`May be renewed ${renewals === 1 ? "once" : `${renewals} times`}.`);
  }
  return sentences.join(" ");
}

/**
 * `Non substituable (MTE) : marge thérapeutique étroite`, or nothing where it may be replaced. The
 * words before the colon are those of the order, which a pharmacist looks for.
 */
export function substitutionWords({ notSubstitutable }: Line, lang: Lang): string {
  if (notSubstitutable === null) return "";
  const reason = REASONS[notSubstitutable][lang];
  return lang === "fr"
    ? `Non substituable (${notSubstitutable}) : ${reason}`
    : `Not to be substituted (${notSubstitutable}): ${reason}`;
}

/** The amounts in words, in French alone: they are what the law asks, and no help to read. */
export function lettersWords(line: Line): string {
  return line.narcotic ? `En toutes lettres\u00a0: ${letters(line)}.` : "";
}

/** As they are printed and signed. */
export const OVERLAP = "Chevauchement autorisé avec une ordonnance précédente.";
export const AT_ONCE = "Délivrance en une seule fois.";

export function overlapWords({ narcotic }: Line, lang: Lang): string {
  if (!narcotic?.overlap) return "";
  return lang === "fr" ? OVERLAP : "May overlap an earlier prescription.";
}

/** How a narcotic is delivered. */
export function deliveryWords({ narcotic }: Line, lang: Lang): string {
  const delivery = narcotic?.delivery;
  if (!delivery) return "";
  if (delivery === "once") return lang === "fr" ? AT_ONCE : "Delivered all at once.";
  const { days } = delivery;
  const time = `${days} ${DURATIONS.day[lang][many(days, lang)]}`;
  return lang === "fr"
    ? `Délivrance fractionnée\u00a0: ${time} de traitement à la fois.`
    : `Delivered in parts: ${time} of the treatment at a time.`;
}

/** Where it is to be dispensed. */
export function pharmacyWords({ narcotic }: Line, lang: Lang): string {
  if (!narcotic?.pharmacy) return "";
  return lang === "fr"
    ? `Pharmacie chargée de la délivrance\u00a0: ${narcotic.pharmacy}`
    : `Pharmacy that dispenses it: ${narcotic.pharmacy}`;
}

/** What is to be known of a prescription with a narcotic; it claims nothing for its own form. */
export const NARCOTIC_NOTE = {
  fr: "Stupéfiant ou assimilé\u00a0: l’ordonnance est exécutée en totalité si elle est présentée dans les trois jours qui suivent sa date\u00a0; ensuite, pour la durée qui reste (CSP, R.\u00a05132-33). Sur papier, la réglementation demande une ordonnance sécurisée (R.\u00a05132-5)\u00a0: une impression de ce document n’en est pas une et n’en tient pas lieu. Ce document n’affirme pas que sa forme électronique suffise\u00a0: le pharmacien en juge.",
  en: "Narcotic, or under the same rules: it is dispensed in full if it is presented within the three days after its date, and later for the time that is left (CSP, R.\u00a05132-33). On paper the rules ask for a secured form (ordonnance sécurisée, R.\u00a05132-5): a printout of this document is none, and does not take its place. This document does not claim that its electronic form is enough: the pharmacist judges that.",
} as const;

/** In a zone without a line. */
export const NO_LINE = "Aucun médicament.";

/** All that a line says, a paragraph each, as it is printed and signed. */
export function lineWords(line: Line): string[] {
  return [
    titleWords(line, "fr"),
    dosageWords(line, "fr"),
    lettersWords(line),
    line.advice,
    supplyWords(line, "fr"),
    overlapWords(line, "fr"),
    deliveryWords(line, "fr"),
    pharmacyWords(line, "fr"),
    substitutionWords(line, "fr"),
  ].filter(Boolean);
}
