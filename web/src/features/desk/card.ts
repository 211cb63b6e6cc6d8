/** What of a practitioner's own statements stands on the card that everybody may see. */
import { type Card, readCard } from "../../sealing/card.ts";
import type { Practitioner } from "./desk.ts";

/** Phone and e-mail stay on the device. */
type Public = Omit<Practitioner, "phone" | "email">;
/** What an identity has once and for all stands on each of its cards. */
type Lasting = Pick<Card, "second">;

const publicOf = (stated: Public): Omit<Card, "version" | "issued" | keyof Lasting> => {
  const { name, profession, speciality, rpps, address, place, languages, listed } = stated;
  return { name, profession, speciality, rpps, address, place, languages: [...languages], listed };
};

/** `version`: from 1; `issued`: when it is signed. */
export const cardOf = (
  stated: Public,
  version: number,
  issued: string,
  { second }: Lasting,
): Card => ({
  version,
  issued,
  second,
  ...publicOf(stated),
});

/** Whether a signed card says just that. Refuses as `readCard` does. */
export const says = (raw: Uint8Array, stated: Public): boolean =>
  JSON.stringify(publicOf(readCard(raw).card)) === JSON.stringify(publicOf(stated));
