/** Finds medicines as one types: every word typed begins a word of the name or of a substance. */
import { LIMITS } from "./limits.ts";
import type { Medicine } from "./medicine.ts";

/** Case and accents do not matter, nor what stands between words: `Paracétamol` is `paracetamol`. */
export const words = (text: string): readonly string[] =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

interface Entry {
  readonly medicine: Medicine;
  readonly words: readonly string[];
  /** How many of them are of the name. */
  readonly named: number;
}

export interface Index {
  /** The best first, at most `LIMITS.found`; none for less than `LIMITS.letters` letters. */
  find(typed: string): readonly Medicine[];
}

/** Where a word that begins so stands in a list; -1 where there is none. */
const at = (list: readonly string[], begins: string): number =>
  list.findIndex((word) => word.startsWith(begins));

/** Lower is better: what begins the name first, then names in the order of their words, then shorter ones. */
function rank(entry: Entry, sought: readonly string[]): number | null {
  let sum = 0;
  for (const word of sought) {
    const place = at(entry.words, word);
    if (place < 0) return null;
    sum += place < entry.named ? place : entry.named + place;
  }
  return sum * 1000 + Math.min(entry.medicine.name.length, 999);
}

export function indexOf(medicines: readonly Medicine[]): Index {
  const entries = medicines.map((medicine) => {
    const named = words(medicine.name);
    const others = medicine.substances.flatMap(({ name }) => words(name));
    return { medicine, words: [...named, ...others], named: named.length };
  });
  return {
    find(typed) {
      const sought = words(typed);
      if (sought.join("").length < LIMITS.letters) return [];
      const found: { readonly entry: Entry; readonly rank: number }[] = [];
      for (const entry of entries) {
        const ranked = rank(entry, sought);
        if (ranked !== null) found.push({ entry, rank: ranked });
      }
      found.sort(
        (a, b) => a.rank - b.rank || (a.entry.medicine.name < b.entry.medicine.name ? -1 : 1),
      );
      return found.slice(0, LIMITS.found).map(({ entry }) => entry.medicine);
    },
  };
}
