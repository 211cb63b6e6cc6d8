/** A PNG from its first chunk to its last (ISO/IEC 15948), before anything is made of it. */
import { MOST_PIXELS } from "../limits.ts";
import { Refused } from "../sheet.ts";
import type { Size } from "./jpeg.ts";

const SIGNATURE = 8;
/** Length, name and check of a chunk. */
const AROUND = 12;
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** First column and row of each pass of an interlaced picture, and how far its pixels are apart. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

interface Head extends Size {
  /** Of one pixel. */
  readonly bits: number;
  readonly interlaced: boolean;
}

/**
 * Its size, and whether it moves. What is packed is unpacked once and counted: rejects with Refused for
 * what is cut, or unpacks to something else than the picture that it says to be.
 */
export async function sizeOfPng(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Size & { readonly moving: boolean }> {
  const { head, packed, moving } = chunksOf(bytes);
  if (head.width * head.height > MOST_PIXELS) throw new Refused("too_large");
  const wanted = unpackedOf(head);
  let length = 0;
  try {
    const unpacking = new Blob(packed).stream().pipeThrough(new DecompressionStream("deflate"));
    const reader = unpacking.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > wanted) {
        await reader.cancel();
        break;
      }
    }
  } catch {
    throw new Refused("broken", "what is packed is broken");
  }
  if (length !== wanted) throw new Refused("broken", "it unpacks to another picture");
  return { width: head.width, height: head.height, moving };
}

function chunksOf(bytes: Uint8Array<ArrayBuffer>) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed: Uint8Array<ArrayBuffer>[] = [];
  let head: Head | undefined;
  let moving = false;
  for (let at = SIGNATURE; ; ) {
    if (at + AROUND > bytes.length) throw new Refused("broken", "no end");
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const next = at + AROUND + length;
    if (next > bytes.length) throw new Refused("broken", "it is cut");
    if ((name === "IHDR") !== !head) throw new Refused("broken", "no head, or two");
    if (name === "IHDR") head = headOf(view, at + 8, length);
    else if (name === "IDAT") packed.push(bytes.subarray(at + 8, at + 8 + length));
    else if (name === "acTL") moving = true;
    else if (name === "IEND") break;
    at = next;
  }
  if (!head || packed.length === 0) throw new Refused("broken", "no picture");
  return { head, packed, moving };
}

function headOf(view: DataView, at: number, length: number): Head {
  if (length !== 13) throw new Refused("broken", "another head");
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const samples = SAMPLES[view.getUint8(at + 9)] ?? 0;
  const bits = samples * view.getUint8(at + 8);
  if (width === 0 || height === 0 || bits === 0 || bits > 64) throw new Refused("broken");
  return { width, height, bits, interlaced: view.getUint8(at + 12) === 1 };
}

/** Bytes of all lines, with the one before each that says how it is filtered. */
function unpackedOf({ width, height, bits, interlaced }: Head): number {
  const lines = (columns: number, rows: number): number =>
    columns > 0 && rows > 0 ? rows * (1 + Math.ceil((columns * bits) / 8)) : 0;
  if (!interlaced) return lines(width, height);
  return PASSES.map(([x, y, across, down]) =>
    lines(Math.ceil((width - x) / across), Math.ceil((height - y) / down)),
  ).reduce((sum, one) => sum + one, 0);
}
