/** Items of sequences, and the pictures that they refer to (PS3.3 10.3). */
import type { DataSet } from "dicom-parser";
import { textOf } from "../dicom/text.ts";
import { MOST_ON } from "./classes.ts";
import type { Target } from "./model.ts";

export const itemsOf = (tags: DataSet, tag: string): readonly DataSet[] =>
  (tags.elements[tag]?.items ?? []).flatMap(({ dataSet }) => (dataSet ? [dataSet] : []));

/** Each frame that a reference names, or the whole file. */
export function framesOf(item: DataSet): readonly Target[] {
  const instance = textOf(item, "x00081155");
  const said = item.string("x00081160");
  if (said === undefined) return [{ instance, frame: null }];
  // Split once: the parser does it anew for each value.
  const numbers = said.split("\\", MOST_ON).map((number) => Number.parseInt(number, 10));
  const frames = numbers.filter((number) => Number.isSafeInteger(number) && number >= 1);
  return frames.map((number) => ({ instance, frame: number - 1 }));
}
