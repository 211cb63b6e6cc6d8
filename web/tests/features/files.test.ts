/** Files of any size: sent with a permit, opened with a link and words, interrupted on either way. */
import { describe, expect, it, vi } from "vitest";
import type { DeskModel } from "../../src/features/desk/desk.ts";
import type { SenderModel } from "../../src/features/files/model.ts";
import type { IncomingFile } from "../../src/features/files/receiving.ts";
import { createSender } from "../../src/features/files/sender.ts";
import { type Chosen, filesSource } from "../../src/features/files/source.ts";
import { createOpening } from "../../src/features/links/opening.ts";
import { b64u, concat } from "../../src/sealing/encoding.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { parseSealedLink, placeOfLink } from "../../src/sealing/sealed-link.ts";
import { bytesOf, chosen, digest, Workbench } from "./world/jobs.ts";
import { Browser, World } from "./world/world.ts";

// The pages fetch these late: a clock that a test turns does not wait for the disk.
import "../../src/features/links/opened.ts";
import "../../src/features/permits/making.ts";
import "../../src/features/permits/withdrawing.ts";
import "../../src/features/viewing/fetched.ts";
import "@scure/bip39/wordlists/english.js";
import "@scure/bip39/wordlists/french.js";

// What it costs is the vectors' business.
vi.mock("../../src/sealing/stretch.ts", () => ({
  stretchBytes: async (secret: Uint8Array, { salt }: { salt: Uint8Array }) =>
    hash(concat(secret, salt)),
}));

const MIB = 1024 * 1024;

const text = (content: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new TextEncoder().encode(content));

async function read(source: ReturnType<typeof filesSource>, first = 0): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  for await (const chunk of source.chunks(first)) found.push(chunk.slice());
  return concat(...found);
}

class Sending {
  readonly world = new World();
  readonly browser = new Browser();
  readonly bench = new Workbench(this.world, this.browser);
  readonly readersBrowser = new Browser();
  readonly reader = new Workbench(this.world, this.readersBrowser);
  url = "";
  desk: DeskModel | undefined;

  /** A practice lets somebody send so much. */
  async permitted(bytes = 10 * MIB): Promise<this> {
    const { desk } = this.world.doctor(await this.world.demo());
    await this.world.clock.until(() => desk.phase.value === "ready");
    this.desk = desk;
    const made = await desk.permits.value?.make("Labo", { bytes, days: 7, links: 3 });
    this.url = made?.url ?? "";
    return this;
  }

  async page(files: readonly Chosen[] = [], url = this.url): Promise<SenderModel> {
    const { platform } = this.world.page(this.browser, url.split("#")[1] ?? "");
    const { runJob } = this.bench;
    const model = createSender({
      ...platform,
      runJob,
      chosenFiles: () => files,
      droppedFiles: async () => files,
    });
    await this.world.clock.until(() => model.state.value !== "looking");
    await model.choosing.choose(null);
    return model;
  }

  /** Opens what was sent, in another browser. */
  async opened(model: SenderModel): Promise<readonly IncomingFile[]> {
    const words = (await model.words(0, "en")).join(" ");
    const fragment = model.sent.value?.links[0]?.url.split("#")[1] ?? "";
    const { platform } = this.world.page(this.readersBrowser, fragment);
    const { runJob, received } = this.reader;
    const { engine, decoders, renderers, line } = this.reader;
    const needs = { runJob, received, engine, decoders, renderers, line };
    const opening = createOpening({ ...platform, ...needs });
    await this.world.clock.until(() => opening.state.value === "asking");
    await opening.open(words);
    expect(opening.found.value).toMatchObject({ author: null, document: null, says: "Labo Démo" });
    return opening.found.value?.files ?? [];
  }
}

describe("files of any size", () => {
  it.each([0, 1, 65_536, 4 * MIB, 9 * MIB + 5])("arrives: %d bytes", async (length) => {
    const one = await new Sending().permitted();
    const model = await one.page([chosen("scan été.bin", bytesOf(length))]);
    expect(model.choosing.chosen.value).toMatchObject({ name: "scan été.bin", length, count: 1 });
    await model.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    expect(model.problem.value).toBeNull();
    expect(model.state.value).toBe("sent");
    const [file] = await one.opened(model);
    await file?.start();
    expect(file?.state.value).toBe("saved");
    expect(file?.progress.value).toEqual({ done: length, waiting: false });
    expect(digest(one.reader.saved.get("scan été.bin"))).toBe(digest(bytesOf(length)));
  });

  it("is looked at in the page, and nothing of it is saved", async () => {
    const one = await new Sending().permitted();
    const model = await one.page([chosen("lettre.PDF", text("%PDF-3"))]);
    await model.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    const [file] = await one.opened(model);
    expect([file?.look, file?.inside]).toEqual([null, null]);
    const viewer = await file?.view?.();
    await one.world.clock.until(() => viewer?.sheet.value !== null);
    expect(viewer?.count.value).toBe(3);
    expect(file?.state.value).toBe("idle");
    expect(one.reader.saved.size).toBe(0);
    viewer?.end();
  });

  it("is listed where it is several, and one of them looked at alone", async () => {
    const one = await new Sending().permitted(20 * MIB);
    const model = await one.page([
      chosen("envoi/a.pdf", text("%PDF-2")),
      chosen("envoi/b.bin", bytesOf(9 * MIB)),
      chosen("envoi/c/d.pdf", text("none")),
    ]);
    await model.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    const [file] = await one.opened(model);
    expect([file?.name, file?.view]).toEqual(["envoi.zip", null]);
    one.reader.asked.length = 0;
    const inside = await file?.inside?.();
    await one.world.clock.until(() => inside?.state.value === "open");
    const entries = inside?.entries.value ?? [];
    expect(entries.map(({ path, length }) => [path, length])).toEqual([
      ["envoi/a.pdf", 6],
      ["envoi/b.bin", 9 * MIB],
      ["envoi/c/d.pdf", 4],
    ]);
    expect(entries.map(({ view }) => view !== null)).toEqual([true, false, true]);
    const [first, , last] = entries.map(({ view }) => view?.());
    await one.world.clock.until(() => first?.sheet.value !== null);
    expect([first?.name, first?.count.value]).toEqual(["a.pdf", 2]);
    await one.world.clock.until(() => last?.wrong.value !== null);
    expect(last?.wrong.value).toBe("kind");
    // The head of the part, its leaves, and a few chunks: not what lies between.
    expect(one.reader.asked.length).toBeLessThan(8);
  });

  it("is no archive by its name alone", async () => {
    const one = await new Sending().permitted();
    const model = await one.page([chosen("envoi.zip", bytesOf(200_000))]);
    await model.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    const [file] = await one.opened(model);
    const inside = await file?.inside?.();
    await one.world.clock.until(() => inside?.state.value === "failed");
    expect(inside?.wrong.value).toBe("broken");
  });

  it("goes on after a reload, and after the network was gone", async () => {
    const one = await new Sending().permitted(20 * MIB);
    const files = [chosen("scan.bin", bytesOf(17 * MIB))];
    const first = await one.page(files);
    one.bench.left = 4;
    void first.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    await one.world.clock.until(() => first.progress.value.waiting);
    const { done } = first.progress.value;
    expect(done).toBeGreaterThan(0);
    first.pause();
    one.bench.left = Number.POSITIVE_INFINITY;
    const second = await one.page(files);
    expect(second.begun.value).toMatchObject({ file: "scan.bin", length: 17 * MIB });
    await second.send("", [{ to: "Łukasz", openings: 1 }]);
    expect(second.sent.value?.links[0]).toMatchObject({ name: "scan.bin", openings: 3 });
    const [file] = await one.opened(second);
    one.reader.left = 4;
    void file?.start();
    await one.world.clock.until(() => file?.progress.value.waiting === true);
    one.reader.left = Number.POSITIVE_INFINITY;
    await one.world.clock.until(() => file?.state.value === "saved");
    expect(digest(one.reader.saved.get("scan.bin"))).toBe(digest(bytesOf(17 * MIB)));
    // The page that is opened again shows the same link.
    const third = await one.page();
    expect(third.state.value).toBe("sent");
    expect(third.sent.value).toEqual(second.sent.value);
    await third.forget();
    expect((await one.page()).begun.value).toBeNull();
  });

  it("goes on where a download was paused", async () => {
    const one = await new Sending().permitted(20 * MIB);
    const model = await one.page([chosen("scan.bin", bytesOf(13 * MIB))]);
    await model.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    const [file] = await one.opened(model);
    one.reader.left = 5;
    void file?.start();
    await one.world.clock.until(() => file?.progress.value.waiting === true);
    file?.pause();
    expect(file?.state.value).toBe("paused");
    const held = [...one.reader.disk.values()][0]?.length ?? 0;
    expect(held).toBeGreaterThan(0);
    one.reader.left = Number.POSITIVE_INFINITY;
    // A page that is opened again goes on, and counts no opening.
    const [again] = await one.opened(model);
    void again?.start();
    await one.world.clock.until(() => again?.state.value !== "going");
    expect(digest(one.reader.saved.get("scan.bin"))).toBe(digest(bytesOf(13 * MIB)));
    const place = b64u(
      placeOfLink(parseSealedLink(model.sent.value?.links[0]?.url.split("#")[1] ?? "")),
    );
    expect(one.world.openings.used(place)).toBe(1);
    await again?.erase();
    expect(one.reader.disk.size).toBe(0);
    await one.opened(model);
    expect(one.world.openings.used(place)).toBe(2);
  });

  it("refuses what was changed at the server, and keeps nothing of it", async () => {
    const one = await new Sending().permitted(20 * MIB);
    const model = await one.page([chosen("scan.bin", bytesOf(9 * MIB))]);
    await model.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    const [file] = await one.opened(model);
    const [largest] = [...one.world.blobs.values()].sort((a, b) => b.length - a.length);
    if (largest) largest[6 * MIB] = (largest[6 * MIB] ?? 0) ^ 1;
    await file?.start();
    expect(file?.state.value).toBe("idle");
    expect(file?.problem.value).toMatchObject({ key: "altered", loud: true });
    expect(one.reader.saved.size).toBe(0);
    const [before = new Uint8Array(1)] = [...one.reader.disk.values()];
    expect(digest(before)).toBe(digest(bytesOf(9 * MIB).slice(0, before.length)));
    // Nothing that was good before is fetched again once the server gives the right bytes.
    if (largest) largest[6 * MIB] = (largest[6 * MIB] ?? 0) ^ 1;
    await file?.start();
    expect(digest(one.reader.saved.get("scan.bin"))).toBe(digest(bytesOf(9 * MIB)));
  });

  it("asks again where an answer is cut, and says nothing of changes", async () => {
    const one = await new Sending().permitted(20 * MIB);
    const model = await one.page([chosen("scan.bin", bytesOf(9 * MIB))]);
    await model.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    const [file] = await one.opened(model);
    one.reader.cuts = 1;
    void file?.start();
    await one.world.clock.until(() => file?.state.value === "saved");
    expect(digest(one.reader.saved.get("scan.bin"))).toBe(digest(bytesOf(9 * MIB)));
  });

  it("says that the disk is full, and waits for no network", async () => {
    const one = await new Sending().permitted(20 * MIB);
    const model = await one.page([chosen("scan.bin", bytesOf(9 * MIB))]);
    await model.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    const [file] = await one.opened(model);
    one.reader.room = 5 * MIB;
    await file?.start();
    expect(file?.problem.value).toMatchObject({ key: "no_room", loud: false });
    one.reader.room = Number.POSITIVE_INFINITY;
    await file?.start();
    expect(file?.state.value).toBe("saved");
  });

  it("is taken back, sent or not", async () => {
    const one = await new Sending().permitted(20 * MIB);
    const before = one.world.blobs.size;
    const model = await one.page([chosen("scan.bin", bytesOf(9 * MIB))]);
    one.bench.left = 3;
    void model.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    await one.world.clock.until(() => model.progress.value.waiting);
    model.pause();
    await model.takeBack();
    expect(model.state.value).toBe("forgotten");
    expect(one.world.blobs.size).toBe(before);
    const other = await new Sending().permitted();
    const sent = await other.page([chosen("a", bytesOf(10))]);
    await sent.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    const [file] = await other.opened(sent);
    await sent.takeBack();
    await file?.start();
    expect(file?.problem.value?.key).toBe("files_gone");
  });

  it("seals nothing again once another page has sent all of it", async () => {
    const one = await new Sending().permitted(20 * MIB);
    const files = [chosen("scan.bin", bytesOf(5 * MIB))];
    const waiting = await one.page(files);
    await (await one.page(files)).send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    const [blobs] = [[...one.world.blobs.values()].map(digest)];
    await waiting.send("Somebody", [{ to: "Łukasz", openings: 1 }]);
    expect(waiting.sent.value?.links[0]).toMatchObject({ name: "scan.bin", openings: 3 });
    expect([...one.world.blobs.values()].map(digest)).toEqual(blobs);
  });

  it("never seals a changed file under the same numbers", async () => {
    const one = await new Sending().permitted(20 * MIB);
    const first = await one.page([chosen("scan.bin", bytesOf(9 * MIB))]);
    one.bench.left = 3;
    void first.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    await one.world.clock.until(() => first.progress.value.waiting);
    first.pause();
    one.bench.left = Number.POSITIVE_INFINITY;
    const other = bytesOf(9 * MIB);
    other[5 * MIB] = 0;
    const second = await one.page([chosen("scan.bin", other)]);
    await second.send("", [{ to: "Łukasz", openings: 1 }]);
    expect(second.problem.value).toMatchObject({ key: "file_changed" });
    const third = await one.page([chosen("scan.bin", bytesOf(9 * MIB), 2e12)]);
    await third.send("", [{ to: "Łukasz", openings: 1 }]);
    expect(third.problem.value).toMatchObject({ key: "file_changed" });
    const fourth = await one.page([chosen("other.bin", bytesOf(9 * MIB))]);
    expect(fourth.choosing.trouble.value).toBe("another");
  });

  it("is begun with what the permit pays for alone", async () => {
    const one = await new Sending().permitted(MIB);
    const before = one.world.blobs.size;
    const model = await one.page([chosen("scan.bin", bytesOf(2 * MIB))]);
    expect(model.choosing.trouble.value).toBe("large");
    await model.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    expect(model.state.value).toBe("choosing");
    expect(one.world.blobs.size).toBe(before);
    const none = await one.page();
    await none.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    expect(none.choosing.trouble.value).toBe("none");
  });

  it("says that a permit was used, is over, or is none", async () => {
    const one = await new Sending().permitted();
    await (await one.page([chosen("a", bytesOf(10))])).send("Labo Démo", [
      { to: "Łukasz", openings: 3 },
    ]);
    const elsewhere = new Sending();
    Object.assign(elsewhere, { world: one.world });
    const again = new Workbench(one.world, elsewhere.browser);
    Object.assign(elsewhere, { bench: again, url: one.url });
    const second = await elsewhere.page([chosen("b", bytesOf(10))]);
    await second.send("Labo Démo", [{ to: "Łukasz", openings: 3 }]);
    expect(second.problem.value?.key).toBe("permit_used");
    expect((await one.page([], `${one.url}A`)).problem.value?.key).toBe("bad_link");
  });
});

describe("a source", () => {
  it("is one file as it is", async () => {
    const source = filesSource([chosen("a.bin", bytesOf(200_000))]);
    expect(source).toMatchObject({ name: "a.bin", length: 200_000 });
    expect(digest(await read(source, 2))).toBe(digest(bytesOf(200_000).slice(2 * 65_536)));
  });

  it("is a zip of several files, or of a folder, of the length that was said", async () => {
    const several = filesSource([chosen("b", bytesOf(70_000)), chosen("é", bytesOf(3))]);
    const folder = filesSource([
      chosen("étude/1/a.dcm", bytesOf(70_000)),
      chosen("étude/b", bytesOf(0)),
    ]);
    expect([several.name, folder.name]).toEqual(["documents.zip", "étude.zip"]);
    for (const source of [several, folder]) {
      const whole = await read(source);
      expect(whole.length).toBe(source.length);
      expect(digest(await read(source, 1))).toBe(digest(whole.slice(65_536)));
    }
  });
});
