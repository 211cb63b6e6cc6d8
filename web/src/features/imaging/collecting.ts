/** Finds the DICOM files among what somebody chose, and makes a study of them (Studies). */
import { b64u } from "../../sealing/encoding.ts";
import { hash } from "../../sealing/kdf.ts";
import { instancesOf, type Study, textOfTag, writeIndex } from "../../sealing/study.ts";
import { type Chosen, nameOf, type Readable, type Source, zipSource } from "../files/source.ts";
import { type Head, Refused, readHead } from "./dicom/head.ts";
import { datasetOf } from "./dicom/model.ts";
import { textOf } from "./dicom/text.ts";
import { grouped } from "./grouping.ts";
import { HEAD_BYTES } from "./limits.ts";
import { byDate, bySeries, inOrder, type Placed, planeOf } from "./order.ts";
import { isZip, unzipped } from "./unzipping.ts";

/** What a study is made of, for who sends it. */
export interface Contents {
  readonly images: number;
  readonly series: number;
  readonly studies: number;
  /** Files that are left out: no images, programs, or a second time the same. */
  readonly others: number;
  /** Images that cannot be sent as such: damaged, packed or under a password. */
  readonly damaged: number;
}

export interface Collected {
  readonly source: Source;
  readonly contents: Contents;
}

interface Found extends Placed {
  readonly uid: string;
  readonly file: Readable;
  readonly tags: { readonly study: Placed["dataset"]; readonly series: Placed["dataset"] };
}

/** Sizes of zip records (APPNOTE 4.3.7, 4.3.9) as they are written around every file. */
const LOCAL_HEAD = 30;
const DESCRIPTOR = 16;
const INDEX = "index.json";

/** Null where there is no DICOM file among them. Rejects with SourceChanged, and as the files do. */
export async function collect(chosen: readonly Chosen[]): Promise<Collected | null> {
  const files = await allOf(chosen);
  const found = new Map<string, Found>();
  let damaged = 0;
  for (const file of files) {
    // One that cannot be read keeps nobody from sending the others.
    const one = await lookedAt(file).catch(() => "damaged" as const);
    if (one === "damaged") damaged += 1;
    else if (one && !found.has(one.uid)) found.set(one.uid, one);
  }
  if (found.size === 0) return null;
  const { source, studies } = studyOf(nameOf(chosen), [...found.values()]);
  const series = studies.reduce((sum, study) => sum + study.series.length, 0);
  const contents = {
    images: instancesOf(studies).length,
    series,
    studies: studies.length,
    others: files.length - found.size - damaged,
    damaged,
  };
  return { source, contents };
}

/** A zip stands for what is in it. */
async function allOf(chosen: readonly Chosen[]): Promise<readonly Readable[]> {
  const [only, ...more] = chosen;
  if (!only || more.length > 0 || !isZip(only)) return chosen.map(({ file }) => file);
  try {
    const inside = await unzipped(only.file as File);
    return inside.map(({ file }) => file);
  } catch {
    // Named a zip, and none: sent as it is.
    return [];
  }
}

async function lookedAt(file: Readable): Promise<Found | "damaged" | null> {
  const head = await headOf(file);
  if (head === null || head === "damaged") return head;
  const { tags } = head;
  // A disc's own list of its files: the index is in its place.
  if (textOf(tags, "x00020002") === DIRECTORY) return null;
  const [study, series] = [datasetOf(tags, "study"), datasetOf(tags, "series")];
  const dataset = datasetOf(tags, "instance");
  const uid = textOfTag(dataset, "00080018");
  const named = [uid, textOfTag(study, "0020000D"), textOfTag(series, "0020000E")];
  if (!named.every((one) => UID.test(one))) return "damaged";
  return { file, uid, dataset, plane: planeOf(tags), tags: { study, series } };
}

const DIRECTORY = "1.2.840.10008.1.3.10";
const UID = /^[0-9.]{1,64}$/;

/** Reads as much as it takes. Null for what is no DICOM file, and for what is a program as well. */
async function headOf(file: Readable): Promise<Head | "damaged" | null> {
  for (const size of HEAD_BYTES) {
    const bytes = await beginning(file, size);
    const whole = bytes.length === file.size;
    try {
      const head = readHead(bytes);
      // Without pixels it may have ended between two tags by chance.
      if (whole || head.pixels) return head;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.why === "not_dicom" || error.why === "program") return null;
      if (whole || error.why !== "broken") return "damaged";
    }
  }
  return "damaged";
}

/** At most `size` bytes of it. */
export async function beginning(file: Readable, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.min(size, file.size));
  const reader = file.stream().getReader();
  let filled = 0;
  try {
    while (filled < bytes.length) {
      const { done, value } = await reader.read();
      if (done) break;
      const some = value.subarray(0, bytes.length - filled);
      bytes.set(some, filled);
      filled += some.length;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  return bytes.subarray(0, filled);
}

/** The zip, and what its index says. */
function studyOf(name: string, found: readonly Found[]) {
  const entries: { path: string; file: Readable }[] = [];
  let at = 0;
  const placed = ({ file, dataset }: Found, path: string) => {
    at += DESCRIPTOR + LOCAL_HEAD + path.length;
    const instance = { at, length: file.size, dataset };
    at += file.size;
    entries.push({ path, file });
    return instance;
  };
  let folder = 0;
  const studies: Study[] = grouped(found, ({ tags }) => textOfTag(tags.study, "0020000D"))
    .toSorted(([one], [other]) => byDate(one.tags.study, other.tags.study))
    .map((ofStudy) => ({
      dataset: ofStudy[0].tags.study,
      series: grouped(ofStudy, ({ tags }) => textOfTag(tags.series, "0020000E"))
        .toSorted(([one], [other]) => bySeries(one.tags.series, other.tags.series))
        .map((ofSeries) => {
          folder += 1;
          const dataset = ofSeries[0].tags.series;
          const instances = inOrder(ofSeries).map((one, n) =>
            placed(one, `${number(folder, 3)}/${number(n + 1, 5)}.dcm`),
          );
          return { dataset, instances };
        }),
    }));
  const line = writeIndex(studies);
  const digest = b64u(hash(line));
  const index = new Blob([new Uint8Array(line)]);
  const written = {
    size: index.size,
    // As old as what it is of: sending again gives the same bytes.
    lastModified: Math.max(...found.map(({ file }) => file.lastModified)),
    stream: () => index.stream(),
  };
  // Names and sizes of another study may be the same: what the index says is not.
  const source = zipSource("imaging", name, [{ path: INDEX, file: written }, ...entries], digest);
  return { source, studies };
}

/** Names of entries: short, sorted as they are shown, and nobody's. */
const number = (value: number, digits: number): string => String(value).padStart(digits, "0");
