/** Runs the cases of words.json. */
import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as french } from "@scure/bip39/wordlists/french.js";
import { b64u } from "../../src/sealing/encoding.ts";
import { readSheetWords, sheetWords, WordsError } from "../../src/sealing/words.ts";
import type { Case } from "./case.ts";

export const LISTS = { french, english };

export function runWords(one: Case): unknown {
  const secret = toldOfWords(one, () => readSheetWords(one.text, Object.values(LISTS)));
  const list = LISTS[one.language as keyof typeof LISTS];
  if (list && sheetWords(secret, list).join(" ") !== one.text) throw new Error("the words differ");
  return { secret: b64u(secret) };
}

/** What `read` gives; where it refuses, what is said of the words is the case's. */
export function toldOfWords(one: Case, read: () => Uint8Array): Uint8Array {
  try {
    return read();
  } catch (error) {
    const said = error instanceof WordsError ? [error.at, error.nearest] : [];
    if (said.join() === [one.at, one.nearest].join()) throw error;
    throw new Error(`what is said of the words differs: ${said}`);
  }
}
