import { describe, expect, it } from "vitest";
import type { DeskModel, Practitioner } from "../../src/features/desk/desk.ts";
import { readCard } from "../../src/sealing/card.ts";
import { readCertificate } from "../../src/sealing/certificate.ts";
import { readDeviceList, requireInForce } from "../../src/sealing/device-list.ts";
import { b64u, same } from "../../src/sealing/encoding.ts";
import { settled } from "./world/doctors.ts";
import { WRONG_CODE } from "./world/registry.ts";
import { World } from "./world/world.ts";

const CODE = "1234";
const DOCTOR: Practitioner = {
  name: "Dr Camille Exemple",
  profession: "Médecin",
  speciality: "Médecine générale",
  rpps: "10003456786",
  address: "1 rue de l’Exemple\n75001 Paris\nFrance",
  phone: "+33 1 99 00 00 00",
  email: "camille@example.org",
  place: "Paris",
  languages: ["fr", "en"],
  listed: true,
};
const MOVED = { ...DOCTOR, place: "Lyon" };

/** Waits for it while time passes. */
/** A page that was opened by an enrolment link. */
async function beginning(world = new World()) {
  const { desk, page } = world.doctor(`enrol=${CODE}`);
  await world.clock.until(() => desk.phase.value === "enrolling");
  const enrol = (practitioner: Practitioner, code = CODE, twice = false): Promise<void> =>
    settled(world.clock, desk.enrol(code, practitioner, twice));
  return { world, desk, page, enrol, registry: world.registry };
}

async function practising() {
  const begun = await beginning();
  await begun.enrol(DOCTOR);
  const { world, desk, registry } = begun;
  registry.sent.length = 0;
  const save = (practitioner: Practitioner) =>
    settled(world.clock, desk.savePractitioner(practitioner));
  return { world, desk, registry, save };
}

const kept = ({ doctorsBrowser }: World, name: string): Uint8Array => {
  const [found] = doctorsBrowser.names("desk", name);
  if (!found) throw new Error(`no ${name} is kept`);
  return found;
};

const shown = (desk: DeskModel) => [desk.phase.value, desk.problem.value?.key];

describe("an enrolment", () => {
  it("sends a first card and list, by which the device's certificate is in force", async () => {
    const { world, desk, page, enrol, registry } = await beginning();
    await enrol(DOCTOR);
    expect(shown(desk)).toEqual(["ways", undefined]);
    expect(page.fragment).toBe("");
    const { code, card, devices } = registry.enrolled ?? {};
    expect(code).toBe(CODE);
    const { phone: _phone, email: _email, ...stated } = DOCTOR;
    const signed = readCard(card ?? new Uint8Array());
    const about = { version: 1, issued: "2026-03-01T09:30:00Z", second: "" };
    expect(signed.card).toEqual({ ...about, ...stated });
    const list = readDeviceList(devices ?? new Uint8Array());
    expect(list.version).toBe(1);
    expect(list.devices).toHaveLength(1);
    requireInForce(list, readCertificate(kept(world, "certificate")));
    expect(registry.sent[0]?.signer).toBe(b64u(list.devices[0]?.device ?? new Uint8Array()));
    expect(desk.identity.value).toBe(b64u(signed.identity));
    expect(kept(world, "card")).toEqual(card);
    expect(kept(world, "devices")).toEqual(devices);
    expect(desk.practitioner.value).toEqual(DOCTOR);
  });

  it("is repeated as it was sent when its answer got lost", async () => {
    const { world, desk, enrol, registry } = await beginning();
    registry.deaf = true;
    await enrol(DOCTOR);
    expect(shown(desk)).toEqual(["enrolling", "offline"]);
    registry.deaf = false;
    // The page was closed meanwhile, and what was typed is there again.
    const again = await beginning(world);
    expect(again.desk.practitioner.value).toEqual(DOCTOR);
    await again.enrol({ ...DOCTOR, phone: "+33 1 99 00 00 01" });
    expect(shown(again.desk)).toEqual(["ways", undefined]);
    expect(again.desk.practitioner.value?.phone).toBe("+33 1 99 00 00 01");
    const [first, ...others] = registry.sent;
    expect(others.length).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(first);
  });

  it("that was taken unheard is followed by what was typed since", async () => {
    const { desk, enrol, registry } = await beginning();
    registry.deaf = true;
    await enrol(DOCTOR);
    registry.deaf = false;
    await enrol(MOVED);
    expect(shown(desk)).toEqual(["ways", undefined]);
    expect(readCard(registry.card ?? new Uint8Array()).card).toMatchObject({
      version: 2,
      place: "Lyon",
    });
    expect(desk.practitioner.value).toEqual(MOVED);
  });

  it("that was refused can be put right, with the same list", async () => {
    const { world, desk, enrol, registry } = await beginning();
    await enrol(DOCTOR, WRONG_CODE);
    expect(shown(desk)).toEqual(["enrolling", "bad_code"]);
    await world.clock.advance(60_000, 60_000);
    await enrol(MOVED);
    expect(shown(desk)).toEqual(["ways", undefined]);
    const { card, devices } = registry.enrolled ?? {};
    expect(readCard(card ?? new Uint8Array()).card).toMatchObject({ version: 1, place: "Lyon" });
    const list = readDeviceList(devices ?? new Uint8Array());
    expect(list.issued).toBe(world.clock.now() / 1000 - 60);
    requireInForce(list, readCertificate(kept(world, "certificate")));
  });
});

describe("an enrolment of somebody who signs twice", () => {
  it("names a second key, on each card that follows too", async () => {
    const { world, desk, enrol, registry } = await beginning();
    await enrol(DOCTOR, CODE, true);
    const first = readCard(registry.card ?? new Uint8Array()).card;
    expect(first.second).toHaveLength(43);
    expect(kept(world, "second")).toBeDefined();
    expect(await settled(world.clock, desk.savePractitioner(MOVED))).toBeNull();
    const next = readCard(registry.card ?? new Uint8Array()).card;
    expect(next).toMatchObject({ version: 2, place: "Lyon", second: first.second });
  });

  it("is another attempt once the choice was changed", async () => {
    const { enrol, registry } = await beginning();
    await enrol(DOCTOR, WRONG_CODE, true);
    await enrol(DOCTOR, CODE, false);
    expect(readCard(registry.card ?? new Uint8Array()).card.second).toBe("");
  });
});

describe("what a practitioner states", () => {
  it("goes up as the next card, signed by the identity, and is kept once that is taken", async () => {
    const { world, desk, registry, save } = await practising();
    const before = kept(world, "card");
    let during: Uint8Array | undefined;
    const { request } = registry;
    registry.request = (...asked) => {
      during = kept(world, "card");
      return request.apply(registry, asked);
    };
    expect(await save(MOVED)).toBeNull();
    const [put, ...others] = registry.sent;
    expect(others).toEqual([]);
    expect(put).toMatchObject({
      target: `/v1/practitioners/${desk.identity.value}/card`,
      signer: desk.identity.value,
    });
    expect(readCard(put?.body ?? before).card).toMatchObject({ version: 2, place: "Lyon" });
    expect(during).toEqual(before);
    expect(kept(world, "card")).toEqual(put?.body);
    expect(desk.practitioner.value).toEqual(MOVED);
  });

  it("stays here where it is not of the card", async () => {
    const { desk, registry, save } = await practising();
    const changed = { ...DOCTOR, phone: "+33 1 99 00 00 02", email: "dr@example.org" };
    expect(await save(changed)).toBeNull();
    expect(registry.sent).toEqual([]);
    expect(desk.practitioner.value).toEqual(changed);
  });

  it.each(["stale_version", "too_fast"])("stands as it was after %s", async (refusal) => {
    const { world, desk, registry, save } = await practising();
    const before = [kept(world, "card"), kept(world, "practitioner")];
    registry.refusal = refusal;
    expect(await save(MOVED)).toMatchObject({ key: refusal });
    expect([kept(world, "card"), kept(world, "practitioner")]).toEqual(before);
    expect(desk.practitioner.value).toEqual(DOCTOR);
    // What was given up goes nowhere later.
    registry.refusal = "";
    registry.sent.length = 0;
    expect(await save(DOCTOR)).toBeNull();
    expect(registry.sent).toEqual([]);
  });

  it("stands as it was without a network, and is sent as it was signed once there is one", async () => {
    const { world, desk, registry, save } = await practising();
    const before = [kept(world, "card"), kept(world, "practitioner")];
    registry.deaf = true;
    expect(await save(MOVED)).toMatchObject({ key: "send_failed" });
    expect([kept(world, "card"), kept(world, "practitioner")]).toEqual(before);
    expect(desk.practitioner.value).toEqual(DOCTOR);
    registry.deaf = false;
    // The server had taken it: no other card of that version would do.
    await world.clock.advance(60_000, 60_000);
    expect(await save(MOVED)).toBeNull();
    expect(registry.sent.every(({ body }) => same(body, kept(world, "card")))).toBe(true);
    expect(desk.practitioner.value).toEqual(MOVED);
    expect(await save({ ...MOVED, listed: false })).toBeNull();
    expect(readCard(kept(world, "card")).card).toMatchObject({ version: 3, listed: false });
  });

  it("cannot be more than a card holds", async () => {
    const { desk, registry, save } = await practising();
    expect(await save({ ...DOCTOR, place: "x".repeat(121) })).toMatchObject({ key: "bad_form" });
    expect(registry.sent).toEqual([]);
    expect(desk.practitioner.value).toEqual(DOCTOR);
  });
});

describe("a demo's papers", () => {
  it("are kept, and stay as they have become when it is opened again", async () => {
    const world = new World();
    const demo = await world.demo();
    const { desk } = world.doctor(demo);
    await world.clock.until(() => desk.phase.value === "ready");
    expect(kept(world, "card")).toEqual(world.registry.card);
    const { identity } = readDeviceList(kept(world, "devices"));
    expect(desk.identity.value).toBe(b64u(identity));
    expect(await settled(world.clock, desk.savePractitioner(DOCTOR))).toBeNull();
    const { desk: again } = world.doctor(demo);
    await world.clock.until(() => again.phase.value === "ready");
    expect(again.practitioner.value).toEqual(DOCTOR);
    expect(readCard(kept(world, "card")).card.version).toBe(2);
  });
});
