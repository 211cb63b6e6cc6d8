/** A study in its sealed part: the index first, then any of its files. */
import { concat } from "../../sealing/encoding.ts";
import { require } from "../../sealing/errors.ts";
import {
  endOfIndex,
  INDEX_BYTES,
  type Instance,
  indexBegins,
  instancesOf,
  readIndex,
  type Study,
} from "../../sealing/study.ts";
import { CHUNK_BYTES } from "../../sealing/tree.ts";
import type { Ranges } from "./ranges.ts";

const FIRST_READ = 4 * CHUNK_BYTES;

export interface OpenStudy {
  readonly studies: readonly Study[];
  /** A DICOM file, whole; `signal` gives it up. Rejects as `Ranges.read` does. */
  read(instance: Instance, signal?: AbortSignal): Promise<Uint8Array>;
}

/** Rejects as `Ranges.read` does; refuses with `bad_form`, `bad_suite` what is no study. */
export async function openStudy(ranges: Ranges, signal?: AbortSignal): Promise<OpenStudy> {
  let bytes = await ranges.read(0, FIRST_READ, signal);
  const begin = indexBegins(bytes);
  let line = bytes.subarray(begin);
  while (endOfIndex(line) === 0) {
    const more = bytes.length < ranges.length && line.length < INDEX_BYTES;
    require(more, "bad_form", "an index without an end");
    // Twice as much each time: large indices in few requests, small ones at once.
    bytes = concat(bytes, await ranges.read(bytes.length, 2 * bytes.length, signal));
    line = bytes.subarray(begin);
  }
  const end = endOfIndex(line);
  const studies = readIndex(line.slice(0, end));
  const base = begin + end;
  const last = instancesOf(studies).at(-1);
  require(base + (last ? last.at + last.length : 0) <= ranges.length, "bad_form", "files beyond");
  return {
    studies,
    read: ({ at, length }, signal) => ranges.read(base + at, base + at + length, signal),
  };
}
