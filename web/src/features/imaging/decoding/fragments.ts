/** Finds the bytes of one frame among a file's pixels (PS3.5 A.4). */
import { Refused } from "../dicom/head.ts";

const ITEM = 0xe000fffe;
const END = 0xe0ddfffe;
const ITEM_HEAD = 8;

/** Bytes `at` to before `end` of a file. */
export interface Piece {
  readonly at: number;
  readonly end: number;
}

/** The pieces behind the offset table, and the offsets it tells. Throws Refused. */
function piecesOf(bytes: Uint8Array, from: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces: Piece[] = [];
  let at = from;
  for (;;) {
    if (at + ITEM_HEAD > bytes.length) throw new Refused("broken", "pieces without an end");
    const [tag, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    at += ITEM_HEAD;
    if (tag === END) break;
    if (tag !== ITEM || at + length > bytes.length) throw new Refused("broken", "not a piece");
    pieces.push({ at, end: at + length });
    at += length;
  }
  const [table, ...rest] = pieces;
  const offsets: number[] = [];
  for (let n = table?.at ?? 0; table && n + 4 <= table.end; n += 4) {
    offsets.push(view.getUint32(n, true));
  }
  return { offsets, pieces: rest };
}

/** The compressed bytes of a frame, of a file whose pieces begin there. Throws Refused. */
export function frameOf(
  bytes: Uint8Array,
  from: number,
  frame: number,
  frames: number,
): Uint8Array {
  const { offsets, pieces } = piecesOf(bytes, from);
  const own = ownPieces(offsets, pieces, frame, frames);
  const [first] = own;
  if (!first) throw new Refused("broken", "a frame without pieces");
  if (own.length === 1) return bytes.subarray(first.at, first.end);
  const whole = new Uint8Array(own.reduce((sum, { at, end }) => sum + end - at, 0));
  let filled = 0;
  for (const { at, end } of own) {
    whole.set(bytes.subarray(at, end), filled);
    filled += end - at;
  }
  return whole;
}

function ownPieces(
  offsets: readonly number[],
  pieces: readonly Piece[],
  frame: number,
  frames: number,
): readonly Piece[] {
  if (frames === 1) return pieces;
  if (pieces.length === frames) return pieces.slice(frame, frame + 1);
  const [first] = pieces;
  if (!first || offsets.length !== frames) throw new Refused("broken", "whose piece is whose");
  // The table counts from the first piece's item on.
  const begin = (offsets[frame] ?? 0) + first.at;
  const end = (offsets[frame + 1] ?? Number.POSITIVE_INFINITY) + first.at;
  return pieces.filter(({ at }) => at >= begin && at < end);
}
