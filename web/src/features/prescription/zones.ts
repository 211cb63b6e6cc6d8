/** The zones of a prescription: two for a patient with a long-term illness, else one without a name. */
import { keysOf, ZONES, type Zone } from "./vocabulary.ts";

interface Zoned {
  readonly zone: Zone | null;
}

export interface LinesOfZone<T> {
  readonly zone: Zone | null;
  /** The number of its first line on the page, from 0. */
  readonly first: number;
  readonly lines: readonly T[];
}

/** The upper zone first; both of two, though one may have no line. */
export function zonesOf<T extends Zoned>(lines: readonly T[]): readonly LinesOfZone<T>[] {
  if (lines.every(({ zone }) => zone === null)) return [{ zone: null, first: 0, lines }];
  let first = 0;
  return keysOf(ZONES).map((zone) => {
    const found = { zone, first, lines: lines.filter((line) => line.zone === zone) };
    first += found.lines.length;
    return found;
  });
}

/** As they stand on the page: in each zone as they were written. */
export const inZones = <T extends Zoned>(lines: readonly T[]): readonly T[] =>
  zonesOf(lines).flatMap((zone) => zone.lines);
