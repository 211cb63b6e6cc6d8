/** Lengths, lists, base64url and JSON, written and read one way only (Notation). */
import { require, type SealCode, SealError } from "./errors.ts";

export const SUITE = 1;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const encoder = new TextEncoder();
// A byte order mark stays, and is then no JSON: Python reads the same.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The text of UTF-8 bytes. Refuses with `code` what is not UTF-8. */
export function text(bytes: Uint8Array, code: SealCode = "bad_form"): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SealError(code, "not UTF-8");
  }
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const u8 = (value: number): Uint8Array => Uint8Array.of(value);

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

const view = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

export const readU32 = (bytes: Uint8Array, at: number): number => view(bytes).getUint32(at);

export const readU64 = (bytes: Uint8Array, at: number): bigint => view(bytes).getBigUint64(at);

/** Joins items so that no two different lists give the same bytes; text stands for its ASCII. */
export function fields(...items: readonly (Uint8Array | string)[]): Uint8Array {
  const parts = items.map((item) => (typeof item === "string" ? utf8(item) : item));
  return concat(...parts.flatMap((part) => [u32(part.length), part]));
}

/** The first item of a list, and what follows it. Refuses with `bad_form`. */
function takeField(data: Uint8Array): [Uint8Array, Uint8Array] {
  require(data.length >= 4, "bad_form");
  const end = 4 + readU32(data, 0);
  require(end <= data.length, "bad_form");
  return [data.slice(4, end), data.subarray(end)];
}

/**
 * Reads one item for each of `lengths` (null: any length), then zero bytes to the end. Refuses
 * with `bad_form`.
 */
export function takeFields<const L extends readonly (number | null)[]>(
  data: Uint8Array,
  lengths: L,
): { readonly [K in keyof L]: Uint8Array } {
  let rest = data;
  const items = lengths.map((length) => {
    const [item, after] = takeField(rest);
    require(length === null || item.length === length, "bad_form");
    rest = after;
    return item;
  });
  requireZeros(rest);
  return items as { readonly [K in keyof L]: Uint8Array };
}

/** Reads a list of any number of items that fills `data`. Refuses with `bad_form`. */
export function allFields(data: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = [];
  let rest = data;
  while (rest.length > 0) {
    const [item, after] = takeField(rest);
    items.push(item);
    rest = after;
  }
  return items;
}

/** Fills `data` with zero bytes to the smallest of `sizes` (ascending). Refuses with `too_long`. */
export function padded(data: Uint8Array, sizes: readonly number[]): Uint8Array {
  const size = sizes.find((one) => data.length <= one);
  require(size !== undefined, "too_long");
  const filled = new Uint8Array(size);
  filled.set(data);
  return filled;
}

export function requireZeros(rest: Uint8Array): void {
  require(rest.every((byte) => byte === 0), "bad_form");
}

/** Checks suite, kind and, where it is fixed, length. Refuses with `bad_suite` or `bad_form`. */
export function requireHead(data: Uint8Array, kind: number, length?: number): void {
  require(data.length > 0, "bad_form");
  require(data[0] === SUITE, "bad_suite");
  require(data[1] === kind, "bad_form");
  require(length === undefined || data.length === length, "bad_form");
}

/** Whether two byte strings are equal; takes the same time wherever they differ. */
export function same(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let i = 0; i < left.length; i++) difference |= (left[i] ?? 0) ^ (right[i] ?? 0);
  return difference === 0;
}

/** Unpadded base64url. */
export function b64u(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const count = b === undefined ? 2 : c === undefined ? 3 : 4;
    for (let k = 0; k < count; k++) out += ALPHABET[(bits >> (18 - 6 * k)) & 63];
  }
  return out;
}

/** Decodes canonical, unpadded base64url of `length` bytes, where given. Refuses with `code`. */
export function fromB64u(
  encoded: string,
  length?: number,
  code: SealCode = "bad_form",
): Uint8Array {
  const bytes = new Uint8Array(Math.floor((encoded.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const char of encoded) {
    const value = ALPHABET.indexOf(char);
    require(value >= 0, code, "not base64url");
    bits = ((bits << 6) | value) & 0xfff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 0xff;
    }
  }
  const leftover = bits & ((1 << held) - 1);
  require(encoded.length % 4 !== 1 && leftover === 0, code, "not canonical base64url");
  require(length === undefined || at === length, code, "base64url of another length");
  return bytes;
}

/** Writes JSON the one way that ours is written: no spaces, keys as given, UTF-8. */
export const jsonBytes = (value: object): Uint8Array => utf8(JSON.stringify(value));

const STRING = /"(?:[^"\\]|\\.)*"/g;

/** How many members the objects in a value have, all in all. */
function countMembers(value: object): number {
  // A list of what is left, and no recursion: what is nested deep must not exhaust the stack.
  const left: object[] = [value];
  let members = 0;
  for (let one = left.pop(); one; one = left.pop()) {
    const inside: unknown[] = Object.values(one);
    if (!Array.isArray(one)) members += inside.length;
    for (const each of inside) if (typeof each === "object" && each !== null) left.push(each);
  }
  return members;
}

/**
 * Reads a JSON object, UTF-8. Refuses with `code`, also where a member stands twice: of two values
 * two readers might take different ones.
 */
export function jsonObject(bytes: Uint8Array, code: SealCode = "bad_form"): object {
  const source = text(bytes, code);
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    throw new SealError(code, "not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SealError(code, "not a JSON object");
  }
  // Outside of strings, every colon of valid JSON stands behind the name of a member.
  const members = source.replace(STRING, "").split(":").length - 1;
  require(members === countMembers(value), code);
  return value;
}
