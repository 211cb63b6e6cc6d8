/** What the values of a frame mean, and what a file says of itself. */
import type { DataSet } from "dicom-parser";
import { originOf } from "../dicom/origin.ts";
import { lettersOf, nameForPeople, textOf } from "../dicom/text.ts";
import type { Edges, Fact, FactKey, Picture, Spacing, Window } from "../picture.ts";

const [SHARED, PER_FRAME] = ["x52009229", "x52009230"];

/** Where a frame's own values are: in the file itself, or in its groups (PS3.3 C.7.6.16). */
function placesOf(tags: DataSet, frame: number, group: string): readonly DataSet[] {
  const within = (sequence: string, item: number): DataSet | undefined =>
    tags.elements[sequence]?.items?.[item]?.dataSet?.elements[group]?.items?.[0]?.dataSet;
  return [within(PER_FRAME, frame), within(SHARED, 0), tags].filter((one) => one !== undefined);
}

function numbers(places: readonly DataSet[], tag: string): readonly number[] {
  const place = places.find(({ elements }) => elements[tag]);
  const count = place?.numStringValues(tag) ?? 0;
  const found = Array.from({ length: Math.min(count, 16) }, (_, at) => place?.floatString(tag, at));
  return found.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
}

function windowsOf(tags: DataSet, frame: number): readonly Window[] {
  const places = placesOf(tags, frame, "x00289132");
  const [centers, widths] = [numbers(places, "x00281050"), numbers(places, "x00281051")];
  return centers
    .map((center, at) => ({ center, width: widths[at] ?? 0 }))
    .filter(({ width }) => width >= 1);
}

function spacingOf(tags: DataSet, frame: number): Spacing | null {
  const places = placesOf(tags, frame, "x00289110");
  const [body, detector] = [numbers(places, "x00280030"), numbers(places, "x00181164")];
  // Of projections: as far apart as at the detector means that nobody has corrected it (10.7.1.3).
  const same = body[0] === detector[0] && body[1] === detector[1] && !tags.elements["x00280a02"];
  const [row = 0, column = 0] = body.length > 0 ? body : detector;
  if (!(row > 0 && column > 0)) return null;
  return { row, column, detector: body.length === 0 || same };
}

/** The letters of a direction in the body: those of its larger parts. */
function lettersOfDirection(direction: readonly number[]): string {
  const names = ["LR", "PA", "HF"] as const;
  return direction
    .map((part, axis) => ({ size: Math.abs(part), letter: names[axis]?.[part > 0 ? 0 : 1] ?? "" }))
    .filter(({ size }) => size > 0.3)
    .sort((one, other) => other.size - one.size)
    .map(({ letter }) => letter)
    .join("");
}

const OPPOSITE: Readonly<Record<string, string>> = {
  L: "R",
  R: "L",
  A: "P",
  P: "A",
  H: "F",
  F: "H",
};
const opposite = (letters: string): string =>
  [...letters].map((letter) => OPPOSITE[letter] ?? "").join("");

function edgesOf(tags: DataSet, frame: number): Edges | null {
  const along = numbers(placesOf(tags, frame, "x00209116"), "x00200037");
  const said = (tags.string("x00200020") ?? "").split("\\").map((part) => part.trim());
  const [right = "", bottom = ""] =
    along.length === 6
      ? [lettersOfDirection(along.slice(0, 3)), lettersOfDirection(along.slice(3))]
      : said.every((part) => /^[LRAPHF]{1,3}$/.test(part))
        ? said
        : [];
  if (right === "" || bottom === "") return null;
  return { left: opposite(right), right, top: opposite(bottom), bottom };
}

/** Tables of values, and other ways to grey than the straight one (C.11.1, C.11.2). */
const isApproximate = (tags: DataSet): boolean =>
  tags.elements["x00283000"] !== undefined ||
  tags.elements["x00283010"] !== undefined ||
  !["", "LINEAR"].includes(textOf(tags, "x00281056"));

function aspectOf(tags: DataSet, spacing: Spacing | null): number {
  const [height = 1, width = 1] = numbers([tags], "x00280034");
  const ratio = spacing ? spacing.row / spacing.column : height / width;
  return ratio > 0.1 && ratio < 10 ? ratio : 1;
}

export function meaningOf(
  tags: DataSet,
  frame: number,
): Omit<Picture, "rows" | "columns" | "frames" | "content" | "range"> {
  const values = placesOf(tags, frame, "x00289145");
  const [slope = 1] = numbers(values, "x00281053");
  const [intercept = 0] = numbers(values, "x00281052");
  const spacing = spacingOf(tags, frame);
  const unit = textOf(tags, "x00281054") || (textOf(tags, "x00080060") === "CT" ? "HU" : "");
  return {
    slope: slope === 0 ? 1 : slope,
    intercept,
    windows: windowsOf(tags, frame),
    spacing,
    aspect: aspectOf(tags, spacing),
    unit: unit === "US" ? "" : unit,
    approximate: isApproximate(tags),
    edges: edgesOf(tags, frame),
    facts: factsOf(tags, frame),
    origin: originOf(tags),
  };
}

/** In the order in which they are shown. */
const FACTS: readonly (readonly [key: FactKey, tag: string, vr?: "PN" | "DA" | "TM"])[] = [
  ["patient", "x00100010", "PN"],
  ["patientId", "x00100020"],
  ["birth", "x00100030", "DA"],
  ["sex", "x00100040"],
  ["study", "x00081030"],
  ["studyDate", "x00080020", "DA"],
  ["studyTime", "x00080030", "TM"],
  ["series", "x0008103e"],
  ["modality", "x00080060"],
  ["bodyPart", "x00180015"],
  ["laterality", "x00200062"],
  ["laterality", "x00200060"],
  ["view", "x00185101"],
  ["institution", "x00080080"],
  ["referring", "x00080090", "PN"],
  ["manufacturer", "x00080070"],
  ["device", "x00081090"],
  ["thickness", "x00180050"],
  ["voltage", "x00180060"],
  ["current", "x00181151"],
  ["contrast", "x00180010"],
  ["number", "x00200013"],
];

function factsOf(tags: DataSet, frame: number): readonly Fact[] {
  const found = FACTS.flatMap(([key, tag, vr]) => {
    const text = textOf(tags, tag);
    const value = vr === "PN" ? nameForPeople(lettersOf(text)) : written(text, vr);
    return value === "" ? [] : [{ key, value }];
  });
  const place = numbers(placesOf(tags, frame, "x00209113"), "x00200032").join(" · ");
  const lossy = textOf(tags, "x00282110") === "01" ? textOf(tags, "x00282112") || "?" : "";
  const more = [
    { key: "position", value: place },
    { key: "lossy", value: lossy },
  ] as const;
  const all = [...found, ...more.filter(({ value }) => value !== "")];
  // An image may say its side twice.
  return all.filter(({ key }, at) => all.findIndex((one) => one.key === key) === at);
}

/** Dates and times as they are, with what separates their parts. */
function written(text: string, vr: "DA" | "TM" | undefined): string {
  if (vr === "DA") return text.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
  return vr === "TM" ? text.replace(/^(\d\d)(\d\d)(\d\d)?.*$/, "$1:$2") : text;
}
