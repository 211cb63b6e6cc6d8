/** The index of a study: what is where in its zip, and how a list of its series names it (Studies). */
import * as v from "valibot";
import { concat, jsonBytes, same, u8, utf8 } from "./encoding.ts";
import { require } from "./errors.ts";
import { natural, positive, readForm } from "./forms.ts";
import { requireVersion } from "./version.ts";

const LINE_FEED = 0x0a;
const MOST_TAGS = 64;
export const MOST_INSTANCES = 10_000;
/** Bytes of the index, its line feed included. */
export const INDEX_BYTES = 8 * 1024 * 1024;

/** An object of the DICOM JSON model (PS3.18 F.2). */
export type Dataset = Readonly<
  Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>
>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isElement(value: unknown): boolean {
  if (!isObject(value) || typeof value["vr"] !== "string" || !/^[A-Z]{2}$/.test(value["vr"])) {
    return false;
  }
  const { Value: values } = value;
  return values === undefined || (Array.isArray(values) && values.length > 0);
}

/** By hand: what reads any object by its members would be in the first page of every patient. */
const dataset = v.pipe(
  v.unknown(),
  v.check((value) => {
    const tags = isObject(value) ? Object.entries(value) : null;
    return (
      tags !== null &&
      tags.length <= MOST_TAGS &&
      tags.every(([tag, element]) => /^[0-9A-F]{8}$/.test(tag) && isElement(element))
    );
  }),
  v.transform((value) => value as Dataset),
);
const instance = v.object({ at: natural, length: positive, dataset });
const series = v.object({ dataset, instances: v.pipe(v.array(instance), v.minLength(1)) });
const study = v.object({ dataset, series: v.pipe(v.array(series), v.minLength(1)) });

const FORM = v.pipe(
  v.object({ v: v.literal(1), studies: v.pipe(v.array(study), v.minLength(1)) }),
  v.check(({ studies }) => holdsTogether(instancesOf(studies))),
);

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

/** The line, with its line feed. Refuses with `bad_form` what no reader would take. */
export function writeIndex(studies: readonly Study[]): Uint8Array {
  const line = concat(jsonBytes({ v: 1, studies }), u8(LINE_FEED));
  readIndex(line);
  return line;
}

/** Of a zip's first entry (APPNOTE 4.3.7): its beginning, and where its parts stand. */
const [LOCAL_SIGNATURE, FLAGS, METHOD, NAME_LENGTH, LOCAL_BYTES] = [0x04034b50, 6, 8, 26, 30];
const [ENCRYPTED, STORED] = [1, 0];
const NAME = utf8("index.json");

/** Where the index begins in a zip that begins so. Refuses with `bad_form` what is no study. */
export function indexBegins(start: Uint8Array): number {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const long = start.length >= LOCAL_BYTES + NAME.length;
  require(long && view.getUint32(0, true) === LOCAL_SIGNATURE, "bad_form", "no zip");
  const [name, extra] = [view.getUint16(NAME_LENGTH, true), view.getUint16(NAME_LENGTH + 2, true)];
  const plain =
    (view.getUint16(FLAGS, true) & ENCRYPTED) === 0 && view.getUint16(METHOD, true) === STORED;
  const index = same(start.subarray(LOCAL_BYTES, LOCAL_BYTES + name), NAME);
  require(plain && index, "bad_form", "another file first");
  return LOCAL_BYTES + name + extra;
}

/** Where the index that `bytes` begin with ends, its line feed included; 0 where that is not there yet. */
export const endOfIndex = (bytes: Uint8Array): number => bytes.indexOf(LINE_FEED) + 1;

/** Reads the line with its line feed. Refuses with `bad_form`, `bad_suite`. */
export function readIndex(line: Uint8Array): readonly Study[] {
  const fits = line.length > 0 && line.length <= INDEX_BYTES;
  require(fits && endOfIndex(line) === line.length, "bad_form", "not one line of at most 8 MiB");
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
