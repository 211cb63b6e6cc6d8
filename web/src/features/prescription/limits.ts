/** Every limit of the prescription form, and of a PDF that stands in for it. */
export const LIMITS = {
  lines: 20,
  /** Characters. */
  name: 80,
  words: 120,
  address: 240,
  advice: 240,
  /** Of a field of a favourite, as it was typed; and of what one is called. */
  typed: 600,
  favouriteName: 120,
  instructions: 2000,
  renewals: 11,
  packs: 99,
  /** Days: no prescription of medicines holds longer than a year, renewals included (R. 5132-21). */
  treatment: 366,
  /** Deliveries into which a narcotic may be split: a ticket counts no more of them for a line. */
  deliveries: 12,
  /** Years. */
  age: 130,
  weight: { least: 0.3, most: 500 },
  height: { least: 20, most: 260 },
  pdf: { bytes: 10 * 1024 * 1024, pages: 30 },
  /** Points of a drawn signature, all strokes together. */
  signaturePoints: 4000,
} as const;
