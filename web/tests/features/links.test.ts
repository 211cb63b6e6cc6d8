/** A sealed link: made at a desk, opened on a page without anything, counted, taken back. */
import { describe, expect, it, vi } from "vitest";
import type { DeskModel } from "../../src/features/desk/desk.ts";
import { readFile } from "../../src/features/links/file.ts";
import type { LinkLine, LinksModel, OpeningModel } from "../../src/features/links/model.ts";
import { createOpening } from "../../src/features/links/opening.ts";
import { concat, utf8 } from "../../src/sealing/encoding.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { Workbench } from "./world/jobs.ts";
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

const FILE = { name: "lettre.txt", media: "text/plain", bytes: utf8("Bonjour") };
const ENDS = { days: 7, openings: 2 };

interface Made {
  readonly world: World;
  readonly desk: DeskModel;
  readonly links: LinksModel;
  readonly line: LinkLine;
  readonly words: string;
}

async function made(ends = ENDS): Promise<Made> {
  const world = new World();
  const { desk } = world.doctor(await world.demo());
  await world.clock.until(() => desk.phase.value === "ready");
  const links = desk.links.value;
  if (!links) throw new Error("no links");
  const line = await links.make(FILE, ends);
  if (!line) throw new Error(`not made: ${links.problem.value?.key}`);
  return { world, desk, links, line, words: (await links.words(line.id, "fr")).join(" ") };
}

function page({ world, line }: Pick<Made, "world" | "line">, fragment = line.url.split("#")[1]) {
  const { platform, ...opened } = world.page(new Browser(), fragment ?? "");
  const reader = new Workbench(world, new Browser());
  const { runJob, received, engine, decoders } = reader;
  const needs = { runJob, received, engine, decoders, line: reader.line };
  const model = createOpening({ ...platform, ...needs });
  return { model, fragment: (): string => platform.address.fragment(), opened };
}

const until = ({ world }: Made, model: OpeningModel, state: OpeningModel["state"]["value"]) =>
  world.clock.until(() => model.state.value === state);

async function opened(one: Made, words = one.words): Promise<OpeningModel> {
  const { model } = page(one);
  await until(one, model, "asking");
  await model.open(words);
  return model;
}

describe("a sealed link", () => {
  it("gives the document, and who wrote it, for link and words", async () => {
    const one = await made();
    expect(one.words.split(" ")).toHaveLength(5);
    const model = await opened(one);
    expect(model.state.value).toBe("open");
    const found = model.found.value;
    const document = found?.document?.document.value;
    expect(document?.parts.map(({ bytes }) => bytes)).toEqual([FILE.bytes]);
    expect(document?.author.name).toBe("Dr Camille Démo");
    expect(found?.author?.card.name).toBe("Dr Camille Démo");
    expect(found?.author?.attestation).toBeUndefined();
    expect(model.left.value).toBe(1);
    await one.links.load();
    expect(one.links.list.value[0]).toMatchObject({ used: 1, state: "open", openings: 2 });
  });

  it("leaves nothing in the address bar, and opens nothing before the tap", async () => {
    const one = await made();
    const { model, fragment } = page(one);
    expect(fragment()).toBe("");
    await until(one, model, "asking");
    expect(model.left.value).toBe(2);
    expect(one.world.openings.used(one.line.id)).toBe(0);
    expect(model.found.value).toBeNull();
  });

  it("takes the words of either language", async () => {
    const one = await made();
    const english = (await one.links.words(one.line.id, "en")).join(", ").toUpperCase();
    expect((await opened(one, english)).state.value).toBe("open");
  });

  it("counts nothing for words that cannot be right", async () => {
    const one = await made();
    const { model } = page(one);
    await until(one, model, "asking");
    const [first = "", ...rest] = one.words.split(" ");
    await model.open(rest.join(" "));
    expect(model.trouble.value).toEqual({ what: "count", number: 4 });
    await model.open([`${first}x`, ...rest].join(" "));
    expect(model.trouble.value).toMatchObject({ what: "unknown", at: 1, nearest: first });
    expect(one.world.openings.used(one.line.id)).toBe(0);
  });

  it("counts once for words of another link, and lets them be said again", async () => {
    const one = await made();
    const other = await one.links.make(FILE, ENDS);
    const { model } = page(one);
    await until(one, model, "asking");
    // Fifteen of sixteen are refused by their check.
    for (let tries = 0; model.trouble.value?.what !== "wrong"; tries += 1) {
      expect(tries).toBeLessThan(2_048);
      const list = (await import("@scure/bip39/wordlists/english.js")).wordlist;
      await model.open(`abandon abandon abandon abandon ${list[tries]}`);
    }
    expect(other).not.toBeNull();
    expect(model.state.value).toBe("asking");
    expect(one.world.openings.used(one.line.id)).toBe(1);
    await model.open(one.words);
    expect(model.state.value).toBe("open");
    expect(one.world.openings.used(one.line.id)).toBe(1);
  });

  it("is used up", async () => {
    const one = await made({ days: 1, openings: 1 });
    await opened(one);
    const { model } = page(one);
    await until(one, model, "over");
    expect(model.problem.value?.key).toBe("used_up");
    await one.links.load();
    expect(one.links.list.value[0]?.state).toBe("used-up");
  });

  it("is used up by somebody else meanwhile", async () => {
    const one = await made({ days: 1, openings: 1 });
    const { model } = page(one);
    await until(one, model, "asking");
    await opened(one);
    await model.open(one.words);
    expect([model.state.value, model.problem.value?.key]).toEqual(["over", "used_up"]);
  });

  it("is taken back", async () => {
    const one = await made();
    const { model } = page(one);
    await until(one, model, "asking");
    await one.links.withdraw(one.line.id);
    expect(one.links.list.value[0]?.state).toBe("withdrawn");
    await model.open(one.words);
    expect([model.state.value, model.problem.value?.key]).toEqual(["over", "withdrawn"]);
    const later = page(one).model;
    await until(one, later, "over");
    expect(later.problem.value?.key).toBe("withdrawn");
    await one.links.forget(one.line.id);
    expect(one.links.list.value).toEqual([]);
  });

  it("expires, and leaves the list a week later", async () => {
    const one = await made({ days: 1, openings: 3 });
    await one.world.clock.advance(25 * 3600_000, 3600_000);
    const { model } = page(one);
    await until(one, model, "over");
    expect(model.problem.value?.key).toBe("expired");
    await one.links.load();
    expect(one.links.list.value[0]?.state).toBe("expired");
    await one.world.clock.advance(7 * 24 * 3600_000, 12 * 3600_000);
    await one.links.load();
    expect(one.links.list.value).toEqual([]);
  });

  it.each([
    ["", "bad_link"],
    ["1.short", "bad_link"],
    ["2.G4qbY4TtXm8s4wYH0vEbjVtK2mGxk0N1bq3mJv0QmZk", "bad_link"],
  ])("says that the link %j is incomplete", async (fragment, key) => {
    const one = await made();
    const { model } = page(one, fragment);
    expect([model.state.value, model.problem.value?.key]).toEqual(["over", key]);
  });

  it("says that nothing is known for a link that was never made", async () => {
    const one = await made();
    const { model } = page(one, "1.G4qbY4TtXm8s4wYH0vEbjVtK2mGxk0N1bq3mJv0QmZk");
    await until(one, model, "over");
    expect(model.why.value).toBe("unknown");
  });

  it("refuses other bytes than were sealed", async () => {
    const one = await made();
    const other = await one.links.make(FILE, ENDS);
    one.world.blobs.set(one.line.id, one.world.blobs.get(other?.id ?? "") ?? new Uint8Array());
    const model = await opened(one);
    expect(model.trouble.value?.what).toBe("wrong");
    expect(model.found.value).toBeNull();
  });

  it("refuses the papers of another server", async () => {
    const one = await made();
    const { model } = page(one);
    await until(one, model, "asking");
    vi.spyOn(one.world.registry, "who").mockReturnValue(
      utf8(`{"key":"${"A".repeat(43)}","registrar":null}`),
    );
    await model.open(one.words);
    expect([model.state.value, model.why.value]).toEqual(["over", "not-genuine"]);
    expect(model.found.value).toBeNull();
  });

  it("can be tried again where the server was out of reach", async () => {
    const one = await made();
    const { model } = page(one);
    await until(one, model, "asking");
    one.world.relay.down = true;
    const trying = model.open(one.words);
    await one.world.clock.until(() => model.problem.value !== null);
    await trying;
    expect(model.problem.value).toMatchObject({ key: "offline", loud: false });
    one.world.relay.down = false;
    model.problem.value?.retry?.();
    await until(one, model, "open");
    expect(one.world.openings.used(one.line.id)).toBe(1);
  });

  it("says why none was made", async () => {
    const one = await made();
    one.world.relay.down = true;
    const making = one.links.make(FILE, ENDS);
    await one.world.clock.until(() => one.links.problem.value !== null);
    expect(await making).toBeNull();
    expect(one.links.problem.value?.key).toBe("send_failed");
    expect(one.links.list.value).toHaveLength(1);
  });
});

describe("a file for a link", () => {
  const read = (name: string, bytes: readonly number[] | string) =>
    readFile(new File([typeof bytes === "string" ? bytes : new Uint8Array(bytes)], name));

  it.each([
    ["a.pdf", "%PDF-1.7", "application/pdf"],
    ["a.jpg", [0xff, 0xd8, 0xff, 0xe0], "image/jpeg"],
    ["a.png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "image/png"],
    ["a.txt", "Éléphant", "text/plain"],
    ["a.pdf", "not one", "text/plain"],
  ])("takes %s by how it begins", async (name, bytes, media) => {
    expect(await read(name, bytes)).toMatchObject({ name, media });
  });

  it.each([
    ["a.txt", "", "empty"],
    ["a.exe", [0x4d, 0x5a, 0x90, 0x00], "kind"],
    ["a.txt", [0xff, 0xfe, 0x41], "kind"],
  ])("refuses %s", async (name, bytes, why) => {
    expect(await read(name, bytes)).toBe(why);
  });

  it("refuses what a page cannot hold", async () => {
    const huge = { name: "a.pdf", size: 64 * 1024 * 1024 + 1, arrayBuffer: vi.fn() };
    expect(await readFile(huge)).toBe("large");
    expect(huge.arrayBuffer).not.toHaveBeenCalled();
  });
});
