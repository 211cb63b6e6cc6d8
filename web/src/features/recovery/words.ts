/** The lists that words come from, fetched when somebody needs them, and what is wrong with typed ones. */
import { plainWords, type WordList, type WordsError } from "../../sealing/words.ts";

/** In the order in which a reader tries them. */
const LISTS = {
  fr: async () => (await import("@scure/bip39/wordlists/french.js")).wordlist,
  en: async () => (await import("@scure/bip39/wordlists/english.js")).wordlist,
} as const;

export type SheetLanguage = keyof typeof LISTS;

export const wordListOf = (language: SheetLanguage): Promise<WordList> => LISTS[language]();

export const allWordLists = (): Promise<readonly WordList[]> =>
  Promise.all(Object.values(LISTS).map((load) => load()));

/**
 * `count` of `number` words; the word `typed` at the place `at` is `unknown`, `nearest` may be meant;
 * the `check` does not hold.
 */
export type WordsTrouble =
  | { readonly what: "count"; readonly number: number }
  | {
      readonly what: "unknown";
      readonly at: number;
      readonly typed: string;
      readonly nearest: string;
    }
  | { readonly what: "check" };

export function troubleOf({ why, at, nearest }: WordsError, text: string): WordsTrouble {
  const words = plainWords(text);
  if (why === "count") return { what: "count", number: words.length };
  if (why === "check") return { what: "check" };
  return { what: "unknown", at, typed: words[at - 1] ?? "", nearest };
}
