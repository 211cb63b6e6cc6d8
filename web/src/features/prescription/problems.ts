/** What can be wrong with a field: a key for its sentence, the field, and the values to name in it. */

export const PROBLEMS = [
  "required",
  "too_long",
  "unprintable",
  "name_short",
  "rpps",
  "address_country",
  "address_short",
  "phone",
  "email",
  "birth_form",
  "birth_future",
  "birth_old",
  "number",
  "weight",
  "height",
  "no_line",
  "too_many_lines",
  "strength",
  "strength_count",
  "dose",
  "count",
  "hours",
  "maximum",
  "maximum_small",
  "duration_or_packs",
  "duration",
  "packs",
  "renewals",
  "too_long_treatment",
  "narcotic_duration",
  "narcotic_days",
  "narcotic_renewals",
  "delivery_days",
  "delivery_long",
  "delivery_many",
  "brand_not_substitutable",
  "efg_age",
  "signature",
  "file_missing",
  "file_empty",
  "file_large",
  "file_not_pdf",
  "file_damaged",
  "file_encrypted",
  "file_pages",
  "file_active",
] as const;
export type ProblemKey = (typeof PROBLEMS)[number];

export interface FieldProblem {
  /** `patient.birth`, `lines.0.dose`, `signature`: also the id of the control. */
  readonly field: string;
  readonly key: ProblemKey;
  readonly values: Readonly<Record<string, string | number>>;
}

/** Collects problems in the order of the fields on the page; the first of each field stands. */
export class Findings {
  readonly #found = new Map<string, FieldProblem>();

  add(field: string, key: ProblemKey, values: FieldProblem["values"] = {}): void {
    if (!this.#found.has(field)) this.#found.set(field, { field, key, values });
  }

  get all(): readonly FieldProblem[] {
    return [...this.#found.values()];
  }
}
