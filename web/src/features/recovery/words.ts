/** The lists that the words of sheets come from, fetched when somebody needs them. */
import type { WordList } from "../../sealing/words.ts";

/** In the order in which a reader tries them. */
const LISTS = {
  fr: async () => (await import("@scure/bip39/wordlists/french.js")).wordlist,
  en: async () => (await import("@scure/bip39/wordlists/english.js")).wordlist,
} as const;

export type SheetLanguage = keyof typeof LISTS;

export const wordListOf = (language: SheetLanguage): Promise<WordList> => LISTS[language]();

export const allWordLists = (): Promise<readonly WordList[]> =>
  Promise.all(Object.values(LISTS).map((load) => load()));
