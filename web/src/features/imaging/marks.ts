/** What somebody drew on pictures: lengths, angles, notes. */
import type { Point } from "./geometry.ts";

export type MarkKind = "length" | "angle" | "note";

export interface Mark {
  readonly id: number;
  /** `shape`: a line that another program has drawn, and that nothing is measured of. */
  readonly kind: MarkKind | "shape";
  /** Two of a length, three of an angle (its corner second), one of a note. */
  readonly points: readonly Point[];
  readonly text: string;
}

const POINTS: Readonly<Record<MarkKind, number>> = { length: 2, angle: 3, note: 1 };
/** Of one picture, and of a study. */
export const [MOST_MARKS, MOST_KEY_IMAGES] = [100, 500];
export const MOST_NOTE = 120;

export const isWhole = ({ kind, points }: Pick<Mark, "kind" | "points">): boolean =>
  kind === "shape" || points.length === POINTS[kind];
