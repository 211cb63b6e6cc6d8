/** A practice's own files: one upload, several people who get them, interrupted, taken back. */
import { describe, expect, it, vi } from "vitest";
import type { Chosen } from "../../src/features/files/source.ts";
import type { LinksModel, OpeningModel, Wanted } from "../../src/features/links/model.ts";
import { createOpening } from "../../src/features/links/opening.ts";
import { concat } from "../../src/sealing/encoding.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { bytesOf, chosen, digest, filesIn, Workbench } from "./world/jobs.ts";
import { documentsIn, kept } from "./world/keeping.ts";
import { Browser, World } from "./world/world.ts";

// The pages fetch these late: a clock that a test turns does not wait for the disk.
import "../../src/features/links/making.ts";
import "../../src/features/links/opened.ts";
import "@scure/bip39/wordlists/english.js";
import "@scure/bip39/wordlists/french.js";

// What it costs is the vectors' business.
vi.mock("../../src/sealing/stretch.ts", () => ({
  stretchBytes: async (secret: Uint8Array, { salt }: { salt: Uint8Array }) =>
    hash(concat(secret, salt)),
}));

/** Two pieces of content. */
const SIZE = 5 * 1024 * 1024 + 5;
const NAME = "IRM été.bin";
const to = (name: string, changes: Partial<Wanted> = {}): Wanted => ({
  to: name,
  person: null,
  days: 7,
  openings: 3,
  ...changes,
});
const TWO = [to("Confrère"), to("Patiente", { days: 1, openings: 1 })];

class Desk {
  readonly world: World;
  readonly bench: Workbench;
  files: readonly Chosen[] = [chosen(NAME, bytesOf(SIZE))];
  links!: LinksModel;

  constructor(world = new World()) {
    this.world = world;
    this.bench = new Workbench(world, world.doctorsBrowser);
  }

  /** The desk is opened, or opened again. */
  async open(fragment = ""): Promise<this> {
    const files = filesIn(this.bench, () => this.files);
    const { desk } = this.world.doctor(fragment, this.world.doctorsBrowser, files);
    await this.world.clock.until(() => desk.phase.value === "ready");
    if (!desk.links.value) throw new Error("no links");
    this.links = desk.links.value;
    await this.links.load();
    return this;
  }

  async begin(): Promise<this> {
    return await this.open(await this.world.demo());
  }

  async choose(): Promise<void> {
    await this.links.outgoing.choosing.choose(null);
  }

  async send(wanted: readonly Wanted[] = TWO): Promise<readonly string[]> {
    await this.choose();
    return await this.links.outgoing.send(wanted);
  }

  /** Begins to send, until the network is gone. */
  async interrupted(requests: number): Promise<void> {
    await this.choose();
    this.bench.left = requests;
    const { outgoing } = this.links;
    void outgoing.send(TWO);
    await this.world.clock.until(() => outgoing.progress.value.waiting);
    outgoing.pause();
    this.bench.left = Number.POSITIVE_INFINITY;
    expect(outgoing.state.value).toBe("paused");
  }

  line(name: string) {
    const line = this.links.list.value.find((one) => one.to === name);
    if (!line) throw new Error(`${name} has no link: ${this.links.outgoing.problem.value?.key}`);
    return line;
  }

  /** Opens the link of somebody, in a browser of their own. */
  async reader(name: string) {
    const line = this.line(name);
    const words = (await this.links.words(line.id, "fr")).join(" ");
    const browser = new Browser();
    const { platform } = this.world.page(browser, line.url.split("#")[1] ?? "");
    const bench = new Workbench(this.world, browser);
    const { runJob, received, engine, decoders, renderers } = bench;
    const needs = { runJob, received, engine, decoders, renderers, line: bench.line };
    const model: OpeningModel = createOpening({ ...platform, ...needs });
    await this.world.clock.until(() => model.state.value !== "looking");
    if (model.state.value === "asking") await model.open(words);
    return { model, bench, file: model.found.value?.files[0] };
  }
}

const begun = (): Promise<Desk> => new Desk().begin();

describe("files of a practice", () => {
  it("reach several people by one upload, each by a link of their own", async () => {
    const desk = await begun();
    const before = desk.world.blobs.size;
    const made = await desk.send();
    expect(made).toHaveLength(2);
    // The files, and a link for each.
    expect(desk.world.blobs.size).toBe(before + 3);
    for (const name of ["Confrère", "Patiente"]) {
      const { model, bench, file } = await desk.reader(name);
      expect(model.found.value?.author?.card.name).toBe("Dr Camille Démo");
      await file?.start();
      expect(digest(bench.saved.get(NAME))).toBe(digest(bytesOf(SIZE)));
    }
    await desk.links.load();
    expect(desk.line("Confrère")).toMatchObject({ used: 1, state: "open", mailed: null });
    expect(desk.line("Patiente")).toMatchObject({ used: 1, state: "used-up", openings: 1 });
    const [one, other] = [desk.line("Confrère"), desk.line("Patiente")];
    expect(one.upload).toBe(other.upload);
    expect(one.url).not.toBe(other.url);
    expect(one.expires - other.expires).toBe(6 * 24 * 3600_000);
    // Nothing of it is left on the way.
    expect(desk.links.outgoing.begun.value).toBeNull();
    const scopes = await desk.world.doctorsBrowser.vaults().scopes();
    expect(scopes.filter((scope) => scope.startsWith("outgoing:"))).toEqual([]);
  });

  it("are taken back from one, and go on for the other", async () => {
    const desk = await begun();
    await desk.send();
    const [one] = [await desk.reader("Confrère")];
    await desk.links.withdraw(desk.line("Patiente").id);
    expect(desk.line("Patiente").state).toBe("withdrawn");
    expect((await desk.reader("Patiente")).model.problem.value?.key).toBe("withdrawn");
    await one.file?.start();
    expect(one.file?.state.value).toBe("saved");
    // With the last link the files go.
    await desk.links.load();
    await desk.links.withdraw(desk.line("Confrère").id);
    await one.file?.erase();
    await one.file?.start();
    expect(one.file?.problem.value?.key).toBe("files_gone");
  });

  it("are taken back from everybody", async () => {
    const desk = await begun();
    const before = desk.world.blobs.size;
    await desk.send();
    const one = await desk.reader("Confrère");
    await desk.links.withdrawAll(desk.line("Confrère").upload);
    expect(desk.links.list.value.map(({ state }) => state)).toEqual(["withdrawn", "withdrawn"]);
    expect(desk.world.blobs.size).toBe(before);
    await one.file?.start();
    expect(one.file?.problem.value?.key).toBe("files_gone");
  });

  it("go on after a pause and a reload", async () => {
    const desk = await begun();
    await desk.interrupted(2);
    await desk.open();
    const { outgoing } = desk.links;
    expect(outgoing.begun.value).toMatchObject({ file: NAME, whole: false });
    expect(outgoing.begun.value?.to).toEqual(["Confrère", "Patiente"]);
    // Without the files there is nothing to go on with.
    expect(await outgoing.send([])).toEqual([]);
    expect(outgoing.choosing.trouble.value).toBe("none");
    const before = desk.bench.asked.length;
    expect(await desk.send([])).toHaveLength(2);
    expect(desk.bench.asked.length - before).toBeLessThan(6);
    const { bench, file } = await desk.reader("Confrère");
    await file?.start();
    expect(digest(bench.saved.get(NAME))).toBe(digest(bytesOf(SIZE)));
  });

  it("go on where the upload was erased meanwhile, paid for anew", async () => {
    const desk = await begun();
    const before = new Set(desk.world.blobs.keys());
    await desk.interrupted(2);
    for (const id of desk.world.blobs.keys()) if (!before.has(id)) desk.world.blobs.delete(id);
    expect(await desk.send([])).toHaveLength(2);
    const { file } = await desk.reader("Confrère");
    await file?.start();
    expect(file?.state.value).toBe("saved");
  });

  it("go on with the links alone once all of it is sent", async () => {
    const desk = await begun();
    await desk.choose();
    const { outgoing } = desk.links;
    const receipt = vi.spyOn(desk.world.registry, "receipt").mockRejectedValue(new TypeError());
    void outgoing.send(TWO);
    await desk.world.clock.until(() => outgoing.problem.value !== null);
    expect(outgoing.problem.value).toMatchObject({ key: "send_failed", loud: false });
    expect(outgoing.begun.value?.whole).toBe(true);
    receipt.mockRestore();
    await desk.open();
    // Nothing has to be chosen again.
    expect(await desk.links.outgoing.send([])).toHaveLength(2);
  });

  it("lose nothing where the practice has no space left", async () => {
    const desk = await begun();
    const before = desk.world.blobs.size;
    desk.world.vouchers.room = 0;
    expect(await desk.send()).toEqual([]);
    const { outgoing } = desk.links;
    expect(outgoing.problem.value).toMatchObject({ key: "no_quota", loud: false });
    expect(desk.world.blobs.size).toBe(before);
    desk.world.vouchers.room = Number.POSITIVE_INFINITY;
    expect(await outgoing.send([])).toHaveLength(2);
  });

  it("are sent once, though it is asked for twice", async () => {
    const desk = await begun();
    await desk.choose();
    const { outgoing } = desk.links;
    const both = await Promise.all([outgoing.send(TWO), outgoing.send(TWO)]);
    expect(both.map((made) => made.length).sort()).toEqual([0, 2]);
    expect(desk.links.list.value).toHaveLength(2);
  });

  it("are never sealed anew where they have changed", async () => {
    const desk = await begun();
    await desk.interrupted(2);
    desk.files = [chosen("other.bin", bytesOf(SIZE))];
    await desk.choose();
    expect(desk.links.outgoing.choosing.trouble.value).toBe("another");
    desk.files = [chosen(NAME, bytesOf(SIZE), 2e12)];
    expect(await desk.send([])).toEqual([]);
    expect(desk.links.outgoing.problem.value?.key).toBe("file_changed_own");
  });

  it("are given up, with what would have paid for them", async () => {
    const desk = await begun();
    const before = desk.world.blobs.size;
    await desk.interrupted(2);
    await desk.links.outgoing.giveUp();
    expect(desk.world.blobs.size).toBe(before);
    expect(desk.links.outgoing.begun.value).toBeNull();
    // Where nothing had left yet, the voucher is spent on nothing, and given back.
    await desk.interrupted(0);
    await desk.links.outgoing.giveUp();
    expect(desk.world.blobs.size).toBe(before);
    expect(await desk.send()).toHaveLength(2);
  });

  it("are of any kind, a folder becomes a zip", async () => {
    const desk = await begun();
    desk.files = [chosen("étude/a.exe", bytesOf(70_000)), chosen("étude/b", bytesOf(0))];
    await desk.send([to("Confrère")]);
    expect(desk.line("Confrère").name).toBe("étude.zip");
  });

  it("rest under the lock while they are on their way", async () => {
    const desk = await begun();
    await desk.interrupted(2);
    const vaults = desk.world.doctorsBrowser.vaults();
    const scope = (await vaults.scopes()).find((one) => one.startsWith("outgoing:")) ?? "";
    const rest = await vaults.look(scope).load("begun");
    // A head that says what rests there: of a version and of a kind, not a file's.
    expect([rest?.[0], rest?.[1]]).toEqual([1, 15]);
  });
});

describe("files for somebody who keeps what they are sent", () => {
  async function sentTo(changes: Partial<Wanted> = {}) {
    const consult = await kept();
    const { world, guestBrowser } = consult;
    const desk = await new Desk(world).open();
    const { outgoing } = desk.links;
    await world.clock.until(() => outgoing.people.value.length === 1);
    const [person] = outgoing.people.value;
    const wanted = to("Zéphyrine", { person: person?.id ?? null, ...changes });
    expect(await desk.send([wanted, to("Confrère")])).toHaveLength(2);
    expect(desk.line("Zéphyrine").mailed).toBe(true);
    const bench = new Workbench(world, guestBrowser);
    const page = documentsIn(world, guestBrowser, "", bench);
    const listed = () => page.practices.value.flatMap(({ files }) => files.value);
    await world.clock.until(() => listed().length > 0, 60_000);
    const [files] = listed();
    if (!files) throw new Error("not listed");
    return { world, desk, bench, page, files, listed };
  }

  it("are listed, and one tap opens them", async () => {
    const { desk, bench, files } = await sentTo();
    expect(files).toMatchObject({ name: NAME, size: SIZE, isNew: true });
    expect(desk.world.openings.used(desk.line("Zéphyrine").id)).toBe(0);
    await files.open();
    expect(files.problem.value).toBeNull();
    expect(files.state.value).toBe("open");
    expect(files.found.value?.author?.card.name).toBe("Dr Camille Démo");
    expect(files.stranger.value).toBe(false);
    await files.found.value?.files[0]?.start();
    expect(digest(bench.saved.get(NAME))).toBe(digest(bytesOf(SIZE)));
    await desk.links.load();
    expect(desk.line("Zéphyrine")).toMatchObject({ used: 1, mailed: true });
  });

  it("say that they were taken back, and leave the list when asked to", async () => {
    const { world, desk, files, listed } = await sentTo();
    await desk.links.withdraw(desk.line("Zéphyrine").id);
    await files.open();
    expect([files.state.value, files.problem.value?.key]).toEqual(["over", "withdrawn"]);
    const other = await desk.reader("Confrère");
    await other.file?.start();
    expect(other.file?.state.value).toBe("saved");
    void files.forget();
    await world.clock.until(() => listed().length === 0, 60_000);
  });
});
