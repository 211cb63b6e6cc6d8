/** Marks as a Grayscale Softcopy Presentation State (PS3.3 A.33.1). */
import { type Items, type Tags, writeDicom } from "../dicom/writing.ts";
import { angleOf, lengthOf, type Point } from "../geometry.ts";
import { grouped } from "../grouping.ts";
import { isWhole, type Mark } from "../marks.ts";
import { PRESENTATION } from "./classes.ts";
import { headTags, momentOf, personName, reference, type Writing } from "./document.ts";
import type { Drawn, Seen } from "./model.ts";

const LAYER = "MEASUREMENTS";

/**
 * One file for each study, and for each way of its values to become grey: a reader applies that of the
 * file, and not the picture's own.
 */
export function writePresentations(
  drawn: readonly Drawn[],
  writing: Writing,
): readonly Uint8Array[] {
  const whole = drawn
    .map(({ seen, marks }) => ({ seen, marks: marks.filter(isWhole) }))
    .filter(({ marks }) => marks.length > 0);
  const kindOf = ({ seen: { origin, inverted, slope, intercept, unit } }: Drawn): string =>
    JSON.stringify([origin.study, inverted, slope, intercept, unit]);
  return grouped(whole, kindOf).map((group) => onePresentation(group, writing));
}

function onePresentation(group: readonly [Drawn, ...Drawn[]], writing: Writing): Uint8Array {
  const [{ seen: first }] = group;
  const { date, time } = momentOf(writing.at);
  const pictures = group.map(({ seen }) => seen);
  const windowed = grouped(
    pictures.filter(({ window }) => window !== null),
    ({ window }) => JSON.stringify(window),
  );
  return writeDicom(PRESENTATION, writing.uid(), {
    ...headTags(first.origin, "PR", writing),
    "00081115": ["SQ", seriesOf(pictures)],
    "00200011": ["IS", 9901],
    "00281052": ["DS", decimal(first.intercept)],
    "00281053": ["DS", decimal(first.slope)],
    "00281054": ["LO", first.unit || "US"],
    ...(windowed.length > 0 ? { "00283110": ["SQ", windowed.map(windowOf)] as const } : {}),
    "00700001": [
      "SQ",
      group.flatMap(({ seen, marks }) => marks.map((mark) => annotation(seen, mark))),
    ],
    "0070005A": ["SQ", grouped(pictures, shapeKey).map(areaOf)],
    "00700060": ["SQ", [{ "00700002": ["CS", LAYER], "00700062": ["IS", 1] }]],
    "00700080": ["CS", LAYER],
    "00700081": ["LO", "Measurements"],
    "00700082": ["DA", date],
    "00700083": ["TM", time],
    "00700084": ["PN", personName(writing.by)],
    "20500020": ["CS", first.inverted ? "INVERSE" : "IDENTITY"],
  });
}

const refs = (pictures: readonly Seen[]): readonly ["SQ", Items] => ["SQ", pictures.map(reference)];

const seriesOf = (pictures: readonly Seen[]): Items =>
  grouped(pictures, ({ origin }) => origin.series).map((series) => ({
    "0020000E": ["UI", series[0].origin.series],
    "00081140": refs(series),
  }));

const windowOf = (pictures: readonly [Seen, ...Seen[]]): Tags => ({
  "00081140": refs(pictures),
  "00281050": ["DS", decimal(pictures[0].window?.center ?? 0)],
  "00281051": ["DS", decimal(pictures[0].window?.width ?? 1)],
});

const shapeKey = ({ rows, columns, aspect, spacing }: Seen): string =>
  JSON.stringify([rows, columns, aspect, spacing]);

/** All of the picture (PS3.3 C.10.4). */
const areaOf = (pictures: readonly [Seen, ...Seen[]]): Tags => {
  const [{ rows, columns, aspect, spacing }] = pictures;
  return {
    "00081140": refs(pictures),
    "00700052": ["SL", [1, 1]],
    "00700053": ["SL", [columns, rows]],
    "00700100": ["CS", "SCALE TO FIT"],
    ...(spacing && !spacing.detector
      ? { "00700101": ["DS", [decimal(spacing.row), decimal(spacing.column)]] as const }
      : { "00700102": ["IS", [Math.round(aspect * 1000), 1000]] as const }),
  };
};

/** One mark with its texts (PS3.3 C.10.5): what it measures, then what was noted. */
function annotation(seen: Seen, { kind, points, text, ...mark }: Mark): Tags {
  const [anchor] = points.slice(-1);
  const texts = [measured({ kind, points, text, ...mark }, seen), text].filter((one) => one !== "");
  return {
    "00081140": refs([seen]),
    "00700002": ["CS", LAYER],
    ...(texts.length > 0 && anchor
      ? { "00700008": ["SQ", texts.map((one) => textObject(one, anchor))] as const }
      : {}),
    "00700009": [
      "SQ",
      [
        {
          "00700005": ["CS", "PIXEL"],
          "00700020": ["US", 2],
          "00700021": ["US", points.length],
          "00700022": ["FL", points.flatMap(({ x, y }) => [x, y])],
          "00700023": ["CS", points.length === 1 ? "POINT" : "POLYLINE"],
        },
      ],
    ],
  };
}

const textObject = (text: string, { x, y }: Point): Tags => ({
  "00700004": ["CS", "PIXEL"],
  "00700006": ["ST", text],
  "00700014": ["FL", [x, y]],
  "00700015": ["CS", "N"],
});

/** What others show who measure nothing themselves; see OWN_MEASURE. */
function measured({ kind, points }: Mark, { spacing, aspect, rows, columns }: Seen): string {
  const [one, two, three] = points;
  if (kind === "angle" && one && two && three) {
    return `${angleOf([one, two, three], { rows, columns, aspect }).toFixed(1)}°`;
  }
  if (kind !== "length" || !one || !two) return "";
  const value = lengthOf(one, two, spacing).toFixed(1);
  if (!spacing) return `${value} px`;
  return `${value} mm${spacing.detector ? " at detector" : ""}`;
}

/** At most 16 characters (PS3.5 6.2, DS). */
function decimal(value: number): string {
  const text = String(value);
  return text.length <= 16 ? text : value.toPrecision(9);
}
