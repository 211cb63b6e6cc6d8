/** Every limit of the list of medicines. */
export const LIMITS = {
  /** Of one published file; the largest has had less than a tenth of it. */
  bytes: 32 * 1024 * 1024,
  files: 8,
  medicines: 60_000,
  /** Components of one medicine: there are vaccines and mixtures with many. */
  substances: 60,
  /** Characters of a field. */
  field: 1000,
  /** What is shown of what was found. */
  found: 12,
  /** Letters that a search needs. */
  letters: 2,
} as const;
