/** Writes small DICOM files: explicit, little-endian, texts in UTF-8 (PS3.5, PS3.10). Pixels are not for it. */
import { concat, utf8 } from "../../../sealing/encoding.ts";

export const EXPLICIT = "1.2.840.10008.1.2.1";
/** This program as the one that wrote a file; derived from a random UUID (PS3.5 B.2). */
export const IMPLEMENTATION = "2.25.61694174384253720786316466897513982817";

/** Of what is written here, those whose length has four bytes (PS3.5 7.1.2). */
const LONG: readonly string[] = ["OB", "SQ", "UT"];
const SHORT_BYTES = 0xffff;
const PREAMBLE = 128;

export type Items = readonly Tags[];
/** Numbers of `DS` and `IS` are written as text. */
export type Value = string | number | readonly (string | number)[] | Items | Uint8Array;
/** By tag, as `00100010`: its value representation, and its value; an empty one is written as such. */
export interface Tags {
  readonly [tag: string]: readonly [vr: string, value: Value];
}

const isItems = (vr: string, _value: Value): _value is Items => vr === "SQ";

/** A file (PS3.10 7.1) of that class and UID. */
export function writeDicom(sopClass: string, uid: string, tags: Tags): Uint8Array {
  const meta = elements({
    "00020001": ["OB", Uint8Array.of(0, 1)],
    "00020002": ["UI", sopClass],
    "00020003": ["UI", uid],
    "00020010": ["UI", EXPLICIT],
    "00020012": ["UI", IMPLEMENTATION],
  });
  const length = elements({ "00020000": ["UL", meta.length] });
  const body = elements({ ...tags, "00080016": ["UI", sopClass], "00080018": ["UI", uid] });
  return concat(new Uint8Array(PREAMBLE), utf8("DICM"), length, meta, body);
}

function elements(tags: Tags): Uint8Array {
  const sorted = Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1));
  return concat(...sorted.map(([tag, [vr, value]]) => element(tag, vr, value)));
}

function element(tag: string, vr: string, value: Value): Uint8Array {
  const bytes = isItems(vr, value) ? concat(...value.map(item)) : padded(vr, bytesOf(vr, value));
  const long = LONG.includes(vr);
  if (!long && bytes.length > SHORT_BYTES) throw new RangeError(`${tag} is too long`);
  const head = new DataView(new ArrayBuffer(long ? 12 : 8));
  writeTag(head, tag);
  head.setUint8(4, vr.charCodeAt(0));
  head.setUint8(5, vr.charCodeAt(1));
  if (long) head.setUint32(8, bytes.length, true);
  else head.setUint16(6, bytes.length, true);
  return concat(new Uint8Array(head.buffer), bytes);
}

function item(tags: Tags): Uint8Array {
  const bytes = elements(tags);
  const head = new DataView(new ArrayBuffer(8));
  writeTag(head, "FFFEE000");
  head.setUint32(4, bytes.length, true);
  return concat(new Uint8Array(head.buffer), bytes);
}

function writeTag(into: DataView, tag: string): void {
  into.setUint16(0, Number.parseInt(tag.slice(0, 4), 16), true);
  into.setUint16(2, Number.parseInt(tag.slice(4), 16), true);
}

const WRITERS: Readonly<
  Record<
    string,
    readonly [bytes: number, set: "setUint16" | "setUint32" | "setInt32" | "setFloat32"]
  >
> = {
  US: [2, "setUint16"],
  UL: [4, "setUint32"],
  SL: [4, "setInt32"],
  FL: [4, "setFloat32"],
};

function bytesOf(vr: string, value: Exclude<Value, Items>): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const all = Array.isArray(value) ? value : [value];
  const writer = WRITERS[vr];
  if (!writer) return utf8(all.join("\\"));
  const [each, set] = writer;
  const view = new DataView(new ArrayBuffer(each * all.length));
  for (const [at, one] of all.entries()) view[set](each * at, Number(one), true);
  return new Uint8Array(view.buffer);
}

/** Values have an even length (PS3.5 6.2). */
function padded(vr: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  return concat(bytes, Uint8Array.of(vr === "UI" || vr === "OB" ? 0 : 0x20));
}
