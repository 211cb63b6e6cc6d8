/** What somebody chose becomes a study: which files, in which order, and what the index says. */
import { makeZip } from "client-zip";
import { describe, expect, it } from "vitest";
import type { Chosen, Source } from "../../src/features/files/source.ts";
import { collect } from "../../src/features/imaging/collecting.ts";
import { concat, text } from "../../src/sealing/encoding.ts";
import { endOfIndex, instancesOf, readIndex, textOfTag } from "../../src/sealing/study.ts";
import { dicom, element, type Tags } from "./files.ts";

const chosen = (path: string, bytes: Uint8Array<ArrayBuffer>, lastModified = 1e12): Chosen => ({
  path,
  file: new File([bytes], path.split("/").at(-1) ?? path, { lastModified }),
});

async function read(source: Source, first = 0): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  for await (const chunk of source.chunks(first)) found.push(chunk.slice());
  return concat(...found);
}

/** One slice of a scan; `z` is where it lies. */
function slice(uid: string, z: number | null, number: number, tags: Tags = {}) {
  const lies: Tags =
    z === null ? {} : { "00200032": ["DS", `0\\0\\${z}`], "00200037": ["DS", "1\\0\\0\\0\\1\\0"] };
  return dicom({
    tags: { "00080018": ["UI", uid], "00200013": ["IS", `${number}`], ...lies, ...tags },
  });
}

/** What the index says, and the bytes that it points to. */
async function opened(source: Source) {
  const zip = await read(source);
  expect(zip.length).toBe(source.length);
  const begin = 30 + "index.json".length;
  expect(text(zip.subarray(30, begin))).toBe("index.json");
  const base = begin + endOfIndex(zip.subarray(begin));
  const studies = readIndex(zip.slice(begin, base));
  const files = instancesOf(studies).map(({ at, length }) =>
    zip.slice(base + at, base + at + length),
  );
  return { studies, files };
}

const uids = (studies: Parameters<typeof instancesOf>[0]): readonly string[] =>
  instancesOf(studies).map(({ dataset }) => textOfTag(dataset, "00080018"));

describe("a study", () => {
  it("has its files in the order in which they lie in the body", async () => {
    const files = [slice("1.1", 30, 1), slice("1.2", 10, 2), slice("1.3", 20, 3)];
    const found = await collect(files.map((bytes, n) => chosen(`scan/IM${n}`, bytes)));
    const { source, contents } = found ?? expect.fail();
    expect(contents).toEqual({ images: 3, series: 1, studies: 1, others: 0, damaged: 0 });
    expect(source).toMatchObject({ kind: "imaging", name: "scan.zip", media: "application/zip" });
    const { studies, files: there } = await opened(source);
    expect(uids(studies)).toEqual(["1.2", "1.3", "1.1"]);
    expect(there).toEqual([files[1], files[2], files[0]]);
    // An upload goes on in the middle.
    expect(await read(source, 0)).toEqual(await read(source));
  });

  it("takes planes that are seen from behind for parallel", async () => {
    const behind: Tags = { "00200037": ["DS", "-1\\0\\0\\0\\1\\0"] };
    const files = [slice("1.1", 30, 1), slice("1.2", 10, 2, behind), slice("1.3", 20, 3)];
    const found = await collect(files.map((bytes, n) => chosen(`IM${n}`, bytes)));
    expect(uids((await opened(found?.source ?? expect.fail())).studies)).toEqual([
      "1.2",
      "1.3",
      "1.1",
    ]);
  });

  it("is another one where the same names and sizes hold another", async () => {
    const stamps = await Promise.all(
      ["1.1", "1.2"].map(async (uid) => {
        const found = await collect([chosen("scan/IM", slice(uid, 1, 1))]);
        return found?.source.stamp;
      }),
    );
    expect(stamps[0]).not.toBe(stamps[1]);
  });

  it("has them by number where they do not lie side by side", async () => {
    const same = [slice("1.1", 5, 3), slice("1.2", 5, 1), slice("1.3", null, 2)];
    const found = await collect(same.map((bytes, n) => chosen(`IM${n}`, bytes)));
    expect(uids((await opened(found?.source ?? expect.fail())).studies)).toEqual([
      "1.2",
      "1.3",
      "1.1",
    ]);
    expect(found?.source.name).toBe("documents.zip");
  });

  it("has one series after the other, and names nobody but in the index", async () => {
    const series = (uid: string, number: string): Tags => ({
      "0020000E": ["UI", uid],
      "00200011": ["IS", number],
    });
    const found = await collect([
      chosen("a/1", slice("1.1", null, 1, series("2.9", "10"))),
      chosen("a/2", slice("1.2", null, 1, series("2.1", "2"))),
      chosen("a/3", slice("1.3", null, 2, series("2.9", "10"))),
    ]);
    const { studies } = await opened(found?.source ?? expect.fail());
    expect(uids(studies)).toEqual(["1.2", "1.1", "1.3"]);
    expect(studies[0]?.dataset["00100010"]).toEqual({
      vr: "PN",
      Value: [{ Alphabetic: "Exemple^Camille" }],
    });
    expect(studies[0]?.series[0]?.dataset["00200011"]).toEqual({ vr: "IS", Value: [2] });
    expect(studies[0]?.series[0]?.instances[0]?.dataset["00280011"]).toEqual({
      vr: "US",
      Value: [6],
    });
  });

  it("leaves out what is no image, a program, and what is there twice", async () => {
    const program = dicom({ preamble: concat(Uint8Array.of(0x4d, 0x5a), new Uint8Array(126)) });
    const found = await collect([
      chosen("cd/IM1", slice("1.1", 1, 1)),
      chosen("cd/IM1 copy", slice("1.1", 1, 1)),
      chosen("cd/viewer.exe", new Uint8Array([0x4d, 0x5a, 1, 2])),
      chosen("cd/both", program),
      chosen("cd/cut", slice("1.7", 1, 1).slice(0, 400)),
    ]);
    expect(found?.contents).toEqual({ images: 1, series: 1, studies: 1, others: 3, damaged: 1 });
    expect(await collect([chosen("letter.pdf", new Uint8Array(10))])).toBeNull();
  });

  it("is found in a zip, compressed or not", async () => {
    const files = [slice("1.1", 2, 1), slice("1.2", 1, 2)];
    const zip = makeZip(files.map((input, n) => ({ name: `CD/${n}`, input })));
    const bytes = new Uint8Array(await new Response(zip).arrayBuffer());
    const found = await collect([chosen("cd.zip", bytes)]);
    expect(found?.contents.images).toBe(2);
    expect(found?.source.name).toBe("cd.zip");
    const { files: there } = await opened(found?.source ?? expect.fail());
    expect(there).toEqual([files[1], files[0]]);
    expect(await collect([chosen("cd.zip", bytes.slice(0, 300))])).toBeNull();
  });

  it("reads long heads, and texts in the sets that they name", async () => {
    const long = element("00091010", "UN", new Uint8Array(200_000));
    const tags: Tags = {
      "00080005": ["CS", "ISO_IR 192"],
      "00081030": ["LO", "Épaule"],
      "00091010": ["UN", long.subarray(12)],
    };
    const found = await collect([chosen("x", slice("1.1", 1, 1, tags))]);
    const { studies } = await opened(found?.source ?? expect.fail());
    expect(textOfTag(studies[0]?.dataset ?? {}, "00081030")).toBe("Épaule");
  });
});
