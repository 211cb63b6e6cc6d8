/**
 * How large a compressed picture says to be: compared with what the file says before a decoder makes
 * room for it. JPEG (ITU T.81 B.2.2), JPEG-LS (ITU T.87 C.2.2), JPEG 2000 (ITU T.800 A.5.1).
 */
import { Refused } from "../dicom/head.ts";
import type { Shape } from "./shape.ts";

interface Size {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
}

const [START, QUANTIZE, NOT_FRAMES] = [0xd8, 0x51, [0xc4, 0xc8, 0xcc]];
const LOSSLESS_FRAME = 0xf7;

const isFrame = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf && !NOT_FRAMES.includes(marker)) || marker === LOSSLESS_FRAME;

function jpegSize(view: DataView): Size {
  let at = 2;
  while (at + 9 < view.byteLength) {
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff) break;
    if (marker === 0xff) {
      at += 1;
    } else if (isFrame(marker)) {
      const [rows, columns] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return { rows, columns, samples: view.getUint8(at + 9) };
    } else {
      at += 2 + view.getUint16(at + 2);
    }
  }
  throw new Refused("broken", "a picture without a size");
}

const ADOBE = [0x41, 0x64, 0x6f, 0x62, 0x65];
const [APP14, SCAN, RED] = [0xee, 0xda, 0x52];

/** Whether a JPEG of three components says that they are red, green and blue, as decoders guess it. */
export function marksRgb(stream: Uint8Array): boolean {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let at = 2; at + 15 < view.byteLength && view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    if (marker === SCAN) break;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === APP14 && ADOBE.every((byte, n) => view.getUint8(at + 4 + n) === byte)) {
      return view.getUint8(at + 15) === 0;
    }
    // The names of the components are their letters.
    if (isFrame(marker) && view.getUint8(at + 10) === RED) return true;
    at += 2 + view.getUint16(at + 2);
  }
  return false;
}

function jpeg2000Size(view: DataView): Size {
  if (view.byteLength < 42) throw new Refused("broken", "a picture without a size");
  const columns = view.getUint32(8) - view.getUint32(16);
  const rows = view.getUint32(12) - view.getUint32(20);
  return { rows, columns, samples: view.getUint16(40) };
}

/** Throws Refused where the picture is of another size than the file says. */
export function checkSize(stream: Uint8Array, { rows, columns, samples }: Shape): void {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const [first, second] = [stream[0], stream[1]];
  if (first !== 0xff) throw new Refused("broken", "not a compressed picture");
  const j2k = second === 0x4f && stream[3] === QUANTIZE;
  if (!j2k && second !== START) throw new Refused("broken", "not a compressed picture");
  const said = j2k ? jpeg2000Size(view) : jpegSize(view);
  const same = said.rows === rows && said.columns === columns && said.samples === samples;
  if (!same) throw new Refused("broken", "another size than the file says");
}
