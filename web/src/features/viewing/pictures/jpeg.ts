/** A JPEG from its first marker to its last (ITU-T T.81, annex B), before anything is made of it. */
import { Refused } from "../sheet.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

const [END, SCAN, FILL] = [0xd9, 0xda, 0xff];

/** What stands alone, without a length behind it. */
const isAlone = (marker: number): boolean => marker === 0x01 || isRestart(marker);
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;
/** Tables and extensions have numbers between those of frames. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** As it is stored, not as it is turned. Throws Refused for what is cut, or has no size. */
export function sizeOfJpeg(bytes: Uint8Array): Size {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size: Size | undefined;
  let scans = 0;
  for (let at = 2; ; ) {
    at = bytes.indexOf(FILL, at);
    const marker = at < 0 ? undefined : bytes[at + 1];
    if (marker === undefined) throw new Refused("broken", "no end");
    if (marker === END) break;
    if (marker === FILL || marker === 0) at += 1;
    else if (isAlone(marker)) at += 2;
    else {
      const length = at + 4 <= bytes.length ? view.getUint16(at + 2) : 0;
      if (length < 2 || at + 2 + length > bytes.length) throw new Refused("broken", "it is cut");
      if (isFrame(marker)) {
        if (size || length < 8) throw new Refused("broken", "frames in frames");
        size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
      }
      at += 2 + length;
      if (marker === SCAN) {
        scans += 1;
        at = endOfScan(bytes, at);
      }
    }
  }
  if (!size || size.width === 0 || scans === 0) throw new Refused("broken", "no picture");
  // Some devices say the number of lines behind them.
  if (size.height === 0) throw new Refused("unsupported", "lines that are counted later");
  return size;
}

/** Where the marker behind it stands, or the end of all. */
function endOfScan(bytes: Uint8Array, begin: number): number {
  for (let at = begin; ; at += 2) {
    at = bytes.indexOf(FILL, at);
    if (at < 0) return bytes.length;
    const next = bytes[at + 1] ?? END;
    if (next !== 0 && next !== FILL && !isRestart(next)) return at;
    // Several of them may fill up before a marker.
    if (next === FILL) at -= 1;
  }
}
