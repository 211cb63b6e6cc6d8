/** What a patient keeps: from the offer in a consult to a second visit, on one device and on two. */
import { describe, expect, it } from "vitest";
import type { GuestModel } from "../../src/features/guest/guest.ts";
import { Home } from "../../src/features/keeping/home.ts";
import { type KeeperModel, keeperOf } from "../../src/features/keeping/keeper.ts";
import { settle } from "./world/clock.ts";
import { type Consult, deskCall, talking } from "./world/consults.ts";
import type { Browser } from "./world/world.ts";

const author = { name: "Dr Camille Démo", profession: "Médecin" };
const bytes = new TextEncoder().encode("a document");
const parts = [{ name: "a.txt", media: "text/plain", bytes }];
const send = async ({ desk }: Consult): Promise<void> =>
  await deskCall(desk)?.sendDocument("file", author, null, parts);
const sent = ({ desk }: Consult, index = 0) => deskCall(desk)?.documents.value[index]?.state;

function keeperIn(guest: GuestModel): KeeperModel {
  const visit = guest.keepable();
  if (!visit) throw new Error("no visit");
  return keeperOf(visit, () => "Dr Camille Démo");
}

/** A patient who has received a document, and keeps it. */
async function kept(): Promise<Consult & { readonly keeper: KeeperModel }> {
  const consult = await talking();
  await send(consult);
  await consult.world.clock.until(() => sent(consult) === "verified");
  const keeper = keeperIn(consult.guest);
  await consult.world.clock.until(() => keeper.state.value === "offered");
  void keeper.keep("");
  await consult.world.clock.until(() => keeper.state.value === "kept", 60_000);
  expect(keeper.problem.value).toBeNull();
  return { ...consult, keeper };
}

/** What a browser keeps, as its page of documents begins. */
async function homeOf({ world }: Consult, browser: Browser): Promise<Home> {
  const { platform } = world.page(browser, "");
  const home = await Home.found(platform);
  if (!home) throw new Error("nothing is kept");
  await home.start();
  for (const persona of home.personas.value) await persona.start();
  return home;
}

const contents = async (home: Home): Promise<string[]> => {
  const [persona] = home.personas.value;
  const opened = await Promise.all(
    persona?.documents.value.map(({ data }) => persona.open(data)) ?? [],
  );
  return opened.flatMap(({ parts: held }) =>
    held.map((part) => new TextDecoder().decode(part.bytes)),
  );
};

describe("keeping documents", () => {
  it("offers, and keeps what had come before", async () => {
    const consult = await kept();
    const home = await homeOf(consult, consult.guestBrowser);
    expect(home.personas.value[0]?.about).toMatchObject({ name: "Dr Camille Démo", holder: "" });
    expect(await contents(home)).toEqual(["a document"]);
    home.close();
  });

  it("takes what is sent while every page is closed", async () => {
    const consult = await kept();
    const { world, guestBrowser, guest, desk } = consult;
    await world.clock.advance(2_000);
    await guest.leave();
    await settle();
    await send(consult).catch(() => undefined);
    const calls = desk.current.value?.calls.value.length;
    expect(calls).toBe(0);
    const home = await homeOf(consult, guestBrowser);
    expect(home.personas.value[0]?.documents.value).toHaveLength(1);
    home.close();
  });

  it("goes on by itself after a reload, and keeps what comes then", async () => {
    const consult = await kept();
    const { world, guestBrowser } = consult;
    const { guest: again } = world.patient(guestBrowser);
    await world.clock.until(() => again.call.value !== null, 10_000);
    const keeper = keeperIn(again);
    await world.clock.until(() => keeper.state.value === "kept", 20_000);
    await send(consult);
    await world.clock.until(() => sent(consult, 1) === "verified", 20_000);
    await world.clock.until(() => keeper.state.value === "kept", 20_000);
    await world.clock.advance(1_000);
    const home = await homeOf(consult, guestBrowser);
    expect(await contents(home)).toEqual(["a document", "a document"]);
    home.close();
  });
});
