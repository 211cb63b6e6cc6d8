/** Numbers as people type them: a comma or a point, `1/2`, `½`. */

const VULGAR: Readonly<Record<string, number>> = { "¼": 0.25, "½": 0.5, "¾": 0.75 };

/** The number, or null for anything that is not plainly one; at most three decimals. */
export function parseNumber(text: string): number | null {
  const plain = text.trim();
  const whole = /^(\d{1,6})?\s*([¼½¾])$/.exec(plain);
  if (whole) return Number(whole[1] ?? "0") + (VULGAR[whole[2] ?? ""] ?? 0);
  const fraction = /^([1-9])\s*\/\s*([2-8])$/.exec(plain);
  if (fraction) return Math.round((1000 * Number(fraction[1])) / Number(fraction[2])) / 1000;
  if (!/^\d{1,7}(?:[.,]\d{1,3})?$/.test(plain)) return null;
  return Number(plain.replace(",", "."));
}

/** A whole number within bounds, or null. */
export function parseCount(text: string, least: number, most: number): number | null {
  const plain = text.trim();
  if (!/^\d{1,4}$/.test(plain)) return null;
  const value = Number(plain);
  return value >= least && value <= most ? value : null;
}

export function formatNumber(value: number, lang: "fr" | "en"): string {
  const text = String(value);
  return lang === "fr" ? text.replace(".", ",") : text;
}
