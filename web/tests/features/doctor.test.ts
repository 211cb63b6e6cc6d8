import { effect } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { signCard } from "../../src/sealing/card.ts";
import { makeCertificate } from "../../src/sealing/certificate.ts";
import { makeDeviceList } from "../../src/sealing/device-list.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { fromBytes, toBytes } from "../../src/sealing/store.ts";
import { type Consult, deskCall, knocked, open, secure, talking } from "./world/consults.ts";
import type { World } from "./world/world.ts";

const STRANGER = seedSigner(new Uint8Array(32).fill(77));
const PHONE = seedSigner(new Uint8Array(32).fill(78)).publicKey;
const DAY = 24 * 3600;

/** The doctor withdraws the device that they host with, and keeps another one. */
async function revoke({ registry }: World): Promise<void> {
  const [laptop] = registry.devices?.devices ?? [];
  if (!laptop) throw new Error("nobody is enrolled");
  const until = registry.now;
  await registry.list({ ...laptop, until }, { device: PHONE, since: until, until: 0 });
}

async function admit({ desk }: Consult): Promise<void> {
  await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
}

async function refused(consult: Consult, code: string): Promise<void> {
  await admit(consult);
  const { world, guest } = consult;
  await world.clock.until(() => guest.problem.value?.key === code);
  await world.clock.advance(2000);
  expect(guest.phase.value).toBe("waiting");
  expect(guest.call.value).toBe(null);
  expect(guest.problem.value).toMatchObject({ key: code, loud: true });
}

describe("the doctor's card", () => {
  it("is there before anybody lets one in", async () => {
    const { guest, world } = await knocked();
    await world.clock.until(() => guest.doctor.value.record !== null);
    expect(guest.doctor.value.checked).toBe("fresh");
    expect(guest.doctor.value.record?.card.name).toBe("Dr Camille Démo");
    expect(guest.doctor.value.record?.attestation).toBe(undefined);
  });

  it("names the doctor, whatever the accept says", async () => {
    const consult = await open();
    const { world, guest } = consult;
    const { registry } = world;
    if (!registry.identity) throw new Error("nobody is enrolled");
    const card = { version: 2, issued: "2026-03-01T09:30:00Z", name: "Dr C. Démo-Exemple" };
    const rest = { profession: "", speciality: "", rpps: "", address: "", place: "" };
    const choices = { languages: [], listed: false, second: "" };
    registry.card = await signCard({ ...card, ...rest, ...choices }, registry.identity);
    await guest.begin();
    await guest.knock("Ana Martin", "");
    await world.clock.until(() => consult.desk.waiting.value.length === 1);
    await admit(consult);
    await world.clock.until(() => secure(consult));
    expect(guest.people.value[0]?.name.value).toBe("Dr C. Démo-Exemple");
  });

  it("names them without what cannot be seen, which might rewrite a sentence", async () => {
    const { world, guest } = await open();
    const { registry } = world;
    if (!registry.identity) throw new Error("nobody is enrolled");
    const card = { version: 2, issued: "2026-03-01T09:30:00Z", name: "Dr \u202eDémo\u0007" };
    const rest = { profession: "", speciality: "", rpps: "", address: "", place: "" };
    const choices = { languages: [], listed: false, second: "" };
    registry.card = await signCard({ ...card, ...rest, ...choices }, registry.identity);
    await guest.begin();
    await world.clock.until(() => guest.doctor.value.record !== null);
    expect(guest.people.value[0]?.name.value).toBe("Dr Démo");
  });

  it("that is longer than papers can be is refused", async () => {
    const { world, guest } = await open();
    world.registry.attestation = new Uint8Array(16 * 1024);
    await guest.begin();
    await world.clock.until(() => guest.problem.value?.key === "bad_form");
    expect(guest.doctor.value.record).toBe(null);
  });

  it("of somebody else is refused", async () => {
    const consult = await open();
    const { world, guest } = consult;
    const card = { version: 1, issued: "2026-03-01T09:30:00Z", name: "Dr Camille Démo" };
    const rest = { profession: "", speciality: "", rpps: "", address: "", place: "" };
    const choices = { languages: [], listed: false, second: "" };
    world.registry.card = await signCard({ ...card, ...rest, ...choices }, STRANGER);
    await guest.begin();
    await guest.knock("Ana Martin", "");
    await world.clock.until(() => consult.desk.waiting.value.length === 1);
    await refused(consult, "wrong_host");
  });
});

describe("papers that were refused", () => {
  it("stay refused where the server says nothing more", async () => {
    const consult = await open();
    const { world, guest } = consult;
    const papers = world.registry.devices;
    world.registry.devices = await makeDeviceList(STRANGER, {
      version: 1,
      issued: 1,
      devices: papers?.devices ?? [],
    });
    await guest.begin();
    await guest.knock("Ana Martin", "");
    await world.clock.until(() => guest.problem.value?.key === "wrong_host");
    world.registry.withheld = true;
    await world.clock.until(() => consult.desk.waiting.value.length === 1);
    await refused(consult, "wrong_host");
  });
});

describe("a device", () => {
  it("that was withdrawn lets nobody in", async () => {
    const consult = await knocked();
    await consult.world.clock.advance(11_000);
    await revoke(consult.world);
    await refused(consult, "revoked");
  });

  it("that was withdrawn a moment ago is left a moment later", async () => {
    const consult = await knocked();
    const { world, guest } = consult;
    await world.clock.until(() => guest.doctor.value.record !== null);
    await revoke(world);
    await admit(consult);
    await world.clock.until(() => guest.problem.value?.key === "revoked");
    await world.clock.until(() => guest.phase.value === "waiting");
  });

  it("that is in no list lets nobody in", async () => {
    const consult = await open();
    const { world, guest } = consult;
    const { identity } = world.registry;
    if (!identity) throw new Error("nobody is enrolled");
    const devices = [{ device: PHONE, since: 1, until: 0 }];
    world.registry.devices = await makeDeviceList(identity, { version: 1, issued: 1, devices });
    await guest.begin();
    await guest.knock("Ana Martin", "");
    await world.clock.until(() => consult.desk.waiting.value.length === 1);
    await refused(consult, "revoked");
  });

  it("that is newer than what the page has seen is asked about again", async () => {
    const consult = await open();
    const { world, guest, desk } = consult;
    const { registry } = world;
    const listed = registry.devices;
    if (!registry.identity || !listed) throw new Error("nobody is enrolled");
    const devices = [{ device: PHONE, since: 1, until: 0 }];
    registry.devices = await makeDeviceList(registry.identity, { version: 1, issued: 1, devices });
    await guest.begin();
    await guest.knock("Ana Martin", "");
    await world.clock.until(() => desk.waiting.value.length === 1);
    await world.clock.until(() => guest.doctor.value.record !== null);
    const [laptop] = listed.devices;
    if (!laptop) throw new Error("no device");
    await registry.list(...devices, laptop);
    await admit(consult);
    await world.clock.until(() => secure(consult));
    expect(guest.problem.value).toBe(null);
  });

  it("of a call that is over is withdrawn without a word about the next call", async () => {
    const { world, desk, guest: first, guestBrowser } = await knocked();
    const { identity, devices } = world.registry;
    const [laptop] = devices?.devices ?? [];
    if (!identity || !laptop) throw new Error("nobody is enrolled");
    await world.clock.until(() => first.doctor.value.record !== null);
    await world.clock.advance(1000);
    const until = world.registry.now;
    await world.registry.list(laptop, { device: PHONE, since: 1, until });
    // As it was left by a call with the phone, before it got lost.
    const [scope = ""] = guestBrowser.scopes();
    const vault = await world.page(guestBrowser, "").platform.vaults.open(scope);
    const kept = fromBytes<object>((await vault.load("doctor")) ?? new Uint8Array());
    const device = await makeCertificate(identity, PHONE, 1);
    await vault.save("doctor", toBytes({ ...kept, device }));
    const { guest } = world.patient(guestBrowser);
    await world.clock.until(() => guest.connection.value === "open");
    const seen: unknown[] = [];
    effect(() => void seen.push([guest.phase.value, guest.problem.value?.key]));
    await world.clock.advance(1000);
    await world.clock.until(() => desk.waiting.value.length === 1);
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => secure({ desk, guest }));
    await world.clock.advance(1000);
    expect(seen).toEqual([
      ["waiting", undefined],
      ["consult", undefined],
    ]);
  });

  it("that is withdrawn after one was sent back is no news either", async () => {
    const { world, desk, guest } = await talking();
    desk.current.value?.sendBack(desk.current.value.calls.value[0]?.peer ?? 0);
    await world.clock.until(() => guest.phase.value === "held");
    await revoke(world);
    world.relay.cut();
    await world.clock.advance(3000);
    expect(guest.problem.value).toBe(null);
  });

  it("that is withdrawn in a call is left, and said to be so", async () => {
    const consult = await talking();
    const { world, guest, desk } = consult;
    await revoke(world);
    world.relay.cut();
    await world.clock.until(() => guest.problem.value?.key === "revoked");
    await world.clock.until(() => guest.phase.value === "waiting");
    expect(guest.problem.value?.loud).toBe(true);
    expect(deskCall(desk)?.link.value).not.toBe("refused");
  });

  it("that was withdrawn while the page was away is left once the page is back", async () => {
    const { world, guestBrowser } = await talking();
    await revoke(world);
    const { guest } = world.patient(guestBrowser);
    const phases: string[] = [];
    effect(() => void phases.push(guest.phase.value));
    await world.clock.until(() => guest.problem.value?.key === "revoked");
    await world.clock.until(() => guest.phase.value === "waiting" && phases.includes("consult"));
    await world.clock.advance(3000);
    expect(guest.phase.value).toBe("waiting");
    expect(guest.problem.value).toMatchObject({ key: "revoked", loud: true });
  });
});

describe("what cannot be checked", () => {
  it("is said, where the server shows no papers", async () => {
    const consult = await open();
    const { world, guest } = consult;
    world.registry.withheld = true;
    await guest.begin();
    await guest.knock("Ana Martin", "");
    await world.clock.until(() => consult.desk.waiting.value.length === 1);
    await admit(consult);
    await world.clock.until(() => secure(consult));
    expect(guest.doctor.value).toEqual({ record: null, checked: "unknown" });
  });

  it("is said, where the server's word is old", async () => {
    const consult = await open();
    const { world, guest } = consult;
    world.registry.age = 3 * DAY;
    await guest.begin();
    await guest.knock("Ana Martin", "");
    await world.clock.until(() => consult.desk.waiting.value.length === 1);
    await admit(consult);
    await world.clock.until(() => secure(consult));
    expect(guest.doctor.value.checked).toBe("stale");
  });
});

describe("what a page has seen", () => {
  it("is there again after a reload, without the server", async () => {
    const { world, guestBrowser } = await talking();
    world.registry.withheld = true;
    const { guest } = world.patient(guestBrowser);
    await world.clock.until(() => guest.call.value?.link.value === "secure");
    expect(guest.doctor.value.record?.card.name).toBe("Dr Camille Démo");
  });

  it("is not taken back: an older list is refused", async () => {
    const consult = await knocked();
    const { world, guest, guestBrowser } = consult;
    const { registry } = world;
    const old = registry.devices;
    await world.clock.until(() => guest.doctor.value.record !== null);
    await registry.list(...(old?.devices ?? []));
    const { guest: again } = world.patient(guestBrowser);
    await world.clock.until(() => again.doctor.value.record !== null);
    await world.clock.advance(1000);
    registry.devices = old;
    const { guest: third } = world.patient(guestBrowser);
    await world.clock.until(() => third.problem.value?.key === "rolled_back");
    expect(third.problem.value?.loud).toBe(true);
  });

  it("holds the server to its keys", async () => {
    const { world, guest, guestBrowser } = await knocked();
    await world.clock.until(() => guest.doctor.value.record !== null);
    await world.clock.advance(1000);
    world.registry.registrar = PHONE;
    const { guest: again } = world.patient(guestBrowser);
    await world.clock.until(() => again.doctor.value.record !== null);
    await world.clock.advance(1000);
    expect(again.problem.value).toBe(null);
    world.registry.registrar = STRANGER.publicKey;
    const { guest: third } = world.patient(guestBrowser);
    await world.clock.until(() => third.problem.value?.key === "forked");
  });
});

describe("a desk whose device was withdrawn", () => {
  it("says so, and keeps nothing, once the server sends it away", async () => {
    const { world, desk } = await talking();
    await revoke(world);
    world.relay.sendAway("not_enrolled");
    await world.clock.until(() => desk.phase.value === "revoked");
    await world.clock.until(() => world.doctorsBrowser.scopes().length === 0);
    expect(desk.consults.value).toEqual([]);
  });

  it("finds out when it loads", async () => {
    const { world } = await open();
    await revoke(world);
    const { desk } = world.doctor("");
    await world.clock.until(() => desk.phase.value === "revoked");
    await world.clock.until(() => world.doctorsBrowser.scopes().length === 0);
  });

  it("does not take the server's word for it", async () => {
    const { world, desk } = await open();
    world.relay.sendAway("not_enrolled");
    await world.clock.advance(10_000);
    expect(desk.phase.value).toBe("ready");
    expect(world.doctorsBrowser.scopes().length).toBeGreaterThan(0);
  });

  it("is told of papers that do not hold", async () => {
    const { world } = await open();
    const { identity } = world.registry;
    if (!identity) throw new Error("nobody is enrolled");
    const devices = [{ device: PHONE, since: 1, until: 0 }];
    world.registry.devices = await makeDeviceList(STRANGER, { version: 9, issued: 1, devices });
    const { desk } = world.doctor("");
    await world.clock.until(() => desk.problem.value?.key === "wrong_host");
    expect(desk.problem.value?.loud).toBe(true);
    expect(desk.phase.value).toBe("ready");
  });
});
