/** A sealed link: made at a desk, opened on a page without anything, counted, taken back. */
import { describe, expect, it, vi } from "vitest";
import type { DeskModel } from "../../src/features/desk/desk.ts";
import type { LinkLine, LinksModel, OpeningModel } from "../../src/features/links/model.ts";
import { createOpening } from "../../src/features/links/opening.ts";
import { concat, utf8 } from "../../src/sealing/encoding.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { chosen, filesIn, Workbench } from "./world/jobs.ts";
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

const BYTES = new Uint8Array(utf8("Bonjour"));
const ENDS = { days: 7, openings: 2 };

interface Made {
  readonly world: World;
  readonly desk: DeskModel;
  readonly links: LinksModel;
  readonly line: LinkLine;
  readonly words: string;
  /** One more link to the same. */
  another(): Promise<LinkLine>;
}

async function made(ends = ENDS): Promise<Made> {
  const world = new World();
  const bench = new Workbench(world, world.doctorsBrowser);
  const files = filesIn(bench, () => [chosen("lettre.txt", BYTES)]);
  const { desk } = world.doctor(await world.demo(), world.doctorsBrowser, files);
  await world.clock.until(() => desk.phase.value === "ready");
  const links = desk.links.value;
  if (!links) throw new Error("no links");
  const another = async (): Promise<LinkLine> => {
    await links.outgoing.choosing.choose(null);
    const [id] = await links.outgoing.send([{ to: "Confrère", person: null, ...ends }]);
    const line = links.list.value.find((one) => one.id === id);
    if (!line) throw new Error(`not made: ${links.outgoing.problem.value?.key}`);
    return line;
  };
  const line = await another();
  const words = (await links.words(line.id, "fr")).join(" ");
  return { world, desk, links, line, words, another };
}

function page({ world, line }: Pick<Made, "world" | "line">, fragment = line.url.split("#")[1]) {
  const { platform, ...opened } = world.page(new Browser(), fragment ?? "");
  const reader = new Workbench(world, new Browser());
  const { runJob, received, engine, decoders, renderers } = reader;
  const needs = { runJob, received, engine, decoders, renderers, line: reader.line };
  const model = createOpening({ ...platform, ...needs });
  return { model, reader, fragment: (): string => platform.address.fragment(), opened };
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
    const { model, reader } = page(one);
    await until(one, model, "asking");
    await model.open(one.words);
    expect(model.state.value).toBe("open");
    const found = model.found.value;
    expect(found).toMatchObject({ document: null, says: "Dr Camille Démo" });
    await found?.files[0]?.start();
    expect(reader.saved.get("lettre.txt")).toEqual(BYTES);
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
    const other = await one.another();
    const { model } = page(one);
    await until(one, model, "asking");
    // Fifteen of sixteen are refused by their check.
    for (let tries = 0; model.trouble.value?.what !== "wrong"; tries += 1) {
      expect(tries).toBeLessThan(2_048);
      const list = (await import("@scure/bip39/wordlists/english.js")).wordlist;
      await model.open(`abandon abandon abandon abandon ${list[tries]}`);
    }
    expect(other.id).not.toBe(one.line.id);
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
    const other = await one.another();
    one.world.blobs.set(one.line.id, one.world.blobs.get(other.id) ?? new Uint8Array());
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
});
