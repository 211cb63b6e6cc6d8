/** In which order the files of a study are shown (Studies). */
import type { DataSet } from "dicom-parser";
import { type Dataset, textOfTag } from "../../sealing/study.ts";

type Vector = readonly [number, number, number];

/** Where an image lies: its first pixel, and the normal of its plane. */
export interface Plane {
  readonly normal: Vector;
  readonly position: Vector;
}

const dot = ([a, b, c]: Vector, [x, y, z]: Vector): number => a * x + b * y + c * z;

/** Planes are parallel up to half a degree. */
const PARALLEL = Math.cos(Math.PI / 360);
/** Millimetres. */
const APART = 1e-3;

function numbersOf(tags: DataSet, tag: string, count: number): readonly number[] | null {
  const found = Array.from({ length: count }, (_, at) => tags.floatString(tag, at));
  return found.every((value) => value !== undefined && Number.isFinite(value))
    ? (found as number[])
    : null;
}

/** Null where the file does not say where it lies. */
export function planeOf(tags: DataSet): Plane | null {
  const position = numbersOf(tags, "x00200032", 3);
  const orientation = numbersOf(tags, "x00200037", 6);
  if (!position || !orientation) return null;
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = orientation;
  const normal = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx] as const;
  const length = Math.hypot(...normal);
  if (length < APART) return null;
  const [nx, ny, nz] = [normal[0] / length, normal[1] / length, normal[2] / length];
  const [x = 0, y = 0, z = 0] = position;
  return { normal: [nx, ny, nz], position: [x, y, z] };
}

/** What the order of a series is made of. */
export interface Placed {
  readonly dataset: Dataset;
  readonly plane: Plane | null;
}

const uidOf = ({ dataset }: Placed): string => textOfTag(dataset, "00080018");

function numberOf(dataset: Dataset, tag: string): number {
  const text = textOfTag(dataset, tag);
  return text === "" ? Number.POSITIVE_INFINITY : Number(text);
}

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
/** Both may be infinite. */
const byNumber = (one: number, other: number): number => (one === other ? 0 : one - other);

/** Those of one series. */
export function inOrder<P extends Placed>(instances: readonly P[]): readonly P[] {
  const sorted = [...instances].sort(
    (one, other) =>
      byNumber(numberOf(one.dataset, "00200013"), numberOf(other.dataset, "00200013")) ||
      byText(uidOf(one), uidOf(other)),
  );
  const places = placesAlong(sorted.map(({ plane }) => plane));
  if (!places) return sorted;
  return sorted
    .map((one, at) => ({ one, place: places[at] ?? 0 }))
    .sort((left, right) => left.place - right.place)
    .map(({ one }) => one);
}

/** Along the normal of the first, where all are in parallel planes at different places; else null. */
function placesAlong(planes: readonly (Plane | null)[]): readonly number[] | null {
  const found = planes.filter((plane) => plane !== null);
  const [first] = found;
  if (!first || found.length !== planes.length) return null;
  // Seen from behind a plane is parallel too.
  if (!found.every(({ normal }) => Math.abs(dot(normal, first.normal)) > PARALLEL)) return null;
  const places = found.map(({ position }) => dot(first.normal, position));
  const ascending = [...places].sort((one, other) => one - other);
  const apart = ascending.every((place, n) => n === 0 || place - (ascending[n - 1] ?? 0) > APART);
  return apart ? places : null;
}

/** What has no date comes last. */
const dateOf = (tags: Dataset): string => textOfTag(tags, "00080020") || "~";

export const byDate = (one: Dataset, other: Dataset): number =>
  byText(dateOf(one), dateOf(other)) ||
  byText(textOfTag(one, "0020000D"), textOfTag(other, "0020000D"));

export const bySeries = (one: Dataset, other: Dataset): number =>
  byNumber(numberOf(one, "00200011"), numberOf(other, "00200011")) ||
  byText(textOfTag(one, "0020000E"), textOfTag(other, "0020000E"));
