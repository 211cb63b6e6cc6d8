import { describe, expect, it } from "vitest";
import type { DeskModel } from "../../src/features/desk/desk.ts";
import { Api } from "../../src/features/rooms/api.ts";
import { RoomConnection } from "../../src/features/rooms/connection.ts";
import { SharedVault } from "../../src/features/vault/shared.ts";
import { readDeviceList } from "../../src/sealing/device-list.ts";
import { b64u, concat } from "../../src/sealing/encoding.ts";
import type { SecondDevice } from "../../src/sealing/second.ts";
import { readSecond, secondKey } from "../../src/sealing/second.ts";
import { fromBytes } from "../../src/sealing/store.ts";
import { mergeRecords, vaultKey, writeRecords } from "../../src/sealing/vault.ts";
import { added, type Enrolled, enrolled, sheetOf, show } from "./world/devices.ts";
import { DOCTOR, settled } from "./world/doctors.ts";
import { chosen, filesIn, Workbench } from "./world/jobs.ts";
import { Browser } from "./world/world.ts";

const listed = ({ world }: Enrolled) =>
  readDeviceList(world.registry.devices?.raw ?? new Uint8Array());

const DAY = 24 * 3600 * 1000;

describe("what a practice has at the server", () => {
  it("is renewed a year before its end, when the desk opens", async () => {
    const all = await enrolled();
    const { world, laptop } = all;
    const { clock, vouchers } = world;
    await clock.until(() => laptop.devices.value !== null);
    await clock.advance(20_000);
    const first = new Map(vouchers.ends);
    // The vault's cell and page, the mailbox, and a cell for each way back.
    const lasting = [...first].filter(([, ends]) => ends > (clock.now() + 2 * 365 * DAY) / 1000);
    expect(lasting.length).toBeGreaterThanOrEqual(6);
    const opened = async (): Promise<void> => {
      const { desk } = world.doctor("");
      await clock.until(() => desk.phase.value === "ready");
      await clock.advance(20_000);
    };
    await clock.advance(365 * DAY, 365 * DAY);
    let known = vouchers.known.size;
    await opened();
    expect(vouchers.known.size).toBe(known);
    await clock.advance(1.5 * 365 * DAY, 365 * DAY);
    await opened();
    const later = (clock.now() + 2.9 * 365 * DAY) / 1000;
    for (const [path] of lasting) expect(vouchers.ends.get(path) ?? 0).toBeGreaterThan(later);
    known = vouchers.known.size;
    await clock.advance(2 * DAY, DAY);
    await opened();
    expect(vouchers.known.size).toBe(known);
  });
});

/** What a device signs with a second time; it holds for the device's own certificate. */
function secondOf(browser: Browser): string {
  const [kept, ...more] = browser.names("desk", "second");
  const [certificate] = browser.names("desk", "certificate");
  if (!kept || more.length > 0 || !certificate) throw new Error("not one second key");
  const { seed, certificate: second } = fromBytes<SecondDevice>(kept);
  const said = ["aparte/1 statement", new Uint8Array(1)] as const;
  const behind = concat(second, secondKey(seed).sign(...said));
  const [device] = readSecond(behind, certificate, ...said);
  expect(b64u(secondKey(seed).publicKey)).toBe(b64u(device));
  return b64u(seed);
}

describe("a practitioner's second device", () => {
  it("signs twice as the first one does, with a key of its own", async () => {
    const all = await enrolled();
    const { browser } = await added(all);
    expect(secondOf(browser)).not.toBe(secondOf(all.world.doctorsBrowser));
  });

  it("renews the cells of the ways back, which it never opened", async () => {
    const all = await enrolled();
    const { clock, vouchers } = all.world;
    const cells = [...vouchers.ends.keys()].filter((path) => path.startsWith("/v1/cells/"));
    const { browser } = await added(all);
    await clock.advance(2.5 * 365 * DAY, 365 * DAY);
    const { desk } = all.world.doctor("", browser);
    await clock.until(() => desk.phase.value === "ready");
    await clock.advance(20_000);
    const later = (clock.now() + 2.9 * 365 * DAY) / 1000;
    expect(cells.length).toBeGreaterThanOrEqual(3);
    for (const path of cells) expect(vouchers.ends.get(path) ?? 0).toBeGreaterThan(later);
  });

  it("has what the first one has, and the first one what is made on it", async () => {
    const all = await enrolled();
    const { world, laptop } = all;
    const { clock } = world;
    const consult = await settled(clock, laptop.newConsult("Mme Exemple"));
    const { phone } = await added(all);
    expect(listed(all).devices).toHaveLength(2);
    expect(phone.identity.value).toBe(laptop.identity.value);
    expect(phone.practitioner.value).toEqual(DOCTOR);
    expect(phone.consults.value.map(({ id, label }) => [id, label.value])).toEqual([
      [consult.id, "Mme Exemple"],
    ]);
    expect(phone.consults.value[0]?.links.value).toEqual(consult.links.value);
    const other = await settled(clock, phone.newConsult("M. Exemple"));
    await clock.until(() => laptop.consults.value.some(({ id }) => id === other.id));
    // What was made on a device rings there, until it is to ring elsewhere.
    const states = (desk: DeskModel) => desk.consults.value.map(({ state }) => state.value);
    expect(states(laptop)).toEqual(["elsewhere", "open"]);
    expect(states(phone)).toEqual(["open", "elsewhere"]);
    await settled(clock, phone.takeHere());
    await clock.until(() =>
      laptop.consults.value.every(({ state }) => state.value === "elsewhere"),
    );
    expect(states(phone)).toEqual(["open", "open"]);
    expect([laptop.away.value, phone.away.value]).toEqual([true, false]);
    phone.consults.value.find(({ id }) => id === consult.id)?.setLabel("Mme E.");
    await clock.until(() => laptop.consults.value.some(({ label }) => label.value === "Mme E."));
  });

  it("has the sealed links of the first one, and takes one back", async () => {
    const all = await enrolled();
    const { clock } = all.world;
    const bench = new Workbench(all.world, all.world.doctorsBrowser);
    all.world.files = filesIn(bench, () => [chosen("lettre.txt", new Uint8Array([65]))]);
    const { outgoing, list } = all.laptop.links.value ?? expect.fail();
    await outgoing.choosing.choose(null);
    await outgoing.send([{ to: "Confrère", person: null, days: 7, openings: 3 }]);
    const [made] = list.value;
    const { phone } = await added(all);
    const links = phone.links.value;
    await clock.until(() => links?.list.value[0]?.id === made?.id);
    expect(links?.list.value[0]?.url).toBe(made?.url);
    expect(await links?.words(made?.id ?? "", "fr")).toHaveLength(5);
    await settled(clock, links?.withdraw(made?.id ?? "") ?? Promise.resolve());
    await settled(clock, all.laptop.links.value?.load() ?? Promise.resolve());
    expect(all.laptop.links.value?.list.value[0]?.state).toBe("withdrawn");
    await settled(clock, links?.forget(made?.id ?? "") ?? Promise.resolve());
    await clock.until(() => all.laptop.links.value?.list.value.length === 0);
  });

  it("stands in the list with its name", async () => {
    const all = await enrolled();
    const { clock } = all.world;
    const { phone } = await added(all);
    await settled(clock, phone.devices.value?.load() ?? Promise.resolve());
    const shown = phone.devices.value?.list.value ?? [];
    expect(shown.map(({ label, here, until }) => [label, here, until])).toEqual([
      ["Phone", true, null],
      ["First device", false, null],
    ]);
    const first = shown[1]?.id ?? "";
    await settled(clock, phone.devices.value?.rename(first, "Laptop") ?? Promise.resolve());
    await clock.until(() => {
      void all.laptop.devices.value?.load();
      return all.laptop.devices.value?.list.value?.some(({ label }) => label === "Laptop") ?? false;
    });
  });

  it("is not added where the practitioner shows no way back", async () => {
    const all = await enrolled();
    const { world, laptop } = all;
    const { clock } = world;
    laptop.devices.value?.add();
    await clock.until(() => laptop.devices.value?.adding.value?.phase.value === "showing");
    const showing = laptop.devices.value?.adding.value;
    const { desk: phone } = world.doctor(showing?.link.value.split("#")[1] ?? "", new Browser());
    await clock.until(() => phone.phase.value === "joining");
    void phone.joining.value?.ask("Phone");
    await clock.until(() => showing?.phase.value === "code");
    await clock.until(() => phone.joining.value?.phase.value === "code");
    void showing?.enter(phone.joining.value?.code.value ?? "");
    await clock.until(() => laptop.ways.value?.opening.value != null);
    laptop.ways.value?.decline();
    await clock.until(() => showing?.phase.value === "code");
    expect(listed(all).devices).toHaveLength(1);
    expect(phone.phase.value).toBe("joining");
  });
});

describe("a device that is withdrawn", () => {
  it("counts no more, and what it knew is out of use", async () => {
    const all = await enrolled();
    const { world, laptop, sheets } = all;
    const { clock } = world;
    const { phone } = await added(all);
    const before = new Set([...world.relay.mailboxes.boxes.keys(), ...world.cells.cells.keys()]);
    await settled(clock, phone.devices.value?.load() ?? Promise.resolve());
    const lost = phone.devices.value?.list.value?.find(({ here }) => !here)?.id ?? "";
    void phone.devices.value?.withdraw(lost);
    await show(clock, phone, sheetOf(sheets));
    await clock.until(
      () => phone.devices.value?.list.value?.find(({ id }) => id === lost)?.until != null,
    );
    expect(
      listed(all).devices.map(({ device, until }) => [b64u(device) === lost, until > 0]),
    ).toEqual([
      [true, true],
      [false, false],
    ]);
    await settled(clock, phone.newConsult("M. Exemple"));
    // Another mailbox, and another vault.
    const now = [...world.relay.mailboxes.boxes.keys(), ...world.cells.cells.keys()];
    expect(now.filter((id) => !before.has(id))).toHaveLength(2);
    // The laptop follows nobody there.
    await clock.advance(60_000);
    expect(laptop.consults.value).toEqual([]);
  });
});

/** What the practice of this browser shares, as the server has it. */
async function sharedBy({ world }: Enrolled, browser: Browser): Promise<SharedVault> {
  const [share] = browser.names("desk", "share");
  if (!share) throw new Error("nothing is shared");
  const { http, clock, random, relay, registry } = world;
  const origin = "http://localhost:8480";
  const vault = new SharedVault({
    platform: world,
    api: new Api({ http, clock, random, origin }),
    rooms: new RoomConnection({ clock, random, dial: relay.dial, origin }),
    rest: await new Browser().vaults().open("vault"),
    name: "vault",
    key: vaultKey(fromBytes<{ readonly vault: Uint8Array }>(share).vault),
    server: registry.server.publicKey,
    pay: async (bytes) => ({ voucher: world.vouchers.given(bytes, 1_900_000_000).voucher }),
  });
  await vault.open();
  return vault;
}

/** Leaves so many bytes of the largest page. */
const fill = (vault: SharedVault, left: number): Promise<void> =>
  vault.change((records) => {
    const filler = { id: "AAAAAAAAAAAAAAAAAAAAAA", n: 1, kind: "filler", data: "" };
    const { length } = writeRecords(mergeRecords(records, [filler]));
    return [{ ...filler, data: "x".repeat(1024 * 1024 - 4 - left - length) }];
  });

describe("a practice whose page is full", () => {
  it("withdraws a device all the same, and goes on from what fitted", async () => {
    const all = await enrolled();
    const { world, sheets } = all;
    const { clock } = world;
    const { phone, browser } = await added(all);
    await settled(clock, phone.devices.value?.load() ?? Promise.resolve());
    const lost = phone.devices.value?.list.value?.find(({ here }) => !here)?.id ?? "";
    const old = await sharedBy(all, browser);
    await fill(old, 100);
    // More than what a device is called frees.
    for (let made = 0; made < 8; made += 1) await settled(clock, phone.newConsult("M. Exemple"));
    await clock.until(() => phone.problem.value?.key === "practice_full");
    expect(phone.problem.value?.loud).toBe(false);

    void phone.devices.value?.withdraw(lost);
    await show(clock, phone, sheetOf(sheets));
    const entry = () => phone.devices.value?.list.value?.find(({ id }) => id === lost);
    await clock.until(() => entry()?.until != null);
    expect(phone.devices.value?.unfinished.value).toBeNull();
    expect(phone.devices.value?.problem.value).toBeNull();
    await old.open();
    expect(old.moved.value).not.toBeNull();
    const { value: records } = (await sharedBy(all, browser)).records;
    const kinds = records.map(({ kind, data }) => `${kind} ${data !== null}`);
    expect(kinds).toContain("filler true");
    // What the lost device is called is erased, though that could not be written before.
    expect(kinds.filter((kind) => kind.startsWith("device")).sort()).toEqual([
      "device false",
      "device true",
    ]);
    expect(kinds).not.toContain("room true");
    expect(phone.consults.value).toHaveLength(8);
  });
});

describe("two ways back", () => {
  it("make a new device the practitioner's when all others are gone", async () => {
    const all = await enrolled();
    const { world, laptop, sheets } = all;
    const { clock } = world;
    const consult = await settled(clock, laptop.newConsult("Mme Exemple"));
    await clock.advance(5_000);
    const browser = new Browser();
    const { desk } = world.doctor(sheets[0]?.fragment ?? "", browser);
    await clock.until(() => desk.phase.value === "recovering");
    const asked = desk.recovering.value;
    await clock.until(() => asked?.given.value.length === 1);
    void asked?.giveSheet(sheets[1]?.words ?? "");
    await clock.until(() => desk.phase.value === "ready");
    expect(desk.identity.value).toBe(laptop.identity.value);
    expect(desk.practitioner.value).toEqual(DOCTOR);
    expect(desk.consults.value.map(({ id }) => id)).toEqual([consult.id]);
    expect(desk.consults.value[0]?.links.value).toEqual(consult.links.value);
    expect(desk.lost.value).toBe(true);
    secondOf(browser);
    expect(listed(all).devices).toHaveLength(2);
  });

  it("open nothing where they are the same one twice", async () => {
    const all = await enrolled();
    const { clock } = all.world;
    const { desk } = all.world.doctor("", new Browser());
    await clock.until(() => desk.phase.value === "no-practitioner");
    await settled(clock, desk.recover());
    const [first] = all.sheets;
    await desk.recovering.value?.giveSheet(first?.words ?? "");
    await desk.recovering.value?.giveSheet(first?.words ?? "");
    expect(desk.recovering.value?.trouble.value).toEqual({ what: "twice" });
    expect(desk.phase.value).toBe("recovering");
  });
});
