/** The marks of a presentation state (PS3.3 C.10.5), as far as they are drawn here. */
import type { DataSet } from "dicom-parser";
import { inert } from "../../inert.ts";
import { textOf, wholeTextOf } from "../dicom/text.ts";
import type { Point } from "../geometry.ts";
import { type Mark, MOST_NOTE } from "../marks.ts";
import { MOST_DRAWN, MOST_ON, MOST_PLACES, MOST_POINTS, OWN_MEASURE, UID } from "./classes.ts";
import type { SavedMarks, Target } from "./model.ts";
import { framesOf, itemsOf } from "./tags.ts";

type Found = Omit<Mark, "id">;

/** `ours`: what its texts measure is measured again. Whatever cannot be drawn is counted. */
export function drawnIn(tags: DataSet, ours: boolean): Pick<SavedMarks, "marks" | "left"> {
  const everywhere = targets(
    itemsOf(tags, "x00081115").flatMap((series) => itemsOf(series, "x00081140")),
  );
  const marks: SavedMarks["marks"][number][] = [];
  let [left, places] = [0, 0];
  for (const annotation of itemsOf(tags, "x00700001")) {
    const own = itemsOf(annotation, "x00081140");
    const on = own.length > 0 ? targets(own) : everywhere;
    const { found, refused } = marksOf(annotation, tags, ours);
    left += refused;
    for (const mark of found) {
      places += on.length;
      const fits = marks.length < MOST_DRAWN && places <= MOST_PLACES;
      if (on.length > 0 && fits) marks.push({ ...mark, on });
      else left += 1;
    }
  }
  return { marks, left };
}

/** No more references are read than a mark may be on. */
function targets(references: readonly DataSet[]): readonly Target[] {
  const found: Target[] = [];
  for (const item of references) {
    found.push(...framesOf(item).filter(({ instance }) => UID.test(instance)));
    if (found.length >= MOST_ON) break;
  }
  return found.slice(0, MOST_ON);
}

function marksOf(annotation: DataSet, root: DataSet, ours: boolean) {
  const graphics = itemsOf(annotation, "x00700009");
  const texts = itemsOf(annotation, "x00700008");
  const said = texts
    .map((item) => ({ item, text: inert(wholeTextOf(item, "x00700006", root), MOST_NOTE) }))
    .filter(({ text }) => text !== "" && !(ours && OWN_MEASURE.test(text)));
  const drawn = graphics.map((item) => graphicOf(item, ours));
  const shapes = drawn.filter((one) => one !== null);
  const [first, ...others] = shapes;
  const text = inert(said.map((one) => one.text).join(" · "), MOST_NOTE);
  if (first) {
    const found: Found[] = [{ ...first, text }, ...others.map((one) => ({ ...one, text: "" }))];
    return { found, refused: drawn.length - shapes.length };
  }
  // Texts alone are notes, each where it stands.
  const notes = said.map(({ item, text: note }) => {
    const point = placeOf(item);
    return point && { kind: "note" as const, points: [point], text: note };
  });
  const found: Found[] = notes.filter((one) => one !== null);
  return { found, refused: graphics.length + notes.length - found.length };
}

/** Where a text stands: the point that it is of, or the middle of its box. */
function placeOf(item: DataSet): Point | null {
  const anchored = pixels(item, "x00700004") ? pointsIn(item, "x00700014", 1) : null;
  if (anchored) return anchored[0] ?? null;
  if (!pixels(item, "x00700003")) return null;
  const [one] = pointsIn(item, "x00700010", 1) ?? [];
  const [other] = pointsIn(item, "x00700011", 1) ?? [];
  return one && other ? { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 } : null;
}

/** Positions on the screen are of another screen. */
const pixels = (item: DataSet, units: string): boolean => textOf(item, units) === "PIXEL";

/** Lines of others may be arrows: nothing is measured of them. */
function graphicOf(item: DataSet, ours: boolean): Omit<Found, "text"> | null {
  const count = item.uint16("x00700021") ?? 0;
  if (!pixels(item, "x00700005") || item.uint16("x00700020") !== 2) return null;
  if (count < 1 || count > MOST_POINTS) return null;
  const points = pointsIn(item, "x00700022", count);
  if (!points) return null;
  const [one, two] = points;
  switch (textOf(item, "x00700023")) {
    case "POINT":
      return count === 1 ? { kind: "note", points } : null;
    case "POLYLINE":
    case "INTERPOLATED":
      if (count < 2) return null;
      if (!ours || count > 3) return { kind: "shape", points };
      return { kind: count === 2 ? "length" : "angle", points };
    case "CIRCLE":
      return count === 2 && one && two ? { kind: "shape", points: circle(one, two) } : null;
    case "ELLIPSE":
      return count === 4 ? { kind: "shape", points: ellipse(points) } : null;
    default:
      return null;
  }
}

/** Null where one is missing, or no number, or far outside of any picture. */
function pointsIn(item: DataSet, tag: string, count: number): readonly Point[] | null {
  if ((item.elements[tag]?.length ?? 0) !== 8 * count) return null;
  const points = Array.from({ length: count }, (_, at) => ({
    x: item.float(tag, 2 * at) ?? Number.NaN,
    y: item.float(tag, 2 * at + 1) ?? Number.NaN,
  }));
  return points.every(({ x, y }) => Math.abs(x) <= MOST && Math.abs(y) <= MOST) ? points : null;
}

/** A file has at most so many rows, and as many columns. */
const MOST = 65_535;
const STEPS = 48;

const around = (middle: Point, one: Point, other: Point): readonly Point[] =>
  Array.from({ length: STEPS + 1 }, (_, at) => {
    const turned = (2 * Math.PI * at) / STEPS;
    const [cos, sin] = [Math.cos(turned), Math.sin(turned)];
    return {
      x: middle.x + one.x * cos + other.x * sin,
      y: middle.y + one.y * cos + other.y * sin,
    };
  });

/** Its middle, and a point of it. */
function circle(middle: Point, on: Point): readonly Point[] {
  const [x, y] = [on.x - middle.x, on.y - middle.y];
  return around(middle, { x, y }, { x: -y, y: x });
}

/** Both ends of its long axis, then of its short one. */
function ellipse(points: readonly Point[]): readonly Point[] {
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return points;
  const half = (one: Point, other: Point) => ({
    x: (other.x - one.x) / 2,
    y: (other.y - one.y) / 2,
  });
  return around({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, half(a, b), half(c, d));
}
