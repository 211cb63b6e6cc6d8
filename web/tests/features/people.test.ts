import { describe, expect, it } from "vitest";
import type { PersonModel } from "../../src/features/desk/desk.ts";
import { People } from "../../src/features/desk/people.ts";
import { PeopleStore } from "../../src/features/desk/people-store.ts";
import type { PersonRecord } from "../../src/features/desk/person-record.ts";
import { Home } from "../../src/features/keeping/home.ts";
import { keeperOf } from "../../src/features/keeping/keeper.ts";
import type { Persona } from "../../src/features/keeping/persona.ts";
import { recordsOf } from "../../src/features/keeping/records.ts";
import { Api } from "../../src/features/rooms/api.ts";
import { makeCertificate } from "../../src/sealing/certificate.ts";
import { b64u } from "../../src/sealing/encoding.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { signPracticeMoved } from "../../src/sealing/practice-moved.ts";
import { kemPublic } from "../../src/sealing/xwing.ts";
import { type Consult, talking } from "./world/consults.ts";

const bytes = new TextEncoder().encode("a document");
const parts = [{ name: "a.txt", media: "text/plain", bytes }];
const author = { name: "Dr Camille Démo" };

/** A consult that is over, with somebody who keeps documents and has gone. */
async function gone(): Promise<Consult & { readonly person: PersonModel }> {
  const consult = await talking();
  const { world, guest, desk } = consult;
  const visit = guest.keepable();
  if (!visit) throw new Error("no visit");
  const keeper = keeperOf(visit, () => "Dr Camille Démo");
  await world.clock.until(() => keeper.state.value === "offered");
  void keeper.keep("");
  await world.clock.until(() => keeper.state.value === "kept", 60_000);
  await world.clock.until(() => desk.people.value?.list.value.length === 1, 20_000);
  await desk.current.value?.end();
  await world.clock.until(() => desk.current.value?.state.value === "ended", 20_000);
  const [person] = desk.people.value?.list.value ?? [];
  if (!person) throw new Error("nobody was seen");
  return { ...consult, person };
}

async function personaOf({ world, guestBrowser }: Consult): Promise<Persona> {
  const home = await Home.found(world.page(guestBrowser, "").platform);
  await home?.start();
  const [persona] = home?.personas.value ?? [];
  if (!persona) throw new Error("nothing is kept");
  await persona.start();
  return persona;
}

const practiceOf = (persona: Persona) =>
  recordsOf(persona.vault.records.value, "visit").map(({ data }) => data.to);

const NEW = {
  mailbox: new Uint8Array(16).fill(7),
  append: new Uint8Array(32).fill(7),
  seal: kemPublic(new Uint8Array(32).fill(7)),
};

describe("people seen", () => {
  it("are there with their names, and nobody who keeps nothing", async () => {
    const { person } = await gone();
    expect(person.name.value).toBe("Ana Martin");
    const { world, desk } = await talking();
    await world.clock.advance(5_000);
    expect(desk.people.value?.list.value).toEqual([]);
  });

  it("are sent a document when the consult is over, and open it later", async () => {
    const consult = await gone();
    const { world, person } = consult;
    // Away: their page learns of nothing.
    [...world.relay.mailboxes.boxes.values()].at(-1)?.watchers.clear();
    const known = world.vouchers.known.size;
    await person.call.sendDocument("file", author, null, parts);
    await world.clock.until(() => person.documents.value[0]?.state === "sent");
    const persona = await personaOf(consult);
    await world.clock.until(() => persona.documents.value.length === 1, 20_000);
    await world.clock.until(() => person.documents.value[0]?.state === "verified", 20_000);
    const [kept] = persona.documents.value;
    const opened = kept && (await persona.open(kept.data));
    expect(opened?.parts[0]?.bytes).toEqual(bytes);
    // For what was sent, what holds it there, and a page: the practice pays.
    expect(world.vouchers.known.size).toBeGreaterThanOrEqual(known + 3);
    person.look();
    await world.clock.until(() => person.documents.value[0]?.document.value !== null);
    persona.close();
  });

  it("go on where a document came too late, and say so", async () => {
    const consult = await gone();
    const { world, person } = consult;
    [...world.relay.mailboxes.boxes.values()].at(-1)?.watchers.clear();
    const before = new Set(world.blobs.keys());
    await person.call.sendDocument("file", author, null, parts);
    await world.clock.until(() => person.documents.value[0]?.state === "sent");
    for (const blob of world.blobs.keys()) {
      if (!before.has(blob)) world.blobs.delete(blob);
    }
    await person.call.sendDocument("file", author, null, parts);
    await world.clock.until(() => person.documents.value[1]?.state === "sent");
    const persona = await personaOf(consult);
    await world.clock.until(() => persona.documents.value.length === 1, 20_000);
    await world.clock.until(() => person.documents.value[1]?.state === "verified", 20_000);
    expect(persona.refused.value).toBe("kept_late");
    expect(person.documents.value[0]?.state).toBe("sent");
    persona.close();
  });

  it("are there after a reload, and forgotten for good", async () => {
    const { world, desk, person } = await gone();
    await desk.people.value?.forget(person.id);
    expect(desk.people.value?.list.value).toEqual([]);
    await world.clock.advance(5_000);
    const { desk: again } = world.doctor("");
    await world.clock.until(() => again.phase.value === "ready");
    await world.clock.advance(2_000);
    expect(again.people.value?.list.value).toEqual([]);
  });
});

describe("a practice's new mailbox", () => {
  it("is told by a device in force alone, and never an older one", async () => {
    const consult = await gone();
    const { deskPage } = consult;
    const persona = await personaOf(consult);
    const before = practiceOf(persona)[0];
    const since = (before?.since ?? 0) + 10;
    const vault = await deskPage.platform.vaults.look("desk");
    const [device, certificate] = [await vault.signer("device"), await vault.load("certificate")];
    const reader = persona.address?.mailbox ?? new Uint8Array();
    if (!device || !certificate) throw new Error("the desk has both");
    const own = { device, certificate };
    const stranger = seedSigner(new Uint8Array(32).fill(3));
    const other = {
      device: stranger,
      certificate: await makeCertificate(
        seedSigner(new Uint8Array(32).fill(4)),
        stranger.publicKey,
        1,
      ),
    };
    const say = async (at: number, by = own, to = reader): Promise<void> =>
      await persona.moved(await signPracticeMoved(to, { ...NEW, since: at }, by));
    await expect(say(since, other)).rejects.toMatchObject({ code: "wrong_host" });
    await expect(say(since, own, new Uint8Array(16))).rejects.toMatchObject({
      code: "wrong_recipient",
    });
    await expect(say(before?.since ?? 0)).rejects.toMatchObject({ code: "replayed" });
    expect(practiceOf(persona)[0]).toEqual(before);
    await say(since);
    expect(practiceOf(persona).map((to) => b64u(to?.mailbox ?? new Uint8Array()))).toEqual([
      b64u(NEW.mailbox),
    ]);
    await expect(say(since - 1)).rejects.toMatchObject({ code: "replayed" });
    // Whoever has the withdrawn laptop could still write to them.
    const { registry } = consult.world;
    const [laptop] = registry.devices?.devices ?? [];
    if (!laptop) throw new Error("nobody is enrolled");
    const until = registry.now;
    const phone = { device: stranger.publicKey, since: until, until: 0 };
    await registry.list({ ...laptop, until }, phone);
    await expect(say(since + 1)).rejects.toMatchObject({ code: "revoked" });
    expect(practiceOf(persona)[0]?.since).toBe(since);
    persona.close();
  });
});

describe("whoever does not know the practice's mailbox", () => {
  it("is written to once, while away", async () => {
    const consult = await gone();
    const { world, deskPage } = consult;
    const persona = await personaOf(consult);
    const since = (practiceOf(persona)[0]?.since ?? 0) + 10;
    const { platform } = deskPage;
    const vault = platform.vaults.look("desk");
    const [device, certificate] = [await vault.signer("device"), await vault.load("certificate")];
    if (!device || !certificate) throw new Error("the desk has both");
    let rest = await new PeopleStore(vault).all();
    const store = {
      all: async () => rest,
      save: async (person: PersonRecord) => {
        rest = [person];
      },
      erase: async () => undefined,
    };
    const { clock, random, http, address } = platform;
    const begin = async (): Promise<void> => {
      const people = new People({
        issued: { issue: async () => async () => undefined },
        platform,
        api: new Api({ http, clock, random, origin: address.origin }),
        credentials: {
          device,
          certificate,
          identity: persona.about.practice,
          second: async () => undefined,
        },
        store,
        address: async () => ({ ...NEW, since }),
        changed: () => undefined,
      });
      await people.start();
      await world.clock.until(() => rest[0]?.told === since);
      await people.close();
    };
    const letters = world.relay.mailboxes.appended.length;
    await begin();
    await world.clock.until(() => practiceOf(persona)[0]?.since === since, 20_000);
    expect(practiceOf(persona)[0]?.mailbox).toEqual(NEW.mailbox);
    await begin();
    await world.clock.advance(2_000);
    expect(world.relay.mailboxes.appended).toHaveLength(letters + 1);
    persona.close();
  });
});
