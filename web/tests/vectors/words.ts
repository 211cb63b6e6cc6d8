/** Runs the cases of words.json. */
import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as french } from "@scure/bip39/wordlists/french.js";
import { b64u } from "../../src/sealing/encoding.ts";
import { readSheetWords, sheetWords, WordsError } from "../../src/sealing/words.ts";
import type { Case } from "./case.ts";

const LISTS = { french, english };

export function runWords(one: Case): unknown {
  const secret = read(one);
  const list = LISTS[one.language as keyof typeof LISTS];
  if (list && sheetWords(secret, list).join(" ") !== one.text) throw new Error("the words differ");
  return { secret: b64u(secret) };
}

function read(one: Case): Uint8Array {
  try {
    return readSheetWords(one.text, Object.values(LISTS));
  } catch (error) {
    const said = error instanceof WordsError ? [error.at, error.nearest] : [];
    if (said.join() === [one.at, one.nearest].join()) throw error;
    throw new Error(`what is said of the words differs: ${said}`);
  }
}
