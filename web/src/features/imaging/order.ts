/** In which order the files of a study are shown (Studies). */
import type { DataSet } from "dicom-parser";
import { type Dataset, textOfTag } from "../../sealing/study.ts";

/** Where an image lies: its position along the normal of its plane, and the normal. */
export interface Plane {
  readonly normal: readonly [number, number, number];
  readonly along: number;
}

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
  return { normal: [nx, ny, nz], along: nx * x + ny * y + nz * z };
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
  const along = sorted.map(({ plane }) => plane);
  if (!lieApart(along)) return sorted;
  const at = (one: P): number => one.plane?.along ?? 0;
  return sorted.sort((one, other) => at(one) - at(other));
}

/** All in parallel planes, at different places. */
function lieApart(planes: readonly (Plane | null)[]): boolean {
  const found = planes.filter((plane) => plane !== null);
  const [first] = found;
  if (!first || found.length !== planes.length) return false;
  const parallel = found.every(
    ({ normal: [x, y, z] }) =>
      x * first.normal[0] + y * first.normal[1] + z * first.normal[2] > PARALLEL,
  );
  const places = found.map(({ along }) => along).sort((one, other) => one - other);
  return parallel && places.every((place, n) => n === 0 || place - (places[n - 1] ?? 0) > APART);
}

/** What has no date comes last. */
const dateOf = (tags: Dataset): string => textOfTag(tags, "00080020") || "~";

export const byDate = (one: Dataset, other: Dataset): number =>
  byText(dateOf(one), dateOf(other)) ||
  byText(textOfTag(one, "0020000D"), textOfTag(other, "0020000D"));

export const bySeries = (one: Dataset, other: Dataset): number =>
  byNumber(numberOf(one, "00200011"), numberOf(other, "00200011")) ||
  byText(textOfTag(one, "0020000E"), textOfTag(other, "0020000E"));
