/** What narcotics, and medicines under their rules, ask beyond the rest (CSP R. 5132-29 to -33). */
import type { LineDraft } from "../draft.ts";
import { LIMITS } from "../limits.ts";
import type { Line } from "../model.ts";
import { parseCount } from "../numbers.ts";
import type { Findings } from "../problems.ts";
import { DURATIONS } from "../vocabulary.ts";

export function checkNarcotic(
  found: Findings,
  given: LineDraft,
  at: (name: keyof LineDraft) => string,
): Line["narcotic"] {
  if (!given.narcotic) return null;
  if (given.duration.trim() === "") found.add(at("duration"), "narcotic_duration");
  const value = parseCount(given.duration, 1, LIMITS.treatment);
  if (value !== null && value * DURATIONS[given.durationUnit].days > LIMITS.narcotic) {
    found.add(at("duration"), "narcotic_days", { most: LIMITS.narcotic });
  }
  if (parseCount(given.renewals, 1, LIMITS.renewals) !== null) {
    found.add(at("renewals"), "narcotic_renewals");
  }
  return { overlap: given.overlap };
}
