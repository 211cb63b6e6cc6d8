/** One frame of a DICOM file, from its bytes to what is drawn. Runs in the worker of its own. */
import { type Head, Refused, readHead } from "../dicom/head.ts";
import { MOST_FILE } from "../limits.ts";
import type { Picture } from "../picture.ts";
import { type Codecs, knows } from "./codecs.ts";
import { frameOf } from "./fragments.ts";
import { meaningOf } from "./meaning.ts";
import { unpackRuns } from "./rle.ts";
import { colorsOf, paletteOf, rangeOf, samplesOf } from "./samples.ts";
import { type Shape, shapeOf } from "./shape.ts";

const BIG_ENDIAN = "1.2.840.10008.1.2.2";
const RUNS = "1.2.840.10008.1.2.5";
/** Two pixels share what colour they have. */
const HALF = "YBR_FULL_422";
const PLAIN: readonly string[] = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", BIG_ENDIAN];

/** Rejects with Refused. */
export async function decode(file: Uint8Array, frame: number, codecs: Codecs): Promise<Picture> {
  if (file.length > MOST_FILE) throw new Refused("too_large");
  const head = readHead(file);
  const shape = shapeOf(head.tags);
  if (!head.pixels) throw new Refused("no_image");
  if (frame >= shape.frames) throw new Refused("broken", "no such frame");
  const { bytes, photometric, planar } = await frameBytes(file, head, shape, frame, codecs);
  const content = contentOf(bytes, head, { ...shape, planar }, photometric);
  const { rows, columns, frames } = shape;
  const range = content.color ? ([0, 255] as const) : rangeOf(content.samples);
  return { rows, columns, frames, content, range, ...meaningOf(head.tags, frame) };
}

interface FrameBytes {
  readonly bytes: Uint8Array;
  readonly photometric: string;
  readonly planar: boolean;
}

async function frameBytes(
  file: Uint8Array,
  { syntax, pixels }: Head,
  shape: Shape,
  frame: number,
  codecs: Codecs,
): Promise<FrameBytes> {
  const { photometric, planar } = shape;
  const at = pixels?.at ?? 0;
  if (PLAIN.includes(syntax)) {
    const swapped = syntax === BIG_ENDIAN && shape.bytes === 1 && pixels?.words;
    const plain = swapped ? turned(file, at) : file;
    return { bytes: plainFrame(plain, at, shape, frame), photometric, planar };
  }
  if (syntax !== RUNS && !knows(syntax)) throw new Refused("unsupported", syntax);
  if (!pixels?.open) throw new Refused("broken", "compressed pixels of a fixed length");
  const stream = frameOf(file, at, frame, shape.frames);
  if (syntax === RUNS) {
    if (photometric === HALF) throw new Refused("unsupported", "runs of shared colours");
    return { bytes: unpackRuns(stream, shape), photometric, planar: false };
  }
  const { bytes, colors } = await codecs.decode(syntax, stream, shape);
  // Sample by sample, differences and all.
  return { bytes, photometric: colors === HALF ? "YBR_FULL" : colors, planar: false };
}

function plainFrame(file: Uint8Array, at: number, shape: Shape, frame: number): Uint8Array {
  const { rows, columns, samples, bytes, photometric } = shape;
  const each = photometric === HALF ? 2 : samples;
  const length = rows * columns * each * bytes;
  const from = at + frame * length;
  if (at + shape.frames * length > file.length) throw new Refused("broken", "too few pixels");
  return file.subarray(from, from + length);
}

/** Bytes that were written as words of 16 bits, from there on, in the order of a reader of bytes. */
function turned(file: Uint8Array, from: number): Uint8Array {
  const bytes = file.slice();
  for (let at = from; at + 1 < bytes.length; at += 2) {
    bytes[at] = file[at + 1] ?? 0;
    bytes[at + 1] = file[at] ?? 0;
  }
  return bytes;
}

function contentOf(
  bytes: Uint8Array,
  { tags, syntax }: Head,
  shape: Shape,
  photometric: string,
): Picture["content"] {
  if (shape.samples === 3) return { color: true, pixels: colorsOf(bytes, shape, photometric) };
  const samples = samplesOf(bytes, shape, syntax === BIG_ENDIAN);
  if (photometric === "PALETTE COLOR")
    return { color: true, pixels: paletteOf(samples, tags, shape.signed) };
  return { color: false, samples, inverted: photometric === "MONOCHROME1" };
}
