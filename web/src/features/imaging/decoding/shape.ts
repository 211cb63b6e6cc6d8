/** What a file says of its pixels, checked before anything is made of it (PS3.3 C.7.6.3). */
import type { DataSet } from "dicom-parser";
import { Refused } from "../dicom/head.ts";
import { MOST_FRAMES, MOST_SAMPLES } from "../limits.ts";

export interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: 1 | 3;
  /** Bytes of one sample. */
  readonly bytes: 1 | 2;
  /** Bits that count of it. */
  readonly stored: number;
  readonly signed: boolean;
  readonly photometric: string;
  /** All red, then all green, then all blue. */
  readonly planar: boolean;
}

const KNOWN: readonly string[] = [
  "MONOCHROME1",
  "MONOCHROME2",
  "PALETTE COLOR",
  "RGB",
  "YBR_FULL",
  "YBR_FULL_422",
  "YBR_ICT",
  "YBR_RCT",
];

/** Throws Refused. */
export function shapeOf(tags: DataSet): Shape {
  const [rows, columns] = [tags.uint16("x00280010") ?? 0, tags.uint16("x00280011") ?? 0];
  if (rows === 0 || columns === 0) throw new Refused("no_image");
  const samples = tags.uint16("x00280002") ?? 1;
  const allocated = tags.uint16("x00280100") ?? 0;
  const stored = tags.uint16("x00280101") ?? allocated;
  const photometric = tags.string("x00280004")?.trim() ?? "";
  const frames = tags.intString("x00280008") ?? 1;
  if (rows * columns * samples > MOST_SAMPLES || frames > MOST_FRAMES)
    throw new Refused("too_large");
  if (samples !== 1 && samples !== 3)
    throw new Refused("unsupported", `${samples} samples a pixel`);
  if (allocated !== 8 && allocated !== 16) throw new Refused("unsupported", `${allocated} bits`);
  if (!KNOWN.includes(photometric)) throw new Refused("unsupported", photometric);
  if (stored < 1 || stored > allocated || !(frames >= 1)) throw new Refused("broken");
  if ((samples === 3) !== !/^(MONO|PALETTE)/.test(photometric)) throw new Refused("broken");
  // Older devices put the bits that count elsewhere than at the low end.
  const high = tags.uint16("x00280102") ?? stored - 1;
  if (high !== stored - 1) throw new Refused("unsupported", `high bit ${high} of ${stored}`);
  if (samples === 3 && allocated !== 8) throw new Refused("unsupported", "deep colours");
  return {
    rows,
    columns,
    frames,
    samples,
    bytes: allocated === 8 ? 1 : 2,
    stored,
    signed: tags.uint16("x00280103") === 1,
    photometric,
    planar: tags.uint16("x00280006") === 1,
  };
}
