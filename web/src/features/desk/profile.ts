/** What a practitioner types of themselves, checked before anything of it is signed. */
import type { Findings } from "../prescription/problems.ts";
import { checkPrescriber } from "../prescription/rules/prescriber.ts";
import { optionalText } from "../prescription/rules/texts.ts";
import type { Practitioner } from "./desk.ts";

/** UTF-16 units that a text of a card may have. */
export const CARD_TEXT = 120;
const CARD_LANGUAGES = 8;
const OFFERED = ["fr", "en", "de", "es", "it", "ar", "pt"] as const;

export const NOBODY: Practitioner = {
  name: "",
  profession: "",
  speciality: "",
  rpps: "",
  address: "",
  phone: "",
  email: "",
  place: "",
  languages: [],
  listed: false,
};

/** The languages to choose from, as many as a card holds: those chosen before are among them. */
export const languagesBeside = (chosen: readonly string[]): readonly string[] =>
  [...new Set([...chosen, ...OFFERED])].slice(0, CARD_LANGUAGES);

/** Makes the texts inert; what is wrong is added to `found`, as `prescriber.` and the field. */
export function checkProfile(found: Findings, given: Practitioner): Practitioner {
  const { languages, listed } = given;
  const prescriber = checkPrescriber(found, given);
  const place = optionalText(found, "prescriber.place", given.place, CARD_TEXT);
  const checked = { ...prescriber, place, languages, listed };
  for (const field of ["name", "profession", "speciality", "place"] as const) {
    // The prescription counts characters; of some of them a card has room for half as many.
    const long = checked[field].length > CARD_TEXT;
    if (long) found.add(`prescriber.${field}`, "too_long", { limit: CARD_TEXT });
  }
  return checked;
}
