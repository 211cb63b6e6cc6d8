/** The prescriber's own data (CSP R. 5132-3, 1°). */
import { LIMITS } from "../limits.ts";
import type { Prescriber } from "../model.ts";
import type { Findings } from "../problems.ts";
import { isRpps } from "../rpps.ts";
import { optionalLines, requiredText } from "./texts.ts";

export function checkPrescriber(found: Findings, given: Prescriber): Prescriber {
  const at = (name: keyof Prescriber): string => `prescriber.${name}`;
  const name = requiredText(found, at("name"), given.name, LIMITS.name);
  if (name.split(" ").length < 2) found.add(at("name"), "name_short");
  const profession = requiredText(found, at("profession"), given.profession, LIMITS.words);
  const speciality = requiredText(found, at("speciality"), given.speciality, LIMITS.words);

  const rpps = given.rpps.replace(/[\s.]/g, "");
  if (rpps === "") found.add(at("rpps"), "required");
  else if (!isRpps(rpps)) found.add(at("rpps"), "rpps");

  const address = optionalLines(found, at("address"), given.address, LIMITS.address);
  if (address === "") found.add(at("address"), "required");
  else if (!/\bfrance\b/i.test(address)) found.add(at("address"), "address_country");
  else if (!/\d/.test(address)) found.add(at("address"), "address_short");

  const phone = internationalPhone(given.phone);
  if (given.phone.trim() === "") found.add(at("phone"), "required");
  else if (phone === null) found.add(at("phone"), "phone");

  const email = requiredText(found, at("email"), given.email, LIMITS.words);
  if (email !== "" && !/^[^\s@<>",;]+@[^\s@<>",;.]+(\.[^\s@<>",;.]+)+$/.test(email)) {
    found.add(at("email"), "email");
  }
  return { name, profession, speciality, rpps, address, phone: phone ?? "", email };
}

/** A French number with its international prefix, `+33 1 23 45 67 89`; `01 23…` is read as one. */
export function internationalPhone(text: string): string | null {
  const digits = text.replace(/\(0\)/, "").replace(/[\s.\-/]/g, "");
  const national = /^(?:\+33|0033|0)([1-9])(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(digits);
  return national && `+33 ${national.slice(1).join(" ")}`;
}
