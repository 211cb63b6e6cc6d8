/** The forms that members of our JSON objects have, read with valibot. */
import * as v from "valibot";
import { fromB64u, jsonObject } from "./encoding.ts";
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

/** As in `2026-03-01T09:30:00Z`. */
export const time = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/));

export const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Where sealed bytes are: `length` and `hash` are theirs, `read` is the seed that may fetch them. */
export const sealedPart = v.object({
  blob: b64uOf(16),
  read: bytesOf(32),
  length: natural,
  hash: bytesOf(32),
});

export type SealedPart = v.InferOutput<typeof sealedPart>;

/** Reads bytes as a JSON object of a form. Refuses with `code`. */
export function readForm<S extends v.GenericSchema>(
  schema: S,
  bytes: Uint8Array,
  code: SealCode,
): v.InferOutput<S> {
  const result = v.safeParse(schema, jsonObject(bytes, code), { abortEarly: true });
  require(result.success, code, "an object of another form");
  return result.output;
}
