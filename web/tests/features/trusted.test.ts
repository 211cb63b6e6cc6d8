/** A patient whose way back lies on the device of somebody whom they trust. */
import { describe, expect, it } from "vitest";
import type { ShowingModel } from "../../src/features/adding/showing.ts";
import type { DocumentsModel } from "../../src/features/keeping/documents.ts";
import { Home } from "../../src/features/keeping/home.ts";
import { recordsOf } from "../../src/features/keeping/records.ts";
import type { WaysBackModel } from "../../src/features/recovery/ways-back.ts";
import { settle } from "./world/clock.ts";
import { Workbench } from "./world/jobs.ts";
import { documentsIn, documentsOn, kept, linesOf, pageOf } from "./world/keeping.ts";
import { makeSheet } from "./world/ways.ts";
import { Browser, World } from "./world/world.ts";

/** A patient who keeps a document, and asks for a sheet and a helper. */
async function asked() {
  const consult = await kept({ world: new World(), patients: new Browser() });
  const page = await pageOf(consult, consult.guestBrowser);
  await page.changeWays();
  const ways = page.ways.changing.value;
  if (!ways) throw new Error("nothing is changed");
  expect([ways.helpers, ways.own]).toEqual(["trusted", ""]);
  const sheet = (await makeSheet(ways, "Drawer")).words;
  await ways.start("helper", "Zoé", "en");
  ways.askHelper("Ana");
  const showing = shownTo(ways);
  await consult.world.clock.until(() => showing.phase.value === "showing");
  return { ...consult, page, ways, sheet, showing };
}

type Asked = Awaited<ReturnType<typeof asked>>;

function shownTo(ways: WaysBackModel): ShowingModel {
  const making = ways.making.value;
  if (making?.kind !== "helper" || !making.showing) throw new Error("nobody is asked");
  return making.showing;
}

/** The page of documents in some browser, opened with a link or without. */
async function opened({ world }: Pick<Asked, "world">, browser: Browser, link = "") {
  const page = documentsIn(world, browser, link.split("#")[1] ?? "");
  await world.clock.until(() => page.helping.value !== null, 20_000);
  await settle();
  return page;
}

/** Somebody opens the link, reads out the digits and says yes. */
async function agreed(all: Asked, browser: Browser, showing = all.showing) {
  const { clock } = all.world;
  const page = await opened(all, browser, showing.link.value);
  const offer = page.helping.value?.offer.value;
  if (!offer) throw new Error("nothing is offered");
  expect(offer.circle).toBe("trusted");
  void offer.compare();
  await clock.until(() => offer.asking.phase.value === "code");
  await clock.until(() => showing.phase.value === "code");
  void showing.enter(offer.asking.code.value);
  await clock.until(() => offer.from.value !== null);
  expect(offer.from.value).toBe("Ana");
  offer.accept("Mum");
  await clock.until(() => offer.answer.value === "yes");
  await clock.until(() => showing.phase.value === "done");
  page.helping.value?.leave();
  return { page, offer };
}

async function finished({ ways }: Asked): Promise<void> {
  await ways.finish();
  expect([ways.problem.value, ways.state.value]).toEqual([null, "done"]);
}

/** Their device shows a link for the first whom they help. */
async function given({ world }: Asked, page: DocumentsModel): Promise<ShowingModel> {
  const helping = page.helping.value;
  helping?.giveBack(helping.people.value[0]?.id ?? "");
  const showing = helping?.giving.value?.showing;
  if (!showing) throw new Error("nobody is helped");
  await world.clock.until(
    () => showing.phase.value === "showing" || showing.problem.value !== null,
    20_000,
  );
  return showing;
}

/** On a new device, with the sheet and what the helper gives back. */
async function comesBack(all: Asked, showing: ShowingModel, byCamera = false) {
  const { clock } = all.world;
  const page = documentsIn(
    all.world,
    new Browser(),
    byCamera ? (showing.link.value.split("#")[1] ?? "") : "",
  );
  await clock.until(() => page.state.value === "none");
  if (!byCamera) await page.recover();
  await clock.until(() => page.ways.recovering.value !== null);
  const opening = page.ways.recovering.value;
  if (!opening) throw new Error("nothing is asked for");
  expect(opening.helpers).toBe("trusted");
  if (!byCamera) void opening.giveHelper(showing.link.value);
  await clock.until(() => opening.helper.value?.phase.value === "code");
  await clock.until(() => showing.phase.value === "code");
  return { page, opening };
}

async function recovered(all: Asked, showing: ShowingModel, byCamera = false): Promise<void> {
  const { clock } = all.world;
  const { page, opening } = await comesBack(all, showing, byCamera);
  void showing.enter(opening.helper.value?.code.value ?? "");
  await clock.until(() => opening.given.value.length === 1);
  await opening.giveSheet(all.sheet);
  await clock.until(() => linesOf(page).length === 1, 20_000);
  await linesOf(page)[0]?.open();
  expect(linesOf(page)[0]?.line.value?.state).toBe("verified");
}

const names = (page: DocumentsModel) =>
  page.helping.value?.people.value.map(({ name, here }) => ({ name, here }));

async function vouchersOf({ world }: Asked, browser: Browser): Promise<number> {
  const home = await Home.found(world.page(browser, "").platform);
  if (!home) throw new Error("nothing is kept");
  await home.start();
  const { left } = home;
  home.close();
  return left;
}

describe("a trusted person's device as a way back", () => {
  it("brings a patient back, with a sheet, where it was kept by somebody with documents", async () => {
    const all = await asked();
    const son = new Browser();
    await kept({ world: all.world, patients: son, doctors: new Browser() });
    const { page, offer } = await agreed(all, son);
    await finished(all);
    expect(names(page)).toEqual([{ name: "Mum", here: false }]);
    expect(offer.here.value).toBe(false);
    // It lies in the home, where all of their devices find it.
    const home = await Home.found(all.world.page(son, "").platform);
    await home?.start();
    const [record] = recordsOf(home?.vault.records.value ?? [], "helped");
    expect(record?.id).toBe(page.helping.value?.people.value[0]?.id);
    expect(record?.data.vouchers).toHaveLength(4);
    home?.close();
    const tablet = new Browser();
    await Home.made(all.world.page(tablet, "").platform, home?.secret);
    const there = await opened(all, tablet);
    await all.world.clock.until(() => names(there)?.length === 1);
    // Who comes back has paid: of the helper's a page is spent, that notes what is left.
    const before = await vouchersOf(all, son);
    await recovered(all, await given(all, there));
    expect(await vouchersOf(all, son)).toBe(before - 1);
  });

  it("is kept in one browser by somebody who keeps nothing, and shown twice", async () => {
    const all = await asked();
    const son = new Browser();
    const { page, offer } = await agreed(all, son);
    await finished(all);
    expect(page.state.value).toBe("none");
    expect(offer.here.value).toBe(true);
    const again = await opened(all, son);
    expect(names(again)).toEqual([{ name: "Mum", here: true }]);
    expect(son.scopes().filter((scope) => scope === "home:helped")).toHaveLength(1);
    // Closed before anybody has opened it, and once more.
    await given(all, again);
    again.helping.value?.stopGiving();
    await recovered(all, await given(all, again), true);
    // Nothing is left that pays.
    const showing = await given(all, again);
    expect(showing.problem.value?.key).toBe("quota_exceeded");
    expect(names(again)).toHaveLength(1);
  });

  it("pays once for a link that did not come about at the first attempt", async () => {
    const all = await asked();
    const son = new Browser();
    const { page } = await agreed(all, son);
    const { mailboxes } = all.world.relay;
    const helping = page.helping.value;
    mailboxes.down = true;
    const showing = await given(all, page);
    expect(showing.problem.value?.key).toBe("offline");
    showing.problem.value?.retry?.();
    await all.world.clock.until(() => showing.problem.value !== null);
    mailboxes.down = false;
    showing.problem.value?.retry?.();
    await all.world.clock.until(() => showing.phase.value === "showing");
    helping?.stopGiving();
    expect((await given(all, page)).phase.value).toBe("showing");
  });

  it("gives nothing for wrong digits, and nothing more after three", async () => {
    const all = await asked();
    const { page } = await agreed(all, new Browser());
    await finished(all);
    const showing = await given(all, page);
    const { opening } = await comesBack(all, showing);
    const right = opening.helper.value?.code.value ?? "";
    const wrong = right === "000000" ? "000001" : "000000";
    for (const attempt of [wrong, wrong, wrong, right]) void showing.enter(attempt);
    await all.world.clock.until(() => showing.phase.value === "void");
    await all.world.clock.advance(5_000);
    expect(opening.given.value).toEqual([]);
  });

  it("is gone once the helper has removed it, at home and in the browser", async () => {
    const all = await asked();
    const son = new Browser();
    await kept({ world: all.world, patients: son, doctors: new Browser() });
    for (const browser of [son, new Browser()]) {
      all.ways.askHelper("Ana");
      const showing = shownTo(all.ways);
      await all.world.clock.until(() => showing.phase.value === "showing");
      const { page } = await agreed(all, browser, showing);
      await page.helping.value?.remove(page.helping.value.people.value[0]?.id ?? "");
      await all.world.clock.until(() => names(page)?.length === 0);
      expect(page.helping.value?.problem.value).toBeNull();
      const again = await opened(all, browser);
      expect(names(again)).toEqual([]);
      await all.ways.start("helper", "Zoé", "en");
    }
  });

  it("opens nothing any more once it was taken out", async () => {
    const all = await asked();
    const { page } = await agreed(all, new Browser());
    await makeSheet(all.ways, "Bank");
    await finished(all);
    all.page.leaveWays();
    await all.page.changeWays();
    const ways = all.page.ways.changing.value;
    expect(ways?.helped.value).toBe(true);
    await ways?.remove(ways.ways.value.find(({ kind }) => kind === "helper")?.id ?? "");
    expect(ways?.problem.value).toBeNull();
    const showing = await given(all, page);
    const { opening } = await comesBack(all, showing);
    void showing.enter(opening.helper.value?.code.value ?? "");
    await all.world.clock.until(() => opening.given.value.length === 1);
    await opening.giveSheet(all.sheet);
    await all.world.clock.until(() => opening.trouble.value !== null);
    expect(opening.trouble.value).toEqual({ what: "taken-out" });
  });

  it("goes to the helper's other devices once they keep documents, and along with them", async () => {
    const all = await asked();
    const son = new Browser();
    await agreed(all, son);
    const consult = await kept({ world: all.world, patients: son, doctors: new Browser() });
    const page = await pageOf(consult, son);
    await all.world.clock.until(() => names(page)?.[0]?.here === false, 20_000);
    await page.takeOthersOut();
    expect(page.problem.value).toBeNull();
    expect(names(page)).toEqual([{ name: "Mum", here: false }]);
    await page.erase();
    const after = await opened(all, son);
    expect(names(after)).toEqual([]);
  });

  it("rests in the browser where nothing pays for it at home", async () => {
    const all = await asked();
    const son = new Browser();
    await kept({ world: all.world, patients: son, doctors: new Browser() });
    const home = await Home.found(all.world.page(son, "").platform);
    await home?.start();
    await home?.pocket().fill((home?.left ?? 0) - 1);
    home?.close();
    const { page } = await agreed(all, son);
    expect(names(page)).toEqual([{ name: "Mum", here: true }]);
    await page.helping.value?.remove(page.helping.value.people.value[0]?.id ?? "");
    expect(names(page)).toEqual([]);
  });

  it("is not asked for where the home has nothing left to pay with", async () => {
    const all = await asked();
    const { clock } = all.world;
    await all.ways.cancel();
    all.page.leaveWays();
    const home = await Home.found(all.world.page(all.guestBrowser, "").platform);
    await home?.start();
    await home?.pocket().fill((home?.left ?? 0) - 4);
    home?.close();
    const page = await pageOf(all, all.guestBrowser);
    await page.changeWays();
    const ways = page.ways.changing.value;
    await ways?.start("helper", "Zoé", "en");
    ways?.askHelper("Ana");
    const making = ways?.making.value;
    const showing = making?.kind === "helper" ? making.showing : null;
    await clock.until(() => showing?.problem.value != null);
    expect(showing?.problem.value?.key).toBe("quota_exceeded");
    // What is too little for that pays for something smaller.
    await ways?.cancel();
    await page.addDevice();
    expect([page.problem.value, page.ways.adding.value?.phase.value]).toEqual([null, "showing"]);
  });

  it("is refused in a window that keeps nothing", async () => {
    const all = await asked();
    const { platform } = all.world.page(new Browser(), all.showing.link.value.split("#")[1] ?? "");
    const vaults = new Browser().vaults(false);
    const page = documentsOn({ ...platform, vaults }, new Workbench(all.world, new Browser()));
    await all.world.clock.until(() => page.problem.value !== null);
    expect(page.problem.value?.key).toBe("help_nowhere");
    expect([page.helping.value?.offer.value, platform.address.fragment()]).toEqual([null, ""]);
  });

  it("says where a helper's link belongs that was opened where documents are kept", async () => {
    const all = await asked();
    const { page } = await agreed(all, new Browser());
    const showing = await given(all, page);
    const other = await opened(all, all.guestBrowser, showing.link.value);
    await all.world.clock.until(() => other.problem.value !== null);
    expect(other.problem.value?.key).toBe("back_elsewhere");
  });
});
