/** A folder as one file: zip without compression (APPNOTE 6.3), names in UTF-8. */
import { concat, text, utf8 } from "../../sealing/encoding.ts";
import { require } from "../../sealing/errors.ts";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const VERSION = 20;
const UTF8 = 0x0800;
/** The first of January 1980: when a document was signed stands in the document. */
const DAY = 0x0021;
const STORED = 0;

export type Folder = ReadonlyMap<string, Uint8Array>;

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32, as zip has it. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Little-endian fields: a pair is a value and its width in bytes. */
function packed(...fields: readonly (readonly [number, 2 | 4])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [, width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, width] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
}

/** Files by their path, with `/` between its steps. */
export function writeZip(folder: Folder): Uint8Array {
  const parts: Uint8Array[] = [];
  const entries: Uint8Array[] = [];
  let at = 0;
  for (const [path, bytes] of folder) {
    const name = utf8(path);
    const common = packed(
      [VERSION, 2],
      [UTF8, 2],
      [STORED, 2],
      [0, 2],
      [DAY, 2],
      [crc32(bytes), 4],
      [bytes.length, 4],
      [bytes.length, 4],
      [name.length, 2],
      [0, 2],
    );
    parts.push(packed([LOCAL, 4]), common, name, bytes);
    const rest = packed([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]);
    entries.push(concat(packed([CENTRAL, 4], [VERSION, 2]), common, rest, name));
    at += LOCAL_BYTES + name.length + bytes.length;
  }
  const central = concat(...entries);
  const count = entries.length;
  const sizes = packed([0, 2], [0, 2], [count, 2], [count, 2], [central.length, 4], [at, 4]);
  return concat(...parts, central, packed([END, 4]), sizes, packed([0, 2]));
}

/**
 * The files of a zip that `writeZip` made, or that has them as they are. Refuses with `bad_form` what is
 * cut off, packed or altered.
 */
export function readZip(bytes: Uint8Array): Folder {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - END_BYTES;
  require(end >= 0 && view.getUint32(end, true) === END, "bad_form", "no zip");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const folder = new Map<string, Uint8Array>();
  for (let entry = 0; entry < count; entry += 1) {
    const whole = at + CENTRAL_BYTES <= end && view.getUint32(at, true) === CENTRAL;
    require(whole, "bad_form", "a list of files that is cut off");
    const plain = view.getUint16(at + 10, true) === STORED;
    require(plain, "bad_form", "a file that is packed");
    const [crc, length] = [view.getUint32(at + 16, true), view.getUint32(at + 24, true)];
    const [named, extra] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
    const note = view.getUint16(at + 32, true);
    const local = view.getUint32(at + 42, true);
    require(local + LOCAL_BYTES <= end, "bad_form", "a file that is cut off");
    const begin =
      local + LOCAL_BYTES + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const content = bytes.slice(begin, begin + length);
    require(content.length === length && crc32(content) === crc, "bad_form", "an altered file");
    folder.set(text(bytes.slice(at + CENTRAL_BYTES, at + CENTRAL_BYTES + named)), content);
    at += CENTRAL_BYTES + named + extra + note;
  }
  return folder;
}
