/** Small DICOM files, explicit and little-endian, as a scanner would write them. Nobody's. */
import { concat } from "../../src/sealing/encoding.ts";

const LONG: readonly string[] = ["OB", "OW", "SQ", "UN", "UT"];
const encoder = new TextEncoder();

type Value = string | number | Uint8Array;
/** By tag, as `00100010`: its value representation and its value. */
export type Tags = Readonly<Record<string, readonly [vr: string, value: Value]>>;

function bytesOf(vr: string, value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "number") return Uint8Array.of(value & 0xff, value >> 8);
  const text = encoder.encode(value);
  return text.length % 2 === 0 ? text : concat(text, Uint8Array.of(vr === "UI" ? 0 : 0x20));
}

export function element(tag: string, vr: string, value: Value, length?: number): Uint8Array {
  const bytes = bytesOf(vr, value);
  const long = LONG.includes(vr);
  const head = new DataView(new ArrayBuffer(long ? 12 : 8));
  head.setUint16(0, Number.parseInt(tag.slice(0, 4), 16), true);
  head.setUint16(2, Number.parseInt(tag.slice(4), 16), true);
  head.setUint8(4, vr.charCodeAt(0));
  head.setUint8(5, vr.charCodeAt(1));
  if (long) head.setUint32(8, length ?? bytes.length, true);
  else head.setUint16(6, length ?? bytes.length, true);
  return concat(new Uint8Array(head.buffer), bytes);
}

export interface Wish {
  readonly syntax?: string;
  readonly tags?: Tags;
  readonly preamble?: Uint8Array;
  /** Behind all tags, as they are. */
  readonly end?: Uint8Array;
}

export const EXPLICIT = "1.2.840.10008.1.2.1";

const SCAN: Tags = {
  "00080016": ["UI", "1.2.840.10008.5.1.4.1.1.2"],
  "00080018": ["UI", "1.2.3.1"],
  "00080020": ["DA", "20260302"],
  "00080060": ["CS", "CT"],
  "00081030": ["LO", "Thorax"],
  "0008103E": ["LO", "Thin"],
  "00100010": ["PN", "Exemple^Camille"],
  "0020000D": ["UI", "1.2.3"],
  "0020000E": ["UI", "1.2.3.4"],
  "00200011": ["IS", "2"],
  "00200013": ["IS", "1"],
  "00280002": ["US", 1],
  "00280004": ["CS", "MONOCHROME2"],
  "00280010": ["US", 4],
  "00280011": ["US", 6],
  "00280030": ["DS", "0.5\\0.25"],
  "00280100": ["US", 16],
  "00280101": ["US", 16],
  "00280102": ["US", 15],
  "00280103": ["US", 1],
  "00281052": ["DS", "-1024"],
  "00281053": ["DS", "1"],
};

/** A file with these tags beside those of a small scan; an empty value takes one away. */
export function dicom({
  syntax = EXPLICIT,
  tags = {},
  preamble,
  end,
}: Wish = {}): Uint8Array<ArrayBuffer> {
  const meta = element("00020010", "UI", syntax);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, meta.length, true);
  const wished: Tags = { ...SCAN, "7FE00010": ["OW", pixels()], ...tags };
  const all = Object.entries(wished)
    .filter(([, [, value]]) => value !== "")
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const parts = all.map(([tag, [vr, value]]) => element(tag, vr, value));
  return new Uint8Array(
    concat(
      preamble ?? new Uint8Array(128),
      encoder.encode("DICM"),
      element("00020000", "UL", length),
      meta,
      ...parts,
      end ?? new Uint8Array(),
    ),
  );
}

/** 24 values: 1000, 1010, 1020 … */
export function pixels(first = 1000, step = 10): Uint8Array {
  const values = Int16Array.from({ length: 24 }, (_, at) => first + step * at);
  return new Uint8Array(values.buffer);
}
