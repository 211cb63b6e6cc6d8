import { describe, expect, it } from "vitest";
import type { DeskModel } from "../../src/features/desk/desk.ts";
import { type Frame, State, Type } from "../../src/protocol/frames.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { settle } from "./world/clock.ts";
import { type Consult, deskCall, knocked, open, secure, talking, texts } from "./world/consults.ts";
import { Browser, World } from "./world/world.ts";

describe("a link", () => {
  it("does nothing before a tap", async () => {
    const { world, guest, guestPage } = await open();
    await world.clock.advance(2000);
    expect(guest.phase.value).toBe("start");
    expect(guest.connection.value).toBe("idle");
    expect(guestPage.devices.asked).toEqual([]);
  });

  it("that was tapped and led no further leaves nothing behind after a day", async () => {
    const { world, guest, guestBrowser } = await open();
    world.relay.down = true;
    await guest.begin();
    await settle();
    expect(guestBrowser.scopes()).toHaveLength(1);
    const later = async (ms: number) => {
      await world.clock.advance(ms, ms);
      world.patient(guestBrowser);
      await settle();
      return guestBrowser.scopes().length;
    };
    expect(await later(23 * 3_600_000)).toBe(1);
    expect(await later(2 * 3_600_000)).toBe(0);
  });

  it("whose door was knocked at before the server answered is knocked at after a reload", async () => {
    const { world, desk, guest, guestBrowser } = await open();
    world.relay.down = true;
    await guest.begin();
    await guest.knock("Ana Martin", "");
    world.relay.down = false;
    const { guest: again } = world.patient(guestBrowser);
    await world.clock.until(() => desk.waiting.value.length === 1);
    expect(again.phase.value).toBe("waiting");
  });

  it("that the server knows nothing of is not called old", async () => {
    const { world, guest, guestPage } = await open();
    world.relay.rooms.clear();
    await guest.begin();
    await world.clock.until(() => guest.phase.value === "unknown");
    expect(guestPage.fragment).toBe("");
  });

  it("that is cut short is said to be so", async () => {
    const world = new World();
    await world.demo();
    const { guest } = world.patient(new Browser(), world.patientLink.slice(0, -3));
    expect(guest.phase.value).toBe("bad-link");
  });

  it("whose room has other keys is refused before anything is sealed", async () => {
    const { world, guest } = await open();
    const room = world.room;
    if (!room) throw new Error("no room");
    Object.assign(room, { prekey: new Uint8Array(1216) });
    await guest.begin();
    await world.clock.until(() => guest.problem.value !== null);
    expect(guest.problem.value).toMatchObject({ key: "wrong_host", loud: true });
    await guest.knock("Ana Martin", "");
    await settle();
    expect(world.relay.fromGuests).toEqual([]);
  });
});

describe("a knock", () => {
  it("tells the doctor who waits, with a sound", async () => {
    const { desk, deskPage, guest } = await knocked();
    expect(desk.waiting.value[0]).toMatchObject({
      name: "Ana Martin",
      reason: "Cough",
      lang: "en",
    });
    expect(guest.phase.value).toBe("waiting");
    expect(guest.hostPresent.value).toBe(true);
    expect(deskPage.rung).toEqual(["Ana Martin waits", "ring"]);
  });

  it("is made again by itself after a restart of the server", async () => {
    const { world, desk } = await knocked();
    world.relay.restart();
    expect(desk.waiting.value).toEqual([]);
    await world.clock.until(() => desk.waiting.value.length === 1, 5000);
  });

  it("that is refused ends the visit, and leaves no place behind", async () => {
    const { world, desk, guest, guestBrowser } = await knocked();
    desk.current.value?.refuse(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => guest.phase.value === "refused");
    expect(desk.waiting.value).toEqual([]);
    const { guest: again } = world.patient(guestBrowser);
    await world.clock.advance(500);
    expect(again.phase.value).toBe("start");
  });

  it("that is refused may be made again after a pause, with nothing to type", async () => {
    const { world, desk, guest } = await knocked();
    desk.current.value?.refuse(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => guest.phase.value === "refused");
    expect(guest.pausing.value).toBe(true);
    await guest.comeBack();
    expect(guest.phase.value).toBe("refused");
    await world.clock.advance(LIMITS.refusalPause);
    expect(guest.pausing.value).toBe(false);
    await guest.comeBack();
    await world.clock.until(() => desk.waiting.value.length === 1);
    expect(desk.waiting.value[0]?.name).toBe("Ana Martin");
    expect(guest.phase.value).toBe("waiting");
  });

  it("survives a reload of the doctor's page", async () => {
    const { world } = await knocked();
    const { desk } = world.doctor("");
    await world.clock.until(() => desk.waiting.value.length === 1, 5000);
    expect(desk.waiting.value[0]?.name).toBe("Ana Martin");
  });
});

describe("an admission", () => {
  it("leads to a checked picture, the same digits on both sides, and a clock", async () => {
    const { desk, guest } = await talking();
    const [theirs, mine] = [deskCall(desk), guest.call.value];
    expect(mine?.authenticationString.value).toMatch(/^\d{4} \d{4} \d{4}$/);
    expect(theirs?.authenticationString.value).toBe(mine?.authenticationString.value);
    expect(mine?.security.value.fingerprintChecked).toBe(true);
    expect(mine?.who.value).toMatchObject({ name: "Dr Camille Démo" });
    expect(theirs?.who.value).toEqual({ name: "Ana Martin", reason: "Cough" });
    expect(mine?.remote.value?.getTracks()).toHaveLength(2);
    expect(mine?.since.value).not.toBeNull();
    expect(desk.waiting.value).toEqual([]);
  });

  it("carries the prepared offer: one peer connection a side, and no second one", async () => {
    const { world } = await talking();
    expect(world.peers.made).toHaveLength(2);
  });

  it("whose certificate is another than promised is refused loudly", async () => {
    const consult = await knocked();
    const { world, desk } = consult;
    world.peers.swapFingerprint = true;
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => deskCall(desk)?.link.value === "refused");
    expect(deskCall(desk)?.problem.value).toMatchObject({ key: "bad_fingerprint", loud: true });
    expect(deskCall(desk)?.remote.value).toBeNull();
  });

  it("whose handshake a browser refused is refused loudly on both sides", async () => {
    const consult = await knocked();
    const { world, desk, guest } = consult;
    world.peers.swapFingerprint = true;
    world.peers.careful = true;
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => deskCall(desk)?.link.value === "refused", 3000);
    await world.clock.until(() => guest.call.value?.link.value === "refused", 3000);
    for (const call of [deskCall(desk), guest.call.value]) {
      expect(call?.problem.value).toMatchObject({ key: "bad_fingerprint", loud: true });
      expect(call?.remote.value).toBeNull();
    }
    await world.clock.advance(60_000);
    expect(world.peers.made).toHaveLength(2);
  });

  it("replayed changes nothing, and another accept for the same intro is not taken", async () => {
    const consult = await knocked();
    const { world, desk, guest } = consult;
    world.relay.tamper = (frame, to) =>
      to === "guest" && frame.type === 5 ? [frame, frame] : [frame];
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => secure(consult));
    guest.call.value?.sendChat("still here");
    await world.clock.until(() => texts(deskCall(desk)).length === 1);
  });

  it("of which the accept got lost is made good by the same accept", async () => {
    const consult = await knocked();
    const { world, desk } = consult;
    world.relay.tamper = (frame, to) => (to === "guest" && frame.type === 5 ? [] : [frame]);
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.advance(500);
    world.relay.tamper = (frame) => [frame];
    world.relay.restart();
    await world.clock.until(() => secure(consult), 10_000);
  });
});

describe("chat", () => {
  it("goes both ways, in order, and is counted until read", async () => {
    const { world, desk, guest } = await talking();
    const [theirs, mine] = [deskCall(desk), guest.call.value];
    for (const text of ["one", "two", "three"]) mine?.sendChat(text);
    theirs?.sendChat("  bonjour ");
    theirs?.sendChat("   ");
    await world.clock.until(() => texts(theirs).length === 4 && texts(mine).length === 4);
    expect(theirs?.chat.value.filter((line) => !line.mine).map(({ text }) => text)).toEqual([
      "one",
      "two",
      "three",
    ]);
    expect(theirs?.unread.value).toBe(3);
    theirs?.markRead();
    expect(theirs?.unread.value).toBe(0);
    await world.clock.until(() => mine?.chat.value.every(({ state }) => state === "sent") ?? false);
  });

  it("written while the server is down arrives once, in order, and the picture stays", async () => {
    const { world, desk, guest } = await talking();
    const mine = guest.call.value;
    mine?.sendChat("before");
    await world.clock.until(() => texts(deskCall(desk)).length === 1);
    world.relay.down = true;
    world.relay.restart();
    mine?.sendChat("during 1");
    mine?.sendChat("during 2");
    await world.clock.advance(3000);
    expect(mine?.chat.value.at(-1)?.state).toBe("sending");
    expect(mine?.link.value).toBe("secure");
    expect(guest.connection.value).toBe("reconnecting");
    world.relay.down = false;
    await world.clock.until(() => texts(deskCall(desk)).length === 3, 15_000);
    await world.clock.advance(10_000);
    expect(texts(deskCall(desk))).toEqual(["before", "during 1", "during 2"]);
    expect(mine?.link.value).toBe("secure");
    expect(world.peers.made).toHaveLength(2);
  });

  it("carries photos, opened on the other side", async () => {
    const { world, desk, guest } = await talking();
    const photo = new Blob([new Uint8Array(5000).fill(3)]);
    await guest.call.value?.sendPhoto(photo);
    await world.clock.until(() => deskCall(desk)?.chat.value[0]?.photo?.state === "ready");
    expect(deskCall(desk)?.chat.value[0]?.photo?.url).toBe("image/jpeg 5000");
    expect(guest.call.value?.chat.value[0]?.photo?.url).toBe("image/jpeg 5000");
    expect(world.roomBlobs.every((blob) => blob.length > 5000)).toBe(true);
  });
});

describe("a document", () => {
  const author = { name: "Dr Camille Démo", profession: "Médecin" };
  const parts = [{ name: "a.pdf", media: "application/pdf", bytes: new Uint8Array([1, 2, 3]) }];

  it("arrives, is checked, and its sender is told", async () => {
    const { world, desk, guest } = await talking();
    await deskCall(desk)?.sendDocument("prescription", author, { name: "Ana Martin" }, parts);
    await world.clock.until(() => guest.call.value?.documents.value[0]?.state === "verified");
    const [line] = guest.call.value?.documents.value ?? [];
    expect(line?.kind).toBe("prescription");
    expect(line?.document.value?.parts[0]?.bytes).toEqual(new Uint8Array([1, 2, 3]));
    await world.clock.until(() => deskCall(desk)?.documents.value[0]?.state === "verified");
  });

  it("that was changed at rest is refused loudly, and shows nothing", async () => {
    const { world, desk, guest } = await talking();
    world.relay.silent = true;
    await deskCall(desk)?.sendDocument("file", author, null, parts);
    for (const blob of world.blobs.values()) blob[800] = (blob[800] ?? 0) ^ 1;
    world.relay.silent = false;
    await world.clock.until(() => guest.call.value?.documents.value[0]?.state === "refused");
    const [line] = guest.call.value?.documents.value ?? [];
    expect(line?.problem).toMatchObject({ key: "altered", loud: true });
    expect(line?.document.value).toBeNull();
    await world.clock.until(() => deskCall(desk)?.documents.value[0]?.state === "refused");
  });
});

describe("a page that loads anew", () => {
  it("is back without admission: the patient's", async () => {
    const { world, desk, guest, guestBrowser } = await talking();
    guest.call.value?.sendChat("before");
    await world.clock.until(() => texts(deskCall(desk)).length === 1);
    const { guest: again } = world.patient(guestBrowser);
    const took = await world.clock.until(() => secure({ desk, guest: again }), 8000);
    expect(took).toBeLessThan(5000);
    expect(texts(again.call.value)).toEqual(["before"]);
    expect(guest.phase.value).toBe("elsewhere");
    again.call.value?.sendChat("after");
    await world.clock.until(() => texts(deskCall(desk)).length === 2);
  });

  it("is back without admission: the doctor's", async () => {
    const { world, desk, guest } = await talking();
    deskCall(desk)?.sendChat("before");
    await world.clock.until(() => texts(guest.call.value).length === 1);
    const { desk: again } = world.doctor("");
    const took = await world.clock.until(() => secure({ desk: again, guest }), 8000);
    expect(took).toBeLessThan(5000);
    expect(desk.phase.value).toBe("elsewhere");
    expect(texts(deskCall(again))).toEqual(["before"]);
  });

  it("sends what the one before could not", async () => {
    const { world, desk, guest, guestBrowser } = await talking();
    world.relay.silent = true;
    guest.call.value?.sendChat("lost with the page");
    await world.clock.advance(300);
    world.relay.silent = false;
    const { guest: again } = world.patient(guestBrowser);
    await world.clock.until(() => secure({ desk, guest: again }), 10_000);
    await world.clock.until(() => texts(deskCall(desk)).includes("lost with the page"));
    await world.clock.advance(10_000);
    expect(texts(deskCall(desk))).toEqual(["lost with the page"]);
  });

  it("in a second tab takes over, and gives back", async () => {
    const { world, desk, guest, guestBrowser } = await talking();
    const { guest: second } = world.patient(guestBrowser);
    await world.clock.until(() => secure({ desk, guest: second }), 8000);
    expect(guest.phase.value).toBe("elsewhere");
    await guest.comeBack();
    await world.clock.until(() => secure({ desk, guest }), 8000);
    expect(second.phase.value).toBe("elsewhere");
  });
});

describe("the way", () => {
  it("that goes silent is found again before a browser would say so", async () => {
    const consult = await talking();
    const { world, guest } = consult;
    world.peers.breakAll();
    world.peers.broken = true;
    await world.clock.until(() => guest.call.value?.link.value === "reconnecting", 3000);
    world.peers.broken = false;
    const took = await world.clock.until(() => secure(consult), 12_000);
    expect(took).toBeLessThan(5000);
  });

  it("that no restart brings back is built anew", async () => {
    const consult = await talking();
    const { world } = consult;
    world.peers.stubborn = true;
    world.peers.breakAll();
    await world.clock.advance(3000);
    expect(secure(consult)).toBe(false);
    await world.clock.until(() => secure(consult), 12_000);
    expect(world.peers.made.length).toBeGreaterThan(2);
  });

  it("is looked for at once when the network changes", async () => {
    const consult = await talking();
    const { world, guest, guestPage } = consult;
    world.relay.cut();
    world.peers.breakAll();
    guestPage.changeNetwork();
    const took = await world.clock.until(() => guest.connection.value === "open", 5000);
    expect(took).toBeLessThan(1500);
    await world.clock.until(() => secure(consult), 12_000);
  });
});

describe("an end", () => {
  it("by the doctor erases everything and takes the link out of the address bar", async () => {
    const { world, desk, guest, guestPage, guestBrowser } = await talking();
    const room = desk.current.value;
    await room?.end();
    await world.clock.until(() => guest.phase.value === "ended");
    expect(guestPage.fragment).toBe("");
    expect(guestBrowser.scopes()).toEqual([]);
    await world.clock.until(() => room?.state.value === "ended");
    expect(world.doctorsBrowser.scopes()).toEqual(["desk"]);
  });

  it("by the patient is seen by the doctor, and can be taken back", async () => {
    const { world, desk, guest } = await talking();
    await guest.leave();
    expect(guest.phase.value).toBe("left");
    await world.clock.until(() => desk.current.value?.calls.value.length === 0);
    await guest.comeBack();
    await world.clock.until(() => desk.waiting.value.length === 1);
  });

  it("of a turn sends nobody anywhere while the server is away", async () => {
    const { world, desk } = await talking();
    world.relay.down = true;
    world.relay.cut();
    await settle();
    const [call] = desk.current.value?.calls.value ?? [];
    expect(call?.peer).toBe(0);
    desk.current.value?.sendBack(call?.peer ?? 0);
    await settle();
    expect(desk.current.value?.calls.value.map(({ key }) => key)).toEqual([call?.key]);
    expect(desk.current.value?.problem.value?.key).toBe("offline");
  });

  it("of a turn puts the patient back, who knocks again by itself", async () => {
    const consult = await talking();
    const { world, desk, guest } = consult;
    const before = guest.call.value?.authenticationString.value;
    desk.current.value?.sendBack(desk.current.value.calls.value[0]?.peer ?? 0);
    await world.clock.until(() => guest.phase.value === "held" && desk.waiting.value.length === 1);
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => secure(consult));
    expect(guest.call.value?.authenticationString.value).not.toBe(before);
    expect(guest.call.value?.problem.value).toBeNull();
  });
});

describe("a patient who was sent back to the waiting room", () => {
  const author = { name: "Dr Camille Démo" };
  const parts = [{ name: "a.pdf", media: "application/pdf", bytes: new Uint8Array([1, 2, 3]) }];
  const held = async () => {
    const consult = await talking();
    const { world, desk, guest } = consult;
    guest.call.value?.sendChat("before");
    await deskCall(desk)?.sendDocument("file", author, null, parts);
    await world.clock.until(() => texts(deskCall(desk)).length === 1);
    await world.clock.until(() => guest.call.value?.documents.value[0]?.state === "verified");
    desk.current.value?.sendBack(desk.current.value.calls.value[0]?.peer ?? 0);
    await world.clock.until(() => guest.phase.value === "held" && desk.waiting.value.length === 1);
    return consult;
  };
  const admit = async (desk: DeskModel) =>
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);

  it("keeps what was written and handed over in view, then and afterwards", async () => {
    const consult = await held();
    const { world, desk, guest } = consult;
    expect(texts(guest.call.value)).toEqual(["before"]);
    expect(guest.call.value?.documents.value[0]?.state).toBe("verified");
    await admit(desk);
    await world.clock.until(() => secure(consult));
    for (const call of [guest.call.value, deskCall(desk)]) {
      expect(texts(call)).toEqual(["before"]);
      await world.clock.until(() => call?.documents.value[0]?.state === "verified");
    }
    guest.call.value?.sendChat("after");
    await world.clock.until(() => texts(deskCall(desk)).length === 2);
    expect(texts(deskCall(desk))).toEqual(["before", "after"]);
  });

  it("finds it again after a reload in between", async () => {
    const { world, desk, guestBrowser } = await held();
    const { guest: again } = world.patient(guestBrowser);
    await world.clock.until(() => again.connection.value === "open");
    await world.clock.until(() => desk.waiting.value.length === 1);
    await admit(desk);
    await world.clock.until(() => secure({ desk, guest: again }), 8000);
    expect(texts(again.call.value)).toEqual(["before"]);
  });
});

describe("an intro that was accepted before", () => {
  it("is not accepted again when the server shows it anew", async () => {
    const consult = await knocked();
    const { world, desk } = consult;
    const shown: Frame[] = [];
    world.relay.tamper = (frame, to) => {
      if (to === "host" && frame.type === Type.KNOCK) shown.push(frame);
      return [frame];
    };
    // The host's page comes back, and is shown the knock that it accepts.
    world.relay.cut();
    await world.clock.until(() => shown.length > 0);
    await world.clock.until(() => desk.waiting.value.length === 1);
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => secure(consult));
    desk.current.value?.sendBack(desk.current.value.calls.value[0]?.peer ?? 0);
    await world.clock.until(() => desk.waiting.value.length === 1);
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => secure(consult));
    const call = deskCall(desk);
    world.relay.tamper = (frame, to) => {
      const [old] = shown;
      if (to !== "host" || frame.type !== Type.RELAY || !old) return [frame];
      const body = old.body.slice();
      body[33] = State.ADMITTED;
      return [{ ...old, channel: frame.channel, peer: frame.peer, body }, frame];
    };
    consult.guest.call.value?.sendChat("still here");
    await world.clock.until(() => texts(deskCall(desk)).includes("still here"));
    expect(deskCall(desk)).toBe(call);
    expect(deskCall(desk)?.problem.value).toBeNull();
    expect(desk.waiting.value).toEqual([]);
  });
});

describe("an intro that was shown and not accepted", () => {
  const older = async (between: (consult: Consult) => Promise<DeskModel>) => {
    const consult = await open();
    const { world, guest } = consult;
    const shown: Frame[] = [];
    world.relay.tamper = (frame, to) => {
      if (to === "host" && frame.type === Type.KNOCK) shown.push(frame);
      return [frame];
    };
    await guest.begin();
    await guest.knock("Ana Martin", "Cough");
    await world.clock.until(() => consult.desk.waiting.value.length === 1);
    const desk = await between(consult);
    await guest.leave();
    await world.clock.until(() => desk.waiting.value.length === 0);
    await guest.comeBack();
    await world.clock.until(() => desk.waiting.value.length === 1);
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => secure({ desk, guest }));
    const call = deskCall(desk);
    world.relay.tamper = (frame, to) => {
      const [old] = shown;
      if (to !== "host" || frame.type !== Type.RELAY || !old) return [frame];
      const body = old.body.slice();
      body[33] = State.ADMITTED;
      return [{ ...old, channel: frame.channel, peer: frame.peer, body }, frame];
    };
    guest.call.value?.sendChat("still here");
    await world.clock.until(() => texts(deskCall(desk)).includes("still here"));
    expect(deskCall(desk)).toBe(call);
    expect(deskCall(desk)?.problem.value).toBeNull();
    expect(desk.waiting.value).toEqual([]);
  };

  it("takes no place of the session that a newer one began", async () => {
    await older(async ({ desk }) => desk);
  });

  it("takes none after the doctor's page has loaded anew either", async () => {
    await older(async ({ world }) => {
      const { desk } = world.doctor("");
      await world.clock.until(() => desk.waiting.value.length === 1, 5000);
      return desk;
    });
  });
});

describe("a guest who was let in anew without a tap", () => {
  it("has another number, and a doctor's page that loads anew says so too", async () => {
    const { world, desk, guestBrowser } = await talking();
    const [scope = ""] = guestBrowser.scopes();
    await (await guestBrowser.vaults().open(scope)).erase("call");
    world.patient(guestBrowser);
    const changed = (page: DeskModel) => deskCall(page)?.problem.value?.key === "sas_changed";
    await world.clock.until(() => changed(desk));
    const { desk: again } = world.doctor("");
    await world.clock.until(() => changed(again));
  });
});

describe("somebody else with the same link", () => {
  it("is told so, shows as a stranger, and comes in by a take-over alone", async () => {
    const { world, desk, guest } = await talking();
    const { guest: other } = world.patient();
    await other.begin();
    await world.clock.until(() => other.seatOwned.value);
    await other.knock("Eve", "");
    await world.clock.until(() => desk.waiting.value.length === 1);
    const [stranger] = desk.waiting.value;
    expect(stranger).toMatchObject({ name: "Eve", stranger: true });
    await desk.current.value?.admit(stranger?.peer ?? 0, true);
    await world.clock.until(() => other.call.value?.link.value === "secure");
    expect(desk.current.value?.calls.value).toHaveLength(1);
    expect(guest.call.value?.link.value).not.toBe("refused");
  });
});

describe("the desk", () => {
  it("imports a demo once and takes its keys out of the address bar", async () => {
    const { desk, deskPage } = await open();
    expect(deskPage.fragment).toBe("");
    expect(desk.practitioner.value?.name).toBe("Dr Camille Démo");
    expect(desk.current.value?.links.value[0]).toMatch(/^http:\/\/localhost:8480\/c\/#1\./);
  });

  it("takes no keys out of a link on a server where real people are received", async () => {
    const world = new World();
    world.origin = "https://consult.example.org";
    const { page, desk } = world.doctor(await world.demo());
    await world.clock.until(() => desk.phase.value === "no-practitioner");
    expect(desk.problem.value).toMatchObject({ key: "demo_elsewhere", loud: true });
    expect(page.fragment).toBe("");
    expect(world.doctorsBrowser.scopes()).toEqual(["desk"]);
  });

  it("does not let a link that somebody sent replace its keys", async () => {
    const { world } = await open();
    const links = async (fragment: string) => {
      const { page, desk } = world.doctor(fragment);
      await world.clock.until(() => desk.current.value?.state.value === "open");
      const links = desk.consults.value.map((consult) => consult.links.value[0]);
      return { page, links, problem: desk.problem.value };
    };
    const own = await links("");
    const after = await links(await world.demo());
    expect(after.problem).toMatchObject({ key: "other_practitioner", loud: true });
    expect(after.page.fragment).toBe("");
    expect(after.links).toEqual(own.links);
  });

  it("makes consults, and one more link for a room", async () => {
    const { world, desk } = await open();
    const made = await desk.newConsult(" Mme M. ");
    await world.clock.until(() => made.state.value === "open");
    expect(desk.consults.value).toHaveLength(2);
    expect(made.label.value).toBe("Mme M.");
    const link = await made.addPerson();
    expect(made.links.value).toHaveLength(2);
    expect(made.links.value[1]).toBe(link);
    const { guest } = world.patient(new Browser(), link.split("#")[1] ?? "");
    await guest.begin();
    await guest.knock("Second person", "");
    await world.clock.until(() => made.waiting.value.length === 1);
  });

  it("keeps a link whose seat's answer was lost, and asks again", async () => {
    const { world, desk } = await open();
    const consult = desk.current.value;
    world.relay.tamper = (frame) => (frame.type === Type.SEAT ? [] : [frame]);
    const lost = consult?.addPerson().catch((error: Error) => error.message);
    await world.clock.until(() => world.room?.seats.length === 2);
    world.relay.tamper = (frame) => [frame];
    world.relay.cut();
    expect(await lost).toBe("internal");
    await world.clock.until(() => consult?.links.value.length === 2);
    const next = await consult?.addPerson();
    expect(consult?.links.value[2]).toBe(next);
    expect(world.room?.seats).toHaveLength(3);
    for (const link of consult?.links.value.slice(1) ?? []) {
      const { guest } = world.patient(new Browser(), link.split("#")[1] ?? "");
      await guest.begin();
      await guest.knock("One more", "");
    }
    await world.clock.until(() => desk.waiting.value.length === 2);
  });

  it("makes two more links at once", async () => {
    const { world, desk } = await open();
    const consult = desk.current.value;
    const made = await Promise.all([consult?.addPerson(), consult?.addPerson()]);
    expect(consult?.links.value.slice(1)).toEqual(made);
    for (const link of made) {
      const { guest } = world.patient(new Browser(), link?.split("#")[1] ?? "");
      await guest.begin();
      await guest.knock("One more", "");
    }
    await world.clock.until(() => desk.waiting.value.length === 2);
  });
});
