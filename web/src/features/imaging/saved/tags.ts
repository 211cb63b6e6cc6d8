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
  const count = Math.min(item.numStringValues("x00081160") ?? 0, MOST_ON);
  const numbers = Array.from({ length: count }, (_, at) => item.intString("x00081160", at) ?? 0);
  const frames = numbers.filter((number) => Number.isSafeInteger(number) && number >= 1);
  if (count === 0) return [{ instance, frame: null }];
  return frames.map((number) => ({ instance, frame: number - 1 }));
}
