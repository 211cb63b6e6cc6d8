/** What narcotics, and medicines under their rules, ask beyond the rest (CSP R. 5132-29 to -33). */
import type { LineDraft } from "../draft.ts";
import { LIMITS } from "../limits.ts";
import type { Line, Narcotic } from "../model.ts";
import { parseCount } from "../numbers.ts";
import type { Findings } from "../problems.ts";
import { DURATIONS, NARCOTIC_LIMITS } from "../vocabulary.ts";
import { optionalText } from "./texts.ts";

export function checkNarcotic(
  found: Findings,
  given: LineDraft,
  at: (name: keyof LineDraft) => string,
): Line["narcotic"] {
  if (!given.narcotic) return null;
  if (given.duration.trim() === "") found.add(at("duration"), "narcotic_duration");
  const value = parseCount(given.duration, 1, LIMITS.treatment);
  const days = value === null ? null : value * DURATIONS[given.durationUnit].days;
  const most = NARCOTIC_LIMITS[given.limit].days;
  if (days !== null && days > most) found.add(at("duration"), "narcotic_days", { most });
  if (parseCount(given.renewals, 1, LIMITS.renewals) !== null) {
    found.add(at("renewals"), "narcotic_renewals");
  }
  const delivery = checkDelivery(found, given, days, at);
  const pharmacy = optionalText(found, at("pharmacy"), given.pharmacy, LIMITS.words);
  return { overlap: given.overlap, delivery, pharmacy };
}

/** @param all days of the whole, or null while unknown */
function checkDelivery(
  found: Findings,
  { delivery, deliveryDays }: LineDraft,
  all: number | null,
  at: (name: keyof LineDraft) => string,
): Narcotic["delivery"] {
  if (delivery !== "split") return delivery === "" ? null : delivery;
  const days = parseCount(deliveryDays, 1, LIMITS.treatment);
  const field = at("deliveryDays");
  if (deliveryDays.trim() === "") found.add(field, "required");
  else if (days === null) found.add(field, "delivery_days");
  else if (all !== null && days >= all) found.add(field, "delivery_long", { all });
  else if (all !== null && Math.ceil(all / days) > LIMITS.deliveries) {
    found.add(field, "delivery_many", { most: LIMITS.deliveries });
  }
  return { days: days ?? 0 };
}
