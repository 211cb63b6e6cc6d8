/** What an index says of a file, in the DICOM JSON model (PS3.18 F.2; Studies). */
import type { DataSet } from "dicom-parser";
import type { Dataset } from "../../../sealing/study.ts";
import { lettersOf, textOf } from "./text.ts";

/** By level; files without explicit value representations do not say what theirs is. */
const TAGS = {
  study: {
    "0020000D": "UI",
    "00080020": "DA",
    "00081030": "LO",
    "00100010": "PN",
    "00100020": "LO",
    "00100030": "DA",
    "00100040": "CS",
  },
  series: { "0020000E": "UI", "00080060": "CS", "00200011": "IS", "0008103E": "LO" },
  instance: {
    "00080018": "UI",
    "00080016": "UI",
    "00200013": "IS",
    "00280008": "IS",
    "00280010": "US",
    "00280011": "US",
  },
} as const;

/** AvailableTransferSyntaxUID: what the file itself says in its head's group 2. */
const SYNTAX = "00083002";

export type Level = keyof typeof TAGS;

const parserTag = (tag: string): string => `x${tag.toLowerCase()}`;

function valueIn(tags: DataSet, tag: string, vr: string): unknown {
  const name = parserTag(tag);
  if (vr === "US") return tags.uint16(name);
  const text = textOf(tags, name);
  if (text === "") return undefined;
  if (vr === "PN") return { Alphabetic: lettersOf(text) };
  if (vr !== "IS") return text;
  const number = Number.parseInt(text, 10);
  return Number.isSafeInteger(number) ? number : undefined;
}

export function datasetOf(tags: DataSet, level: Level): Dataset {
  const found: Record<string, Dataset[string]> = {};
  for (const [tag, vr] of Object.entries(TAGS[level])) {
    const value = valueIn(tags, tag, vr);
    found[tag] = value === undefined ? { vr } : { vr, Value: [value] };
  }
  if (level === "instance") found[SYNTAX] = { vr: "UI", Value: [textOf(tags, "x00020010")] };
  return found;
}
