/** The forms that members of our JSON objects have, read with valibot. */
import * as v from "valibot";
import { b64u, fromB64u, jsonObject } from "./encoding.ts";
import { require, type SealCode } from "./errors.ts";

function isB64u(value: string, length?: number): boolean {
  try {
    fromB64u(value, length);
    return true;
  } catch {
    return false;
  }
}

/** Bytes as base64url, still as text: `length` of them, or any number. */
export const b64uOf = (length?: number) =>
  v.pipe(
    v.string(),
    v.check((value) => isB64u(value, length)),
  );

/** The same, decoded. */
export const bytesOf = (length: number) =>
  v.pipe(
    b64uOf(length),
    v.transform((value) => fromB64u(value, length)),
  );

/** A text of at most so many UTF-16 units. */
export const textOf = (longest: number) => v.pipe(v.string(), v.maxLength(longest));

/** The same, without half of a surrogate pair: not every reader could write it again. */
export const wholeTextOf = (longest: number) =>
  v.pipe(
    textOf(longest),
    v.check((text) => !/\p{Cs}/u.test(text)),
  );

const SHORT_MONTHS: readonly number[] = [4, 6, 9, 11];

/** Showing a moment that is none throws, and some browsers take the 30th of February for one. */
function isMoment(value: string): boolean {
  const parts = value.split(/[-T:Z]/).map(Number);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : SHORT_MONTHS.includes(month) ? 30 : 31;
  const inDay = hour < 24 && minute < 60 && second < 60;
  return year > 0 && month > 0 && month <= 12 && day > 0 && day <= days && inDay;
}

/** As in `2026-03-01T09:30:00Z`: a moment of the calendar, in the years 1 to 9999. */
export const time = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  v.check(isMoment),
);

export const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Where sealed bytes are: `length` and `hash` are theirs, `read` is the seed that may fetch them. */
export const sealedPart = v.object({
  blob: b64uOf(16),
  read: bytesOf(32),
  length: natural,
  hash: bytesOf(32),
});

/** Where a part is of which any chunk opens alone: no hash is over all of its sealed bytes. */
export const streamedPart = v.object({
  blob: b64uOf(16),
  read: bytesOf(32),
  length: natural,
  hash: v.exactOptional(v.never()),
  /** The sealed leaf hashes, behind the sealed bytes. */
  leaves: v.object({ length: natural, hash: bytesOf(32) }),
});

/** What pays for so many bytes until then: 1 to `most` of them. */
export const vouchersOf = (most: number) =>
  v.pipe(
    v.array(v.object({ voucher: bytesOf(32), bytes: positive, until: time })),
    v.minLength(1),
    v.maxLength(most),
  );

export type SealedPart = v.InferOutput<typeof sealedPart>;

export type StreamedPart = Omit<v.InferOutput<typeof streamedPart>, "hash">;

/** The members of a part in JSON. */
export const streamedMembers = ({ blob, read, length, leaves }: StreamedPart) => ({
  blob,
  read: b64u(read),
  length,
  leaves: { length: leaves.length, hash: b64u(leaves.hash) },
});

/** Reads bytes as a JSON object of a form. Refuses with `code`. */
export function readForm<S extends v.GenericSchema>(
  schema: S,
  bytes: Uint8Array,
  code: SealCode,
): v.InferOutput<S> {
  const result = v.safeParse(schema, jsonObject(bytes, code), { abortEarly: true });
  require(result.success, code);
  return result.output;
}
