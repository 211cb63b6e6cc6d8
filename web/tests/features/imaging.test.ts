/** A study from the laboratory's page to the reader's screen, before all of it is there. */
import { describe, expect, it, vi } from "vitest";
import type { SenderModel } from "../../src/features/files/model.ts";
import { createSender } from "../../src/features/files/sender.ts";
import type { Chosen } from "../../src/features/files/source.ts";
import type { ViewerModel } from "../../src/features/imaging/model.ts";
import { type Drawn, Links, openShown } from "../../src/features/imaging/shown.ts";
import { troubleOf } from "../../src/features/imaging/trouble.ts";
import { unzipped } from "../../src/features/imaging/unzipping.ts";
import { createOpening } from "../../src/features/links/opening.ts";
import { b64u, concat } from "../../src/sealing/encoding.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { parseSealedLink, placeOfLink } from "../../src/sealing/sealed-link.ts";
import { dicom, pixels, type Tags } from "../imaging/files.ts";
import { ENDLESS } from "./world/decoders.ts";
import { Workbench } from "./world/jobs.ts";
import { Browser, World } from "./world/world.ts";

// The pages fetch these late: a clock that a test turns does not wait for the disk.
import "../../src/features/imaging/collecting.ts";
import "../../src/features/imaging/looking.ts";
import "../../src/features/imaging/practice/sealed.ts";
import "../../src/features/imaging/saved/finding.ts";
import "../../src/features/imaging/saved/making.ts";
import "../../src/features/links/opened.ts";
import "../../src/features/permits/making.ts";
import "@scure/bip39/wordlists/english.js";
import "@scure/bip39/wordlists/french.js";

// What it costs is the vectors' business.
vi.mock("../../src/sealing/stretch.ts", () => ({
  stretchBytes: async (secret: Uint8Array, { salt }: { salt: Uint8Array }) =>
    hash(concat(secret, salt)),
}));

const KIB = 1024;

/** Padded with what no reader looks at, so that a file has some size. */
function slice(n: number, size = 300 * KIB, tags: Tags = {}): Chosen {
  const place: Tags = {
    "00080018": ["UI", `1.2.3.${n}`],
    "00200013": ["IS", `${n}`],
    "00200032": ["DS", `0\\0\\${n}`],
    "00200037": ["DS", "1\\0\\0\\0\\1\\0"],
    "7FE00010": ["OW", pixels(n * 100)],
  };
  const bare = dicom({ tags: { ...place, ...tags } });
  const filler = new Uint8Array(Math.max(size - bare.length, 0));
  const bytes = new Uint8Array(concat(bare, filler));
  return { path: `scan/IM${n}`, file: new File([bytes], `IM${n}`, { lastModified: 1e12 }) };
}

const scan = (count: number): readonly Chosen[] =>
  Array.from({ length: count }, (_, n) => slice(n));

class Imaging {
  readonly world = new World();
  readonly browser = new Browser();
  readonly bench = new Workbench(this.world, this.browser);
  readonly readersBrowser: Browser;
  readonly reader: Workbench;

  /** `practice`: whoever looks has the practice's desk open in another tab. */
  constructor(practice?: "practice") {
    this.readersBrowser = practice ? this.world.doctorsBrowser : new Browser();
    this.reader = new Workbench(this.world, this.readersBrowser);
  }

  async sender(files: readonly Chosen[]): Promise<SenderModel> {
    const { desk } = this.world.doctor(await this.world.demo());
    await this.world.clock.until(() => desk.phase.value === "ready");
    const made = await desk.permits.value?.make("Labo", { bytes: 20e6, days: 7, links: 2 });
    const url = made?.url ?? "";
    const { platform } = this.world.page(this.browser, url.split("#")[1] ?? "");
    const { runJob } = this.bench;
    const pick = { chosenFiles: () => files, droppedFiles: async () => files };
    const model = createSender({ ...platform, runJob, ...pick });
    await this.world.clock.until(() => model.state.value !== "looking");
    await model.choosing.choose(null);
    return model;
  }

  /** The viewer of whoever opens what was sent. */
  async viewer(sent: SenderModel): Promise<ViewerModel> {
    await sent.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    expect(sent.state.value).toBe("sent");
    return this.reopened(sent);
  }

  /** In a page that is loaded anew. */
  async reopened(sent: SenderModel): Promise<ViewerModel> {
    const fragment = sent.sent.value?.links[0]?.url.split("#")[1] ?? "";
    const { platform } = this.world.page(this.readersBrowser, fragment);
    const { runJob, received, engine, decoders, renderers, http, line } = this.reader;
    const own = { http, runJob, received, engine, decoders, renderers, line };
    const needs = { ...platform, ...own };
    const opening = createOpening(needs);
    await this.world.clock.until(() => opening.state.value === "asking");
    await opening.open((await sent.words(0, "en")).join(" "));
    const [file] = opening.found.value?.files ?? [];
    this.reader.asked.length = 0;
    return (await file?.look?.()) ?? expect.fail();
  }

  async shown(viewer: ViewerModel): Promise<void> {
    await this.world.clock.until(() => !viewer.loading.value);
  }
}

const first = (viewer: ViewerModel): number => viewer.picture.value?.range[0] ?? -1;

describe("a study", () => {
  it("is offered as its images, or as all files", async () => {
    const one = new Imaging();
    const exe = { path: "scan/viewer.exe", file: new File([new Uint8Array(9)], "viewer.exe") };
    const model = await one.sender([...scan(3), exe]);
    expect(model.choosing.chosen.value).toMatchObject({
      name: "scan.zip",
      taking: "study",
      count: 4,
      study: { images: 3, series: 1, studies: 1, others: 1, damaged: 0 },
    });
    const { length } = model.choosing.chosen.value ?? expect.fail();
    model.choosing.take("files");
    expect(model.choosing.chosen.value).toMatchObject({ taking: "files", name: "scan.zip" });
    expect(model.choosing.chosen.value?.length).not.toBe(length);
    model.choosing.take("study");
    expect(model.choosing.chosen.value).toMatchObject({ taking: "study", length });
  });

  it("shows its first image before the rest is there", async () => {
    const one = new Imaging();
    const viewer = await one.viewer(await one.sender(scan(12)));
    let asked = 0;
    const rest = viewer.picture.subscribe((picture) => {
      if (picture && asked === 0) asked = one.reader.asked.length;
    });
    await one.shown(viewer);
    rest();
    expect(viewer.title.value).toBe("Camille Exemple · Thorax · 2026-03-02");
    expect(viewer.list.value).toEqual([
      { name: "Thin", number: "2", modality: "CT", study: "", count: 12 },
    ]);
    expect(viewer.count.value).toBe(12);
    expect(first(viewer)).toBe(0);
    // Two nonces, the part's head and leaves, its beginning with the index, and the rest of the file.
    expect(asked).toBe(6);
    viewer.go(7);
    await one.shown(viewer);
    expect(first(viewer)).toBe(700);
    viewer.go(99);
    await one.shown(viewer);
    expect(viewer.slice.value).toBe(11);
    expect(first(viewer)).toBe(1100);
    viewer.end();
  });

  it("says whose study the series is of", async () => {
    const one = new Imaging();
    const other: Tags = {
      "00080020": ["DA", "20260401"],
      "00100010": ["PN", "Autre^Dominique"],
      "0020000D": ["UI", "1.9"],
      "0020000E": ["UI", "1.9.1"],
    };
    const viewer = await one.viewer(await one.sender([slice(0), slice(1, 0, other)]));
    await one.shown(viewer);
    expect(viewer.title.value).toBe("Camille Exemple · Thorax · 2026-03-02");
    viewer.choose(1);
    await one.shown(viewer);
    expect(viewer.title.value).toBe("Dominique Autre · Thorax · 2026-04-01");
    expect(first(viewer)).toBe(100);
  });

  it("shows what somebody came back to, though it was given up before", async () => {
    const one = new Imaging();
    const viewer = await one.viewer(await one.sender(scan(30)));
    await one.shown(viewer);
    const wrong: unknown[] = [];
    const rest = viewer.wrong.subscribe((value) => void wrong.push(value));
    for (const slice of [20, 21, 20, 22, 20]) viewer.go(slice);
    await one.world.clock.until(() => first(viewer) === 2000);
    rest();
    expect(wrong).toEqual([null]);
    expect(viewer.slice.value).toBe(20);
  });

  it("keeps a good image where its neighbour is not the author's", async () => {
    const one = new Imaging();
    const viewer = await one.viewer(await one.sender(scan(30)));
    await one.shown(viewer);
    const rest = viewer.picture.subscribe(() => {
      one.reader.spoils = first(viewer) === 2000;
    });
    viewer.go(20);
    await one.world.clock.until(() => one.reader.spoilt > 0);
    rest();
    await new Promise((done) => setTimeout(done, 50));
    expect(viewer.wrong.value).toBeNull();
    expect(first(viewer)).toBe(2000);
  });

  it("starts no worker once it was closed", async () => {
    const one = new Imaging();
    const viewer = await one.viewer(await one.sender(scan(30)));
    await one.shown(viewer);
    const before = one.reader.asked.length;
    viewer.go(20);
    viewer.end();
    await new Promise((done) => setTimeout(done, 50));
    expect(one.reader.asked.length).toBeLessThanOrEqual(before + 3);
    expect(viewer.picture.value?.range[0]).toBe(0);
  });

  it("waits for the network, and goes on", async () => {
    const one = new Imaging();
    const viewer = await one.viewer(await one.sender(scan(30)));
    await one.shown(viewer);
    one.reader.left = 0;
    viewer.go(25);
    await one.world.clock.until(() => viewer.waiting.value);
    expect(viewer.loading.value).toBe(true);
    one.reader.left = Number.POSITIVE_INFINITY;
    await one.shown(viewer);
    expect(viewer.waiting.value).toBe(false);
    expect(first(viewer)).toBe(2500);
  });

  it("says which file cannot be shown, and shows the others", async () => {
    const one = new Imaging();
    const deep = slice(1, 0, { "00280100": ["US", 32] });
    const endless = slice(2, ENDLESS);
    const viewer = await one.viewer(await one.sender([slice(0), deep, endless, slice(3)]));
    await one.shown(viewer);
    viewer.go(1);
    await one.shown(viewer);
    expect(viewer.wrong.value).toEqual({ what: "file", why: "unsupported" });
    expect(viewer.picture.value).toBeNull();
    viewer.go(2);
    await one.shown(viewer);
    expect(viewer.wrong.value).toEqual({ what: "file", why: "too_slow" });
    expect(viewer.title.value).toBe("Camille Exemple · Thorax · 2026-03-02");
    viewer.go(3);
    await one.shown(viewer);
    expect(viewer.wrong.value).toBeNull();
    expect(first(viewer)).toBe(300);
  });

  it("expands files of many frames", async () => {
    const one = new Imaging();
    const tags: Tags = {
      "00280008": ["IS", "3"],
      "7FE00010": ["OW", concat(pixels(0), pixels(50), pixels(90))],
    };
    const viewer = await one.viewer(await one.sender([slice(0, 0, tags)]));
    await one.shown(viewer);
    expect(viewer.count.value).toBe(3);
    viewer.go(2);
    await one.shown(viewer);
    expect(first(viewer)).toBe(90);
  });

  it("is refused where a chunk is not the author's", async () => {
    const one = new Imaging();
    const sent = await one.sender(scan(12));
    const viewer = await one.viewer(sent);
    await one.shown(viewer);
    one.reader.spoils = true;
    viewer.go(11);
    await one.shown(viewer);
    expect(viewer.wrong.value).toEqual({ what: "forged" });
    expect(viewer.picture.value).toBeNull();
  });

  it("keeps what is drawn with the picture it was drawn on", async () => {
    const one = new Imaging();
    const viewer = await one.viewer(await one.sender(scan(3)));
    await one.shown(viewer);
    const { marking } = viewer;
    marking.choose("length");
    marking.point({ x: 1, y: 1 });
    marking.point({ x: 4, y: 1 });
    marking.choose("note");
    marking.point({ x: 2, y: 2 }, "here");
    expect(marking.marks.value.map(({ kind }) => kind)).toEqual(["length", "note"]);
    viewer.toggleKey();
    viewer.go(1);
    await one.shown(viewer);
    expect(marking.marks.value).toEqual([]);
    expect(marking.isKey.value).toBe(false);
    viewer.go(0);
    await one.shown(viewer);
    expect(marking.isKey.value).toBe(true);
    const [length] = marking.marks.value;
    marking.move(length?.id ?? 0, 1, { x: 5, y: 1 });
    marking.rename(length?.id ?? 0, "node");
    expect(marking.marks.value[0]).toMatchObject({ text: "node", points: [{ x: 1 }, { x: 5 }] });
    marking.remove(length?.id ?? 0);
    expect(marking.marks.value).toHaveLength(1);
    // A mark that was begun is dropped with its tool.
    marking.choose("angle");
    marking.point({ x: 1, y: 1 });
    marking.choose("pan");
    expect(marking.marks.value).toHaveLength(1);
  });
});

/** What the page hands to the browser as a download. */
const downloaded = ({ reader }: Imaging): File => {
  const [[name, blob] = ["", new Blob()]] = [...reader.handed];
  return new File([blob], name, { type: "application/zip" });
};

async function drawn(one: Imaging, viewer: ViewerModel): Promise<File> {
  const { marking, keeping } = viewer;
  await one.shown(viewer);
  viewer.go(1);
  await one.shown(viewer);
  expect(keeping.ready.value).toBe(false);
  marking.choose("length");
  marking.point({ x: 1, y: 1 });
  marking.point({ x: 4, y: 1 });
  viewer.toggleKey();
  await keeping.saveFile("Dr Exemple");
  expect([keeping.problem.value, keeping.saved.value]).toEqual([null, true]);
  marking.rename(1, "changed");
  expect(keeping.saved.value).toBe(false);
  return downloaded(one);
}

describe("marks that were saved", () => {
  it("are in a file that shows them again, on their picture", async () => {
    const one = new Imaging();
    const sent = await one.sender(scan(3));
    const file = await drawn(one, await one.viewer(sent));
    expect(file.name).toMatch(/^aparte-\d{4}-\d\d-\d\d\.zip$/);
    const again = await one.reopened(sent);
    await one.shown(again);
    await again.keeping.openFile(file);
    expect(again.keeping.layers.value).toMatchObject([{ by: "Dr Exemple", count: 2, left: 0 }]);
    expect(again.keys.value).toEqual([{ series: 0, slice: 1 }]);
    expect(again.marking.saved.value).toEqual([]);
    for (const key of again.keys.value) again.visit(key);
    await one.shown(again);
    expect(again.marking.saved.value).toMatchObject([
      {
        mark: {
          kind: "length",
          points: [
            { x: 1, y: 1 },
            { x: 4, y: 1 },
          ],
        },
      },
    ]);
    const [layer] = again.keeping.layers.value;
    again.keeping.show(layer?.id ?? "", false);
    expect([again.marking.saved.value, again.keys.value]).toEqual([[], []]);
    await again.keeping.openFile(new File(["x"], "x.zip"));
    expect(again.keeping.problem.value).toBe("open");
    await again.keeping.openFile(new File([dicom()], "x.dcm"));
    expect(again.keeping.problem.value).toBe("none");
  });

  it("come with a study, and are no picture of it", async () => {
    const one = new Imaging();
    const file = await drawn(one, await one.viewer(await one.sender(scan(3))));
    const inside = (await unzipped(file)).filter(({ path }) => path.endsWith(".dcm"));
    const marks = await Promise.all(
      inside.map(async ({ path, file: { stream } }) => ({
        path,
        file: new File([await new Response(stream()).arrayBuffer()], path),
      })),
    );
    const two = new Imaging();
    const viewer = await two.viewer(await two.sender([...scan(3), ...marks]));
    await two.world.clock.until(() => viewer.keeping.layers.value.length > 0);
    expect(viewer.list.value).toMatchObject([{ count: 3 }]);
    expect(viewer.keys.value).toEqual([{ series: 0, slice: 1 }]);
    const three = new Imaging();
    const alone = await three.viewer(await three.sender(marks));
    await three.world.clock.until(() => alone.wrong.value !== null);
    expect([alone.wrong.value, alone.list.value]).toEqual([{ what: "alone" }, []]);
  });

  it("are sealed for the practice, signed, and there the next time", async () => {
    const one = new Imaging("practice");
    const sent = await one.sender(scan(3));
    const viewer = await one.viewer(sent);
    await drawn(one, viewer);
    const { keeping, marking } = viewer;
    await one.world.clock.until(() => keeping.practice.value !== null);
    const before = one.world.blobs.size;
    await keeping.savePractice();
    expect(keeping.problem.value).toBeNull();
    expect(one.world.blobs.size).toBe(before + 1);
    // What was drawn is a layer now, and no longer to be saved.
    expect([keeping.ready.value, marking.marks.value]).toEqual([false, []]);
    const layer = { by: "Dr Camille Démo", signed: true, count: 2, left: 0 };
    expect(keeping.layers.value).toMatchObject([layer]);
    expect(marking.saved.value).toMatchObject([{ mark: { kind: "length", text: "changed" } }]);
    const again = await one.reopened(sent);
    await one.world.clock.until(() => again.keeping.layers.value.length > 0);
    expect(again.keeping.layers.value).toMatchObject([layer]);
    expect(again.keys.value).toEqual([{ series: 0, slice: 1 }]);
    await again.keeping.erase(again.keeping.layers.value[0]?.id ?? "");
    expect([again.keeping.layers.value, again.keys.value]).toEqual([[], []]);
    expect(one.world.blobs.size).toBe(before);
    const third = await one.reopened(sent);
    await one.world.clock.until(() => third.keeping.practice.value !== null);
    expect(third.keeping.layers.value).toEqual([]);
  });

  it("are not lost where the desk cannot keep them", async () => {
    const one = new Imaging("practice");
    const viewer = await one.viewer(await one.sender(scan(3)));
    await drawn(one, viewer);
    await one.world.clock.until(() => viewer.keeping.practice.value !== null);
    one.world.relay.down = true;
    await viewer.keeping.savePractice();
    expect(viewer.keeping.problem.value).toBe("practice");
    expect(viewer.marking.marks.value).toHaveLength(1);
    expect(viewer.keeping.layers.value).toEqual([]);
  });
});

describe("a link that is shown in a consult", () => {
  it("is opened once, however often its words are tried, and keeps what is drawn", async () => {
    const one = new Imaging();
    const sender = await one.sender(scan(3));
    await sender.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    const { platform } = one.world.page(one.readersBrowser, "");
    const { received, engine, decoders, http, line } = one.reader;
    const needs = { ...platform, http, received, engine, decoders, line };
    const links = new Links(needs);
    const url = sender.sent.value?.links[0]?.url ?? "";
    const words = [...(await sender.words(0, "en"))];
    const other = [words[1], words[0], ...words.slice(2)].join(" ");
    const wrong: unknown = await links.open(url, other).catch((error) => error);
    expect(troubleOf(wrong)).toBe("showBadWords");
    const handed = await links.open(url, words.join(" "));
    expect(await links.open(url, words.join(" "))).toEqual(handed);
    const blob = b64u(placeOfLink(parseSealedLink(url.split("#")[1] ?? "")));
    expect(one.world.openings.used(blob)).toBe(1);
    expect(one.reader.asked.filter((range) => range !== "")).toHaveLength(1);
    const drawn: Drawn = new Map();
    const viewer = await openShown(needs, handed, drawn);
    await one.shown(viewer);
    viewer.toggleKey();
    viewer.end();
    const again = await openShown(needs, handed, drawn);
    await one.shown(again);
    expect(again.marking.isKey.value).toBe(true);
    again.end();
  });
});
