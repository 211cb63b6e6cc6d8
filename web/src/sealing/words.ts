/** Secrets as words that a person can copy by hand or say aloud (Sheets, Sealed links). */
import { SealError } from "./errors.ts";
import { hash } from "./kdf.ts";

const WORDS = 12;
const SECRET_BYTES = 16;
const BITS = 11;
/** How many bits of a check stand at the end. */
export const CHECK_BITS = 4n;
const PREFIX = 4;
const FAR = 3;

/** The 2,048 words of BIP-39 in one language. They come from a package, when they are needed. */
export type WordList = readonly string[];

/** What was typed is not what was written. */
export class WordsError extends SealError {
  readonly why: "count" | "unknown" | "check";
  /** The unknown word's place from 1, else 0. */
  readonly at: number;
  /** The word that may have been meant, or nothing. */
  readonly nearest: string;

  constructor(why: WordsError["why"], at = 0, nearest = "") {
    super(why === "check" ? "altered" : "bad_form", `words: ${why}`);
    this.why = why;
    this.at = at;
    this.nearest = nearest;
  }
}

/** What is printed of a sheet's 16 bytes. */
export const sheetWords = (secret: Uint8Array, list: WordList): readonly string[] =>
  writeWords(withCheck(secret, numberOf(secret)), WORDS, list);

/** What is compared of what somebody typed: words without accents, in small letters. */
export const plainWords = (text: string): readonly string[] => plain(text).match(/[a-z]+/g) ?? [];

/**
 * The secret of a sheet whose words somebody typed. Refuses with a WordsError as `readWords` does,
 * and with `altered` where they are all words but not those of one sheet.
 */
export function readSheetWords(text: string, lists: readonly WordList[]): Uint8Array {
  const bits = readWords(text, WORDS, lists);
  const secret = bytesOfNumber(bits >> CHECK_BITS, SECRET_BYTES);
  requireCheck(secret, bits);
  return secret;
}

/** `bits`, followed by the first four of the hash of `checked`. */
export const withCheck = (checked: Uint8Array, bits: bigint): bigint =>
  (bits << CHECK_BITS) | BigInt((hash(checked)[0] ?? 0) >> Number(8n - CHECK_BITS));

/** Refuses with a WordsError `altered` unless `bits` end with the check of `checked`. */
export function requireCheck(checked: Uint8Array, bits: bigint): void {
  if (withCheck(checked, bits >> CHECK_BITS) !== bits) throw new WordsError("check");
}

/** `count` words for a number of 11 bits for each. */
export const writeWords = (bits: bigint, count: number, list: WordList): readonly string[] =>
  Array.from({ length: count }, (_, at) => {
    const shift = BigInt((count - 1 - at) * BITS);
    return (list[Number((bits >> shift) & 0x7ffn)] ?? "").normalize("NFC");
  });

/**
 * The number that `count` words stand for which somebody typed: accents, capitals and what stands
 * between the words do not matter. Refuses with a WordsError: `bad_form` for another number of words
 * or an unknown one.
 */
export function readWords(text: string, count: number, lists: readonly WordList[]): bigint {
  const typed = plainWords(text);
  if (typed.length !== count) throw new WordsError("count");
  const { list, places } = lists
    .map((each) => ({ list: each, places: placesOf(each) }))
    .reduce((best, one) => (known(typed, one.places) > known(typed, best.places) ? one : best));
  let bits = 0n;
  for (const [at, word] of typed.entries()) {
    const place = places.get(word);
    if (place === undefined) throw new WordsError("unknown", at + 1, nearestOf(word, list));
    bits = (bits << BigInt(BITS)) | BigInt(place);
  }
  return bits;
}

export const numberOf = (bytes: Uint8Array): bigint =>
  bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

export function bytesOfNumber(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = length - 1, rest = value; at >= 0; at -= 1, rest >>= 8n) {
    bytes[at] = Number(rest & 0xffn);
  }
  return bytes;
}

const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const placesOf = (list: WordList): ReadonlyMap<string, number> =>
  new Map(list.map((word, at) => [plain(word), at]));

const known = (typed: readonly string[], places: ReadonlyMap<string, number>): number =>
  typed.filter((word) => places.has(word)).length;

/** The word that begins so (four letters tell all apart), or else with fewest other letters. */
function nearestOf(typed: string, list: WordList): string {
  const words = [...placesOf(list).keys()];
  const begun = words.findIndex((word) => typed.length >= PREFIX && word.startsWith(typed));
  let [nearest, least] = [begun, begun < 0 ? FAR : 0];
  for (const [at, word] of words.entries()) {
    const distance = least === 0 ? FAR : distanceOf(typed, word);
    if (distance < least) [nearest, least] = [at, distance];
  }
  return (list[nearest] ?? "").normalize("NFC");
}

/** Letters to put in, take out or change (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, against] of [...other].entries()) {
      const [above = 0, before = 0, aslant = 0] = [row[j + 1], next[j], row[j]];
      next.push(Math.min(above + 1, before + 1, aslant + (letter === against ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
