/** Marks for the Python tests, as files of the browser client's: written, and read. */
import { Refused } from "../../src/features/imaging/dicom/head.ts";
import type { Drawing } from "../../src/features/imaging/saved/model.ts";
import { writePresentations } from "../../src/features/imaging/saved/presentation.ts";
import { readMarks } from "../../src/features/imaging/saved/reading.ts";
import { writeSelections } from "../../src/features/imaging/saved/selection.ts";
import { b64u } from "../../src/sealing/encoding.ts";

export function written({ drawn, chosen }: Drawing, by: string, now: number): readonly string[] {
  let count = 0;
  const uid = (): string => {
    count += 1;
    return `2.25.${count}`;
  };
  const writing = { by, at: new Date(now), uid };
  return [...writePresentations(drawn, writing), ...writeSelections(chosen, writing)].map(b64u);
}

export function read(file: Uint8Array): unknown {
  try {
    return readMarks(file);
  } catch (error) {
    if (error instanceof Refused) return { refused: error.why };
    throw error;
  }
}
