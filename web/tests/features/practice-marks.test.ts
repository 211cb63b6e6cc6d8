/** Marks of a practice: one device saves, the others find; a locked desk says nothing. */
import { describe, expect, it } from "vitest";
import { DESK } from "../../src/features/desk/device.ts";
import type { Answers, Question } from "../../src/features/imaging/practice/model.ts";
import { utf8 } from "../../src/sealing/encoding.ts";
import { added, enrolled } from "./world/devices.ts";
import { settled } from "./world/doctors.ts";
import type { Browser, World } from "./world/world.ts";

import "../../src/features/imaging/practice/sealed.ts";

const STUDY = "1.2.3";
const ZIP = utf8("a zip of marks");

async function ask<K extends Question["ask"]>(
  { line }: Browser,
  question: Extract<Question, { readonly ask: K }>,
): Promise<Answers[K] | undefined> {
  return (await line.ask(question, 0)) as Answers[K] | undefined;
}

const find = (browser: Browser, study = STUDY) => ask(browser, { ask: "find", studies: [study] });

/**
 * Of requests for blobs the `unheard` do not reach the server, and the `unanswered` have no answer.
 * The returned function ends it.
 */
function losing(world: World, unheard: string, unanswered = ""): () => void {
  const { http } = world;
  const lossy: World["http"] = async (request) => {
    const method = request.target.startsWith("/v1/blobs/") ? request.method : undefined;
    if (method === unheard) throw new TypeError("network");
    const answer = await http(request);
    if (method === unanswered) throw new TypeError("network");
    return answer;
  };
  Object.assign(world, { http: lossy });
  return () => void Object.assign(world, { http });
}

describe("a practice's marks", () => {
  it("are on all its devices, and gone from all", async () => {
    const all = await enrolled();
    const { browser } = await added(all);
    const { clock, doctorsBrowser: laptop } = all.world;
    await clock.advance(5_000);
    const saved = (await ask(laptop, { ask: "save", study: STUDY, zip: ZIP })) ?? expect.fail();
    expect(saved).toMatchObject({ by: "Dr Camille Exemple", zip: ZIP });
    let found = await find(browser);
    for (let n = 0; n < 50 && found?.found.length !== 1; n += 1) {
      await clock.advance(1_000);
      found = await find(browser);
    }
    expect(found).toEqual({ found: [saved], missing: 0 });
    expect(await find(browser, "1.9")).toEqual({ found: [], missing: 0 });
    await ask(browser, { ask: "erase", id: saved.id });
    expect(await find(browser)).toEqual({ found: [], missing: 0 });
    for (let n = 0; n < 50; n += 1) {
      await clock.advance(1_000);
      found = await find(laptop);
      if (found?.missing === 0 && found.found.length === 0) break;
    }
    expect(found).toEqual({ found: [], missing: 0 });
  });

  it("are sealed, and missed where the server changed them", async () => {
    const { world } = await enrolled();
    const { blobs, clock, doctorsBrowser: laptop } = world;
    await clock.advance(5_000);
    const saved = await ask(laptop, { ask: "save", study: STUDY, zip: ZIP });
    const bytes = blobs.get(saved?.id ?? "") ?? expect.fail();
    expect(new TextDecoder("latin1").decode(bytes)).not.toContain("a zip of marks");
    const changed = bytes.slice();
    changed[changed.length - 40] = (changed[changed.length - 40] ?? 0) ^ 1;
    blobs.set(saved?.id ?? "", changed);
    expect(await find(laptop)).toEqual({ found: [], missing: 1 });
    blobs.delete(saved?.id ?? "");
    expect(await find(laptop)).toEqual({ found: [], missing: 1 });
  });

  it("are of a study that has a UID, and no longer than marks are", async () => {
    const { world } = await enrolled();
    const { doctorsBrowser: laptop, clock } = world;
    await clock.advance(5_000);
    expect(await ask(laptop, { ask: "save", study: "../x", zip: ZIP })).toBeUndefined();
    const zip = new Uint8Array(5 * 1024 * 1024);
    expect(await ask(laptop, { ask: "save", study: STUDY, zip })).toBeUndefined();
    expect(await find(laptop)).toEqual({ found: [], missing: 0 });
  });

  it("stay behind the lock", async () => {
    const { world, laptop: desk } = await enrolled();
    const { doctorsBrowser: laptop, clock } = world;
    await clock.advance(5_000);
    expect(await ask(laptop, { ask: "who" })).toEqual({ name: "Dr Camille Exemple" });
    await desk.lock.set({ way: "passphrase", passphrase: "sept nuages violets dansent" });
    desk.lock.cover();
    expect(await ask(laptop, { ask: "who" })).toBeNull();
    expect(await ask(laptop, { ask: "save", study: STUDY, zip: ZIP })).toBeUndefined();
    expect(await find(laptop)).toBeUndefined();
  });

  it("are taken back where only the answer was lost", async () => {
    const { world } = await enrolled();
    const { blobs, clock, doctorsBrowser: laptop } = world;
    await clock.advance(5_000);
    const before = blobs.size;
    const heal = losing(world, "", "PUT");
    const saving = ask(laptop, { ask: "save", study: STUDY, zip: ZIP });
    expect(await settled(clock, saving)).toBeUndefined();
    heal();
    expect(blobs.size).toBe(before);
    expect(await find(laptop)).toEqual({ found: [], missing: 0 });
  });

  it("can be erased later where they could not be taken back", async () => {
    const { world } = await enrolled();
    const { blobs, clock, doctorsBrowser: laptop } = world;
    await clock.advance(5_000);
    const before = blobs.size;
    const heal = losing(world, "DELETE", "PUT");
    const saving = ask(laptop, { ask: "save", study: STUDY, zip: ZIP });
    expect(await settled(clock, saving)).toBeUndefined();
    heal();
    expect(blobs.size).toBe(before + 1);
    const { found = [] } = (await find(laptop)) ?? {};
    expect(found).toMatchObject([{ zip: ZIP }]);
    await ask(laptop, { ask: "erase", id: found[0]?.id ?? "" });
    expect(blobs.size).toBe(before);
  });

  it("are saved once, though nothing can be fetched afterwards", async () => {
    const { world } = await enrolled();
    const { clock, doctorsBrowser: laptop } = world;
    await clock.advance(5_000);
    const heal = losing(world, "GET");
    const saved = await settled(clock, ask(laptop, { ask: "save", study: STUDY, zip: ZIP }));
    heal();
    expect(saved).toMatchObject({ by: "Dr Camille Exemple", zip: ZIP });
    expect(await find(laptop)).toEqual({ found: [saved], missing: 0 });
  });

  it("are asked of no tab that another one has taken the desk from", async () => {
    const { world, laptop: desk } = await enrolled();
    const { clock, doctorsBrowser: laptop } = world;
    await clock.advance(5_000);
    // What closes with it takes a while.
    await settled(clock, desk.newConsult("Demo"));
    expect(await ask(laptop, { ask: "who" })).toEqual({ name: "Dr Camille Exemple" });
    const stop = laptop.tabs.take(DESK, () => undefined);
    expect(await ask(laptop, { ask: "who" })).toBeUndefined();
    stop();
    const { desk: second } = world.doctor("");
    await clock.until(() => second.phase.value === "ready");
    await clock.advance(5_000);
    expect(await ask(laptop, { ask: "who" })).toEqual({ name: "Dr Camille Exemple" });
  });

  it("are asked of no tab that was taken over while it opened", async () => {
    const { world } = await enrolled();
    const { clock, doctorsBrowser: laptop } = world;
    const { desk: second } = world.doctor("");
    second.phase.subscribe((phase) => {
      if (phase === "ready") laptop.tabs.take(DESK, () => undefined);
    });
    await clock.until(() => second.phase.value === "elsewhere");
    await clock.advance(5_000);
    expect(await ask(laptop, { ask: "who" })).toBeUndefined();
  });
});
