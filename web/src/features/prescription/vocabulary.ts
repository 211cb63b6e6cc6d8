/**
 * The closed lists of the form, with the words in which they are printed (French), read (French and
 * English) and coded: EDQM Standard Terms for forms and routes, UCUM for units. A new form, route or
 * unit is one more row here, and nothing else.
 */

/** Singular and plural. */
type Words = readonly [one: string, many: string];

interface Term {
  readonly fr: string;
  readonly en: string;
}

/** As on the national identity traits: female, male, undetermined. */
export const SEXES = {
  F: { fr: "féminin", en: "female", fhir: "female" },
  M: { fr: "masculin", en: "male", fhir: "male" },
  I: { fr: "indéterminé", en: "undetermined", fhir: "unknown" },
} as const satisfies Record<string, Term & { fhir: string }>;
export type Sex = keyof typeof SEXES;

export const ROUTES = {
  oral: { fr: "voie orale", en: "by mouth", edqm: "20053000" },
  sublingual: { fr: "voie sublinguale", en: "under the tongue", edqm: "20067000" },
  cutaneous: { fr: "voie cutanée", en: "on the skin", edqm: "20003000" },
  transdermal: { fr: "voie transdermique", en: "through the skin (patch)", edqm: "20070000" },
  ocular: { fr: "voie ophtalmique", en: "in the eye", edqm: "20051000" },
  auricular: { fr: "voie auriculaire", en: "in the ear", edqm: "20001000" },
  nasal: { fr: "voie nasale", en: "in the nose", edqm: "20049000" },
  inhaled: { fr: "voie inhalée", en: "inhaled", edqm: "20020000" },
  rectal: { fr: "voie rectale", en: "in the rectum", edqm: "20061000" },
  vaginal: { fr: "voie vaginale", en: "in the vagina", edqm: "20072000" },
  subcutaneous: { fr: "voie sous-cutanée", en: "under the skin (injection)", edqm: "20066000" },
  intramuscular: { fr: "voie intramusculaire", en: "into a muscle", edqm: "20035000" },
  intravenous: { fr: "voie intraveineuse", en: "into a vein", edqm: "20045000" },
} as const satisfies Record<string, Term & { edqm: string }>;
export type Route = keyof typeof ROUTES;

/** Things counted have no UCUM unit of their own: an annotation on the unity names them. */
export const DOSE_UNITS = {
  tablet: { fr: ["comprimé", "comprimés"], en: ["tablet", "tablets"], ucum: "{tablet}" },
  capsule: { fr: ["gélule", "gélules"], en: ["capsule", "capsules"], ucum: "{capsule}" },
  sachet: { fr: ["sachet", "sachets"], en: ["sachet", "sachets"], ucum: "{sachet}" },
  ampoule: { fr: ["ampoule", "ampoules"], en: ["ampoule", "ampoules"], ucum: "{ampule}" },
  lozenge: { fr: ["pastille", "pastilles"], en: ["lozenge", "lozenges"], ucum: "{lozenge}" },
  suppository: {
    fr: ["suppositoire", "suppositoires"],
    en: ["suppository", "suppositories"],
    ucum: "{suppository}",
  },
  pessary: { fr: ["ovule", "ovules"], en: ["pessary", "pessaries"], ucum: "{pessary}" },
  patch: { fr: ["patch", "patchs"], en: ["patch", "patches"], ucum: "{patch}" },
  application: {
    fr: ["application", "applications"],
    en: ["application", "applications"],
    ucum: "{application}",
  },
  drop: { fr: ["goutte", "gouttes"], en: ["drop", "drops"], ucum: "[drp]" },
  puff: { fr: ["bouffée", "bouffées"], en: ["puff", "puffs"], ucum: "{puff}" },
  spray: { fr: ["pulvérisation", "pulvérisations"], en: ["spray", "sprays"], ucum: "{spray}" },
  injection: {
    fr: ["injection", "injections"],
    en: ["injection", "injections"],
    ucum: "{injection}",
  },
  measure: { fr: ["dose", "doses"], en: ["dose", "doses"], ucum: "{dose}" },
  ml: { fr: ["ml", "ml"], en: ["ml", "ml"], ucum: "mL" },
  mg: { fr: ["mg", "mg"], en: ["mg", "mg"], ucum: "mg" },
  g: { fr: ["g", "g"], en: ["g", "g"], ucum: "g" },
  ug: { fr: ["µg", "µg"], en: ["µg", "µg"], ucum: "ug" },
  iu: { fr: ["UI", "UI"], en: ["IU", "IU"], ucum: "[iU]" },
} as const satisfies Record<string, { fr: Words; en: Words; ucum: string }>;
export type DoseUnit = keyof typeof DOSE_UNITS;

interface FormRow extends Term {
  readonly edqm: string;
  readonly route: Route;
  readonly unit: DoseUnit;
}

/** Pharmaceutical forms, each with the route and dose unit that the form proposes for it. */
export const FORMS = {
  tablet: row("comprimé", "tablet", "10219000", "oral", "tablet"),
  coated: row("comprimé pelliculé", "film-coated tablet", "10221000", "oral", "tablet"),
  effervescent: row("comprimé effervescent", "effervescent tablet", "10222000", "oral", "tablet"),
  orodispersible: row(
    "comprimé orodispersible",
    "orodispersible tablet",
    "10223000",
    "oral",
    "tablet",
  ),
  enteric: row(
    "comprimé gastro-résistant",
    "gastro-resistant tablet",
    "10225000",
    "oral",
    "tablet",
  ),
  prolonged: row(
    "comprimé à libération prolongée",
    "prolonged-release tablet",
    "10226000",
    "oral",
    "tablet",
  ),
  sublingual: row("comprimé sublingual", "sublingual tablet", "10318000", "sublingual", "tablet"),
  capsule: row("gélule", "capsule", "10210000", "oral", "capsule"),
  softCapsule: row("capsule molle", "soft capsule", "10211000", "oral", "capsule"),
  entericCapsule: row(
    "gélule gastro-résistante",
    "gastro-resistant capsule",
    "10212000",
    "oral",
    "capsule",
  ),
  prolongedCapsule: row(
    "gélule à libération prolongée",
    "prolonged-release capsule",
    "10215000",
    "oral",
    "capsule",
  ),
  powder: row(
    "poudre pour solution buvable en sachet",
    "powder for oral solution in sachet",
    "50052500",
    "oral",
    "sachet",
  ),
  oralSolution: row("solution buvable", "oral solution", "10105000", "oral", "ml"),
  oralSuspension: row("suspension buvable", "oral suspension", "10106000", "oral", "ml"),
  oralDrops: row("solution buvable en gouttes", "oral drops", "10101000", "oral", "drop"),
  syrup: row("sirop", "syrup", "10117000", "oral", "ml"),
  lozenge: row("pastille", "lozenge", "10321000", "oral", "lozenge"),
  mouthwash: row("solution pour bain de bouche", "mouthwash", "10310000", "oral", "application"),
  cream: row("crème", "cream", "10502000", "cutaneous", "application"),
  gel: row("gel", "gel", "10503000", "cutaneous", "application"),
  ointment: row("pommade", "ointment", "10504000", "cutaneous", "application"),
  skinSolution: row(
    "solution pour application cutanée",
    "cutaneous solution",
    "10513000",
    "cutaneous",
    "application",
  ),
  patch: row("dispositif transdermique", "transdermal patch", "10519000", "transdermal", "patch"),
  eyeDrops: row("collyre en solution", "eye drops", "10604000", "ocular", "drop"),
  eyeOintment: row("pommade ophtalmique", "eye ointment", "10603000", "ocular", "application"),
  earDrops: row("solution auriculaire", "ear drops", "10704000", "auricular", "drop"),
  nasalSpray: row(
    "solution pour pulvérisation nasale",
    "nasal spray",
    "10808000",
    "nasal",
    "spray",
  ),
  inhaler: row(
    "suspension pour inhalation en flacon pressurisé",
    "pressurised inhaler",
    "11107000",
    "inhaled",
    "puff",
  ),
  inhaledPowder: row("poudre pour inhalation", "inhalation powder", "11109000", "inhaled", "puff"),
  nebuliser: row(
    "solution pour inhalation par nébuliseur",
    "nebuliser solution",
    "11101000",
    "inhaled",
    "measure",
  ),
  suppository: row("suppositoire", "suppository", "11013000", "rectal", "suppository"),
  pessary: row("ovule", "pessary", "10909000", "vaginal", "pessary"),
  injection: row(
    "solution injectable",
    "solution for injection",
    "11201000",
    "subcutaneous",
    "injection",
  ),
} as const satisfies Record<string, FormRow>;
export type Form = keyof typeof FORMS;

function row<R extends Route, U extends DoseUnit>(
  fr: string,
  en: string,
  edqm: string,
  route: R,
  unit: U,
) {
  return { fr, en, edqm, route, unit } as const;
}

/** `count` is a number of times in the period, and for `hours` the hours from one dose to the next. */
export const RHYTHMS = {
  day: { fhir: "d", most: 24 },
  week: { fhir: "wk", most: 7 },
  month: { fhir: "mo", most: 31 },
  hours: { fhir: "h", most: 168 },
} as const satisfies Record<string, { fhir: string; most: number }>;
export type Rhythm = keyof typeof RHYTHMS;

export const DURATIONS = {
  day: { fr: ["jour", "jours"], en: ["day", "days"], ucum: "d", days: 1 },
  week: { fr: ["semaine", "semaines"], en: ["week", "weeks"], ucum: "wk", days: 7 },
  month: { fr: ["mois", "mois"], en: ["month", "months"], ucum: "mo", days: 30 },
} as const satisfies Record<string, { fr: Words; en: Words; ucum: string; days: number }>;
export type DurationUnit = keyof typeof DURATIONS;

/**
 * For how long a narcotic may be prescribed: by its own order, else for 28 days (CSP R. 5132-30);
 * 12 weeks for some that are only written as they are. Which of them is the prescriber's to know.
 */
export const NARCOTIC_LIMITS = {
  "7": { days: 7 },
  "14": { days: 14 },
  "28": { days: 28 },
  "84": { days: 84 },
} as const satisfies Record<string, { days: number }>;
export type NarcoticLimit = keyof typeof NARCOTIC_LIMITS;

/** Why a medicine may not be replaced (CSP R. 5125-54, order of 12 November 2019). */
export const REASONS = {
  MTE: { fr: "marge thérapeutique étroite", en: "narrow therapeutic margin" },
  EFG: {
    fr: "forme galénique adaptée à l’enfant de moins de six ans",
    en: "form suited to a child under six",
  },
  CIF: {
    fr: "contre-indication formelle à un excipient à effet notoire",
    en: "contra-indication to an excipient with a known effect",
  },
} as const satisfies Record<string, Term>;
export type Reason = keyof typeof REASONS;

/**
 * The zones of a form for a patient with a long-term illness (CSS R. 161-45), headed as the French
 * form is. The upper one comes first.
 */
export const ZONES = {
  ald: {
    fr: "Prescriptions relatives au traitement de l’affection de longue durée reconnue (liste ou hors liste) (AFFECTION EXONÉRANTE)",
    en: "For the recognised long-term illness (ALD, on the list or not), which exempts from charges",
    short: { fr: "En rapport avec l’ALD", en: "Long-term illness (ALD)" },
    fhir: true,
  },
  other: {
    fr: "Prescriptions SANS RAPPORT avec l’affection de longue durée (MALADIES INTERCURRENTES)",
    en: "Unrelated to the long-term illness (other illnesses)",
    short: { fr: "Sans rapport avec l’ALD", en: "Another illness" },
    fhir: false,
  },
} as const satisfies Record<string, Term & { short: Term; fhir: boolean }>;
export type Zone = keyof typeof ZONES;

/** Narrows a string of a form field or a file to a key of one of the lists above. */
export function isKeyOf<T extends object>(list: T, key: string): key is keyof T & string {
  return Object.hasOwn(list, key);
}

/** The keys of a list, in the order of its rows. */
export function keysOf<T extends object>(list: T): (keyof T & string)[] {
  return Object.keys(list) as (keyof T & string)[];
}
