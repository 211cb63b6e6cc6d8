/** Brings the marks that came with a study, or in a file of their own. */
import type { Instance } from "../../../sealing/study.ts";
import { beginning } from "../collecting.ts";
import { Decoder, type DecoderNeeds } from "../decoder.ts";
import { grouped } from "../grouping.ts";
import type { FoundMarks } from "../practice/model.ts";
import type { OpenStudy } from "../reading.ts";
import { isZip, unzipped } from "../unzipping.ts";
import { MOST_BYTES, MOST_FILES } from "./classes.ts";
import type { SavedLayers } from "./layers.ts";
import type { SavedMarks } from "./model.ts";

/** Reads them one after the other, and shows them all at the end; what cannot be read is counted. */
export async function readSaved(
  study: Pick<OpenStudy, "read">,
  marks: readonly Instance[],
  needs: DecoderNeeds,
  into: SavedLayers,
  gone: AbortSignal,
): Promise<void> {
  const wanted = marks.filter(({ length }) => length <= MOST_BYTES).slice(0, MOST_FILES);
  const read = wanted.map((one) => () => study.read(one, gone));
  const { found, refused } = await readEach(read, needs, gone);
  if (gone.aborted) return;
  const unread = marks.length - wanted.length + refused;
  if (into.unread.peek() === 0) into.unread.value = unread;
  addAll(into, found);
}

/** In a worker of its own: the one that decodes pictures goes on with them. */
async function readEach(
  files: readonly (() => Promise<Uint8Array>)[],
  needs: DecoderNeeds,
  gone: AbortSignal,
) {
  const decoder = new Decoder(needs);
  const end = (): void => decoder.end();
  gone.addEventListener("abort", end);
  const found: SavedMarks[] = [];
  let refused = 0;
  for (const read of files) {
    if (gone.aborted) break;
    try {
      found.push(await decoder.read(await read()));
    } catch {
      refused += 1;
    }
  }
  gone.removeEventListener("abort", end);
  decoder.end();
  return { found, refused };
}

/** Drawn and chosen by one person at one time is one. */
function addAll(into: SavedLayers, found: readonly SavedMarks[]): void {
  for (const files of grouped(found, ({ by, at }) => `${at} ${by}`)) {
    into.add(files[0].instance, files);
  }
}

/**
 * Marks in a file that somebody has chosen: DICOM, or a zip with some. False where there are none.
 * Rejects where it is no zip that can be read.
 */
export async function readChosen(
  file: File,
  needs: DecoderNeeds,
  into: SavedLayers,
): Promise<boolean> {
  const found = await marksIn(file, needs);
  addAll(into, found);
  return found.length > 0;
}

/** Marks that the practice keeps, as one layer: their author is who has signed them. */
export async function readKept(
  { id, by, zip }: FoundMarks,
  needs: DecoderNeeds,
  into: SavedLayers,
): Promise<void> {
  into.add(id, await marksIn(new File([new Uint8Array(zip)], "marks.zip"), needs), by);
}

async function marksIn(file: File, needs: DecoderNeeds): Promise<readonly SavedMarks[]> {
  const inside = isZip({ path: file.name, file }) ? await unzipped(file) : [{ file }];
  const small = inside.filter(({ file: { size } }) => size <= MOST_BYTES).slice(0, MOST_FILES);
  const read = small.map((one) => () => beginning(one.file, MOST_BYTES));
  return (await readEach(read, needs, new AbortController().signal)).found;
}
