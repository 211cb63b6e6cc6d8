import { inert, inertLines } from "../../inert.ts";
import type { Findings } from "../problems.ts";

/** A text of one line that must be there. */
export function requiredText(found: Findings, field: string, text: string, limit: number): string {
  const clean = optionalText(found, field, text, limit);
  if (clean === "") found.add(field, "required");
  return clean;
}

export function optionalText(found: Findings, field: string, text: string, limit: number): string {
  if ([...text.trim()].length > limit) found.add(field, "too_long", { limit });
  return inert(text, limit);
}

export function optionalLines(found: Findings, field: string, text: string, limit: number): string {
  if (text.trim().length > limit) found.add(field, "too_long", { limit });
  return inertLines(text, limit);
}
