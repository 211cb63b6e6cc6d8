/** Key images as a Key Object Selection Document (PS3.3 A.35.4, PS3.16 TID 2010). */
import { type Items, type Tags, writeDicom } from "../dicom/writing.ts";
import { grouped } from "../grouping.ts";
import { SELECTION } from "./classes.ts";
import { headTags, momentOf, personName, reference, type Writing } from "./document.ts";
import type { Seen } from "./model.ts";

/** One file for each study. */
export const writeSelections = (chosen: readonly Seen[], writing: Writing): readonly Uint8Array[] =>
  grouped(chosen, ({ origin }) => origin.study).map((study) => oneSelection(study, writing));

function oneSelection(study: readonly [Seen, ...Seen[]], writing: Writing): Uint8Array {
  const [{ origin }] = study;
  const { date, time } = momentOf(writing.at);
  const name = personName(writing.by);
  return writeDicom(SELECTION, writing.uid(), {
    ...headTags(origin, "KO", writing),
    "00080023": ["DA", date],
    "00080033": ["TM", time],
    "00081111": ["SQ", []],
    "00200011": ["IS", 9902],
    "0040A040": ["CS", "CONTAINER"],
    "0040A043": code("113000", "Of Interest"),
    "0040A050": ["CS", "SEPARATE"],
    "0040A375": ["SQ", [{ "0020000D": ["UI", origin.study], "00081115": ["SQ", evidence(study)] }]],
    "0040A504": ["SQ", [{ "00080105": ["CS", "DCMR"], "0040DB00": ["CS", "2010"] }]],
    "0040A730": ["SQ", [...(name === "" ? [] : [observer(name)]), ...study.map(image)]],
  });
}

const code = (value: string, meaning: string): readonly ["SQ", Items] => [
  "SQ",
  [{ "00080100": ["SH", value], "00080102": ["SH", "DCM"], "00080104": ["LO", meaning] }],
];

/** Each file once, whatever frames of it were chosen. */
const evidence = (study: readonly Seen[]): Items =>
  grouped(study, ({ origin }) => origin.series).map((series) => ({
    "0020000E": ["UI", series[0].origin.series],
    "00081199": [
      "SQ",
      grouped(series, ({ origin }) => origin.instance).map(([{ origin }]) => ({
        "00081150": ["UI", origin.sopClass],
        "00081155": ["UI", origin.instance],
      })),
    ],
  }));

const observer = (name: string): Tags => ({
  "0040A010": ["CS", "HAS OBS CONTEXT"],
  "0040A040": ["CS", "PNAME"],
  "0040A043": code("121008", "Person Observer Name"),
  "0040A123": ["PN", name],
});

const image = (seen: Seen): Tags => ({
  "00081199": ["SQ", [reference(seen)]],
  "0040A010": ["CS", "CONTAINS"],
  "0040A040": ["CS", "IMAGE"],
});
