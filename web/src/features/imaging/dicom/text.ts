/** Texts of DICOM files in the character sets that they name (PS3.3 C.12.1.1.2). */
import type { DataSet } from "dicom-parser";
import { MOST_CHARACTERS } from "../limits.ts";

/** By the number of their ISO registration, as `ISO_IR 100` and `ISO 2022 IR 100` name it. */
const SETS: Readonly<Record<string, string>> = {
  "13": "shift_jis",
  "58": "gb18030",
  "87": "iso-2022-jp",
  "100": "iso-8859-1",
  "101": "iso-8859-2",
  "109": "iso-8859-3",
  "110": "iso-8859-4",
  "126": "iso-8859-7",
  "127": "iso-8859-6",
  "138": "iso-8859-8",
  "144": "iso-8859-5",
  "148": "iso-8859-9",
  "149": "euc-kr",
  "159": "iso-2022-jp",
  "166": "windows-874",
  "192": "utf-8",
};
/** Switches from one set to another, where the decoder does not know them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with the escape character
const ESCAPES = /\x1b[$()\-,]+[@-Z]/g;

function decoderOf(tags: DataSet): TextDecoder {
  const named = latin(bytesOf(tags, "x00080005") ?? new Uint8Array()).split("\\");
  for (const name of named) {
    const plain = name.trim();
    if (plain === "GB18030" || plain === "GBK") return new TextDecoder("gb18030");
    const number = /^ISO(?:_IR| 2022 IR) (\d+)$/.exec(plain)?.[1];
    const label = number === undefined ? undefined : SETS[number];
    if (label) return new TextDecoder(label);
  }
  // What names no set is ASCII; what is not, most often Latin all the same.
  return new TextDecoder("iso-8859-1");
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 1024));

function bytesOf(tags: DataSet, tag: string): Uint8Array | undefined {
  const element = tags.elements[tag];
  if (!element || element.items) return undefined;
  return tags.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
}

/** The first value of a text, without what fills it; of names only how they are written in letters. */
export function textOf(tags: DataSet, tag: string, root = tags): string {
  const [first = ""] = decoded(tags, tag, root).split("\\");
  return cut(first);
}

/** A text that has one value (`ST`, `LT`, `UT`); `root`: the file, which names its characters. */
export const wholeTextOf = (tags: DataSet, tag: string, root: DataSet): string =>
  cut(decoded(tags, tag, root));

function decoded(tags: DataSet, tag: string, root: DataSet): string {
  const bytes = bytesOf(tags, tag)?.subarray(0, 4 * MOST_CHARACTERS);
  if (!bytes) return "";
  const decoder = decoderOf(root);
  const text = decoder.decode(bytes);
  return decoder.encoding === "iso-2022-jp" ? text : text.replace(ESCAPES, "");
}

const cut = (text: string): string =>
  [...text.replace(/\0+$/, "").trim()].slice(0, MOST_CHARACTERS).join("");

/** The letters of a person's name: other writings of it stand behind them (PS3.5 6.2). */
export const lettersOf = (name: string): string => name.split("=")[0] ?? "";

/** `DOE^JANE^^Dr` as people write it. */
export const nameForPeople = (name: string): string => {
  const [family = "", given = "", middle = "", prefix = "", suffix = ""] = name.split("^");
  return [prefix, given, middle, family, suffix]
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join(" ");
};
