/** A doctor and two patients in one consult. */
import { describe, expect, it } from "vitest";
import type { ChatModel } from "../../src/features/consult/group.ts";
import type { ConsultModel, DeskModel } from "../../src/features/desk/desk.ts";
import type { GuestModel } from "../../src/features/guest/guest.ts";
import { Type } from "../../src/protocol/frames.ts";
import { text } from "../../src/sealing/encoding.ts";
import { PAIR_OFFER_KIND } from "../../src/sealing/pair.ts";
import { type Browser, World } from "./world/world.ts";

interface Patient {
  readonly guest: GuestModel;
  readonly browser: Browser;
}

interface Three {
  readonly world: World;
  readonly desk: DeskModel;
  readonly ana: Patient;
  readonly ben: Patient;
  readonly benLink: string;
}

const consultOf = (desk: DeskModel): ConsultModel => {
  const consult = desk.current.value;
  if (!consult) throw new Error("no consult");
  return consult;
};

async function enter(world: World, desk: DeskModel, patient: Patient, name: string) {
  const { guest } = patient;
  await guest.begin();
  await world.clock.until(() => guest.connection.value === "open");
  await guest.knock(name, "");
  await admit(world, desk, guest, name);
}

async function admit(world: World, desk: DeskModel, guest: GuestModel, name: string) {
  const waits = () => desk.waiting.value.find((one) => one.name === name);
  await world.clock.until(() => waits() !== undefined);
  await consultOf(desk).admit(waits()?.peer ?? 0);
  await world.clock.until(() => guest.call.value?.link.value === "secure");
}

/** The one other guest. */
const other = ({ others }: GuestModel) => others.value[0];
const sees = (guest: GuestModel): boolean => other(guest)?.call.value?.link.value === "secure";
const lines = ({ chat }: ChatModel): string[] =>
  chat.value.map(({ mine, author = "", text = "" }) => `${mine ? "me" : author}: ${text}`);

async function two(): Promise<Omit<Three, "ben"> & { readonly ben: Patient }> {
  const world = new World();
  const { desk } = world.doctor(await world.demo());
  await world.clock.until(() => desk.current.value?.state.value === "open");
  const ana = world.patient();
  await enter(world, desk, ana, "Ana Martin");
  const benLink = (await consultOf(desk).addPerson()).split("#")[1] ?? "";
  const ben = world.patient(undefined, benLink);
  return { world, desk, ana, ben, benLink };
}

async function three(): Promise<Three> {
  const met = await two();
  await enter(met.world, met.desk, met.ben, "Ben Duval");
  const took = await met.world.clock.until(() => sees(met.ana.guest) && sees(met.ben.guest));
  // Nobody waits for a handshake's first frame to be sent again.
  expect(took).toBeLessThan(500);
  return met;
}

describe("two patients in one consult", () => {
  it("see each other, by the names that the doctor passes on", async () => {
    const { world, desk, ana, ben } = await three();
    expect(other(ana.guest)?.name.value).toBe("Ben Duval");
    expect(other(ben.guest)?.name.value).toBe("Ana Martin");
    expect(other(ana.guest)?.call.value?.security.value.fingerprintChecked).toBe(true);
    expect(other(ana.guest)?.call.value?.authenticationString.value).toBe("");
    expect(consultOf(desk).people.value.map(({ name }) => name.value)).toEqual([
      "Ana Martin",
      "Ben Duval",
    ]);
    expect(ana.guest.news.value).toEqual({ what: "joined", name: "Ben Duval" });
    await world.clock.advance(16_000);
    expect(ana.guest.news.value).toBeNull();
    // Three pairs, and no connection that was made for nothing.
    expect(world.peers.made).toHaveLength(6);
  });

  it("are told of nobody while one of them waits", async () => {
    const { world, ana, ben } = await two();
    await ben.guest.begin();
    await world.clock.until(() => ben.guest.connection.value === "open");
    await ben.guest.knock("Ben Duval", "");
    await world.clock.advance(2000);
    expect(ana.guest.others.value).toEqual([]);
    expect(ben.guest.others.value).toEqual([]);
  });

  it("read what anybody writes, once and with its author's name", async () => {
    const { world, desk, ana, ben } = await three();
    const doctor = consultOf(desk).chat;
    doctor.sendChat("bonjour");
    await world.clock.until(() => lines(ben.guest.chat).length === 1);
    await world.clock.advance(100);
    ana.guest.chat.sendChat("hello");
    await world.clock.until(() => lines(ben.guest.chat).length === 2);
    await world.clock.advance(100);
    ben.guest.chat.sendChat("hi");
    await world.clock.advance(12_000);
    expect(lines(doctor)).toEqual(["me: bonjour", "Ana Martin: hello", "Ben Duval: hi"]);
    expect(lines(ana.guest.chat)).toEqual([
      "Dr Camille Démo: bonjour",
      "me: hello",
      "Ben Duval: hi",
    ]);
    expect(lines(ben.guest.chat)).toEqual([
      "Dr Camille Démo: bonjour",
      "Ana Martin: hello",
      "me: hi",
    ]);
    for (const chat of [doctor, ana.guest.chat, ben.guest.chat]) {
      expect(chat.chat.value.map(({ state }) => state)).toEqual(["sent", "sent", "sent"]);
    }
    expect(doctor.unread.value).toBe(2);
    doctor.markRead();
    expect(doctor.unread.value).toBe(0);
  });

  it("share a photo that was sealed once", async () => {
    const { world, desk, ana, ben } = await three();
    await ana.guest.chat.sendPhoto(new Blob([new Uint8Array(5000).fill(3)]));
    const shown = (chat: ChatModel) => chat.chat.value.map(({ photo }) => photo?.state);
    await world.clock.until(() => shown(ben.guest.chat)[0] === "ready");
    await world.clock.until(() => shown(consultOf(desk).chat)[0] === "ready");
    expect(shown(ana.guest.chat)).toEqual(["ready"]);
    expect(world.roomBlobs.length).toBe(1);
  });

  it("take no documents of each other", async () => {
    const { ana, ben } = await three();
    const parts = [{ name: "a.pdf", media: "application/pdf", bytes: new Uint8Array([1]) }];
    const call = other(ana.guest)?.call.value;
    await expect(call?.sendDocument("file", { name: "Ana" }, null, parts)).rejects.toThrow();
    expect(other(ben.guest)?.call.value?.documents.value).toEqual([]);
  });
});

describe("a patient who loads anew", () => {
  it("is back with everybody, and what was written is still there", async () => {
    const { world, ana, ben } = await three();
    ben.guest.chat.sendChat("before");
    await world.clock.until(() => lines(ana.guest.chat).length === 1);
    const { guest: again } = world.patient(ana.browser);
    const back = () => again.call.value?.link.value === "secure" && sees(again) && sees(ben.guest);
    await world.clock.until(back, 12_000);
    expect(lines(again.chat)).toEqual(["Ben Duval: before"]);
    expect(again.news.value).toBeNull();
    again.chat.sendChat("after");
    await world.clock.until(() => lines(ben.guest.chat).includes("Ana Martin: after"));
  });

  it.each(["the one who offered", "the one who answered"] as const)(
    "and whose storage lost its last writes comes to a new session: %s",
    async (who) => {
      const { world, ana, ben } = await three();
      const offered = (patient: Patient): boolean =>
        patient.browser.names("guest:", "pair:").some((bytes) => text(bytes).includes('"made":1'));
      const [loser, stays] =
        offered(ana) === (who === "the one who offered") ? [ana, ben] : [ben, ana];
      const putBack = loser.browser.remember("guest:", "pair:");
      for (let load = 0; load < 3; load += 1) {
        const { guest } = world.patient(loser.browser);
        await world.clock.until(() => sees(guest) && sees(stays.guest), 12_000);
        await world.clock.advance(3000);
      }
      putBack();
      const { guest: again } = world.patient(loser.browser);
      await world.clock.until(() => sees(again) && sees(stays.guest), 60_000);
      const offers = [ana, ben].flatMap(({ browser }) =>
        browser.names("guest:", "pair:").map((bytes) => text(bytes)),
      );
      expect(offers.some((kept) => kept.includes('"made":2'))).toBe(true);
      again.chat.sendChat("found again");
      await world.clock.until(
        () => lines(stays.guest.chat).at(-1)?.endsWith("found again") ?? false,
      );
    },
  );
});

describe("a patient who goes", () => {
  it("is said to have left, and is heard and seen no more; words stay", async () => {
    const { world, desk, ana, ben } = await three();
    ben.guest.chat.sendChat("bye");
    await world.clock.until(() => lines(ana.guest.chat).length === 1);
    await world.clock.until(() => lines(consultOf(desk).chat).length === 1);
    await ben.guest.leave();
    await world.clock.until(() => ana.guest.others.value.length === 0);
    expect(ana.guest.news.value).toEqual({ what: "left", name: "Ben Duval" });
    expect(lines(ana.guest.chat)).toEqual(["Ben Duval: bye"]);
    expect(lines(consultOf(desk).chat)).toEqual(["Ben Duval: bye"]);
    expect(ana.guest.call.value?.link.value).toBe("secure");
    expect(ben.guest.others.value).toEqual([]);
    ana.guest.chat.sendChat("alone again");
    await world.clock.until(() => lines(consultOf(desk).chat).length === 2);
  });

  it("back to the waiting room is with nobody until admitted again", async () => {
    const { world, desk, ana, ben } = await three();
    const { peer } = consultOf(desk).calls.value[1] ?? { peer: 0 };
    consultOf(desk).sendBack(peer);
    await world.clock.until(() => ben.guest.phase.value === "held");
    await world.clock.until(() => ana.guest.others.value.length === 0);
    expect(ben.guest.others.value).toEqual([]);
    await admit(world, desk, ben.guest, "Ben Duval");
    await world.clock.until(() => sees(ana.guest) && sees(ben.guest));
    ben.guest.chat.sendChat("here again");
    await world.clock.until(() => lines(ana.guest.chat).includes("Ben Duval: here again"));
  });
});

describe("a restart", () => {
  it("of the server leaves pictures and brings what was written meanwhile", async () => {
    const { world, desk, ana, ben } = await three();
    world.relay.down = true;
    world.relay.restart();
    ana.guest.chat.sendChat("meanwhile");
    await world.clock.advance(3000);
    expect(sees(ana.guest) && sees(ben.guest)).toBe(true);
    world.relay.down = false;
    await world.clock.until(() => lines(ben.guest.chat).length === 1, 15_000);
    await world.clock.until(() => lines(consultOf(desk).chat).length === 1, 15_000);
    await world.clock.advance(10_000);
    expect(lines(ben.guest.chat)).toEqual(["Ana Martin: meanwhile"]);
    expect(world.peers.made).toHaveLength(6);
  });

  it("of the doctor's page changes nothing between the patients", async () => {
    const { world, desk, ana, ben } = await three();
    await world.clock.advance(16_000);
    const { desk: again } = world.doctor("");
    await world.clock.until(
      () => again.current.value?.people.value.length === 2 && desk.phase.value === "elsewhere",
      12_000,
    );
    const { chat } = consultOf(again);
    chat.sendChat("here");
    await world.clock.until(() => lines(ana.guest.chat).length === 1, 12_000);
    expect(sees(ana.guest) && sees(ben.guest)).toBe(true);
    expect(ana.guest.news.value).toBeNull();
  });
});

describe("a hostile relay", () => {
  it("cannot end a session with an offer that it delivers again", async () => {
    const world = new World();
    const offers: Uint8Array[] = [];
    world.relay.tamper = (frame) => {
      const offer = frame.type === Type.RELAY && frame.body[1] === PAIR_OFFER_KIND;
      if (offer) offers.push(frame.body);
      const again = frame.peer > 0 && frame.type === Type.RELAY && !offer ? offers : [];
      return [frame, ...again.map((body) => ({ ...frame, body }))];
    };
    const { desk } = world.doctor(await world.demo());
    await world.clock.until(() => desk.current.value?.state.value === "open");
    const ana = world.patient();
    await enter(world, desk, ana, "Ana Martin");
    const link = (await consultOf(desk).addPerson()).split("#")[1] ?? "";
    const ben = world.patient(undefined, link);
    await enter(world, desk, ben, "Ben Duval");
    await world.clock.until(() => sees(ana.guest) && sees(ben.guest));
    const calls = [ana, ben].map(({ guest }) => other(guest)?.call.value);
    for (const text of ["one", "two", "three"]) ana.guest.chat.sendChat(text);
    for (const text of ["four", "five"]) ben.guest.chat.sendChat(text);
    await world.clock.until(() => lines(ana.guest.chat).length === 5);
    await world.clock.advance(5000);
    expect(lines(ben.guest.chat)).toHaveLength(5);
    expect([ana, ben].map(({ guest }) => other(guest)?.call.value)).toEqual(calls);
    expect(offers.length).toBeGreaterThan(0);
  });
});
