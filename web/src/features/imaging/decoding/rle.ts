/** Run lengths (PS3.5 annex G): each byte of a sample is a segment of its own, the highest first. */
import { Refused } from "../dicom/head.ts";
import type { Shape } from "./shape.ts";

const HEAD = 64;
const MOST_SEGMENTS = 15;

/** The frame as it would lie there without compression, sample by sample. Throws Refused. */
export function unpackRuns(
  packed: Uint8Array,
  { rows, columns, samples, bytes }: Shape,
): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const wanted = samples * bytes;
  const count = packed.length < HEAD ? 0 : view.getUint32(0, true);
  if (count !== wanted || count > MOST_SEGMENTS)
    throw new Refused("broken", "another form of runs");
  const pixels = rows * columns;
  const unpacked = new Uint8Array(pixels * wanted);
  for (let segment = 0; segment < count; segment += 1) {
    const from = view.getUint32(4 + 4 * segment, true);
    const next = segment + 1 < count ? view.getUint32(8 + 4 * segment, true) : packed.length;
    if (from < HEAD || next < from || next > packed.length) throw new Refused("broken", "segments");
    const sample = Math.floor(segment / bytes);
    const byte = bytes - 1 - (segment % bytes);
    unpackSegment(packed.subarray(from, next), unpacked, sample * bytes + byte, wanted);
  }
  return unpacked;
}

function unpackSegment(packed: Uint8Array, into: Uint8Array, first: number, step: number): void {
  let [at, to] = [0, first];
  while (to < into.length) {
    const control = packed[at];
    if (control === undefined) throw new Refused("broken", "runs end too early");
    at += 1;
    if (control === 128) continue;
    const repeated = control > 128;
    const length = repeated ? 257 - control : control + 1;
    if (at + (repeated ? 1 : length) > packed.length) throw new Refused("broken", "a run is cut");
    for (let n = 0; n < length && to < into.length; n += 1, to += step) {
      into[to] = packed[repeated ? at : at + n] ?? 0;
    }
    at += repeated ? 1 : length;
  }
}
