/** The index of a study: what is where in its zip, and how a list of its series names it (Studies). */
import * as v from "valibot";
import { concat, jsonBytes, u8 } from "./encoding.ts";
import { require } from "./errors.ts";
import { natural, positive, readForm } from "./forms.ts";
import { requireVersion } from "./version.ts";

const LINE_FEED = 0x0a;
const MOST_TAGS = 64;
export const MOST_INSTANCES = 10_000;
/** Bytes of the index, its line feed included. */
export const INDEX_BYTES = 8 * 1024 * 1024;

/** An object of the DICOM JSON model (PS3.18 F.2). */
const dataset = v.pipe(
  v.record(
    v.pipe(v.string(), v.regex(/^[0-9A-F]{8}$/)),
    v.object({
      vr: v.pipe(v.string(), v.regex(/^[A-Z]{2}$/)),
      Value: v.exactOptional(v.array(v.unknown())),
    }),
  ),
  v.check((tags) => Object.keys(tags).length <= MOST_TAGS),
);
const instance = v.object({ at: natural, length: positive, dataset });
const series = v.object({ dataset, instances: v.pipe(v.array(instance), v.minLength(1)) });
const study = v.object({ dataset, series: v.pipe(v.array(series), v.minLength(1)) });

const FORM = v.pipe(
  v.object({ v: v.literal(1), studies: v.pipe(v.array(study), v.minLength(1)) }),
  v.check(({ studies }) => holdsTogether(instancesOf(studies))),
);

export type Dataset = v.InferOutput<typeof dataset>;
export type Study = v.InferOutput<typeof study>;
export type Series = v.InferOutput<typeof series>;
/** `at` counts from behind the index's line feed; both in bytes. */
export type Instance = v.InferOutput<typeof instance>;

/** All of them, in the order in which they lie in the zip. */
export const instancesOf = (studies: readonly Study[]): readonly Instance[] =>
  studies.flatMap(({ series: all }) => all.flatMap(({ instances }) => instances));

/** They ascend, and none overlaps another. */
function holdsTogether(instances: readonly Instance[]): boolean {
  let end = 0;
  for (const { at, length } of instances) {
    if (at < end) return false;
    end = at + length;
  }
  return instances.length <= MOST_INSTANCES && Number.isSafeInteger(end);
}

/** The line, with its line feed. Refuses with `bad_form`, `too_long` what no reader would take. */
export function writeIndex(studies: readonly Study[]): Uint8Array {
  const line = concat(jsonBytes({ v: 1, studies }), u8(LINE_FEED));
  readIndex(line);
  return line;
}

/** Where the index that `bytes` begin with ends, its line feed included; 0 where that is not there yet. */
export const endOfIndex = (bytes: Uint8Array): number => bytes.indexOf(LINE_FEED) + 1;

/** Reads the line with its line feed. Refuses with `too_long`, `bad_form`, `bad_suite`. */
export function readIndex(line: Uint8Array): readonly Study[] {
  require(line.length <= INDEX_BYTES, "too_long", "a longer index than may be");
  require(line.length > 0 && endOfIndex(line) === line.length, "bad_form", "not one line");
  const json = line.subarray(0, -1);
  requireVersion(json);
  return readForm(FORM, json, "bad_form").studies;
}

/** The first value of a tag as a text for people; empty where there is none. */
export function textOfTag(tags: Dataset, tag: string): string {
  const [value] = tags[tag]?.Value ?? [];
  if (typeof value === "string" || typeof value === "number") return String(value);
  const { Alphabetic: name } = (value ?? {}) as { readonly Alphabetic?: unknown };
  return typeof name === "string" ? name : "";
}
