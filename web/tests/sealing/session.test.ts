import { beforeAll, describe, expect, test } from "vitest";
import { concat } from "../../src/sealing/encoding.ts";
import type { GuestAgreed, HostAgreed } from "../../src/sealing/handshake.ts";
import { SEEN, Session, type SessionState } from "../../src/sealing/session.ts";
import { MESSAGE_BYTES } from "../../src/sealing/traffic.ts";
import { agree, makePair } from "./pair.ts";
import { chat, passing, World } from "./world.ts";

let plain: { host: HostAgreed; guest: GuestAgreed };
let offered: { host: HostAgreed; guest: GuestAgreed };
beforeAll(async () => {
  const pair = await makePair("session");
  plain = await agree(pair);
  offered = await agree(pair, [passing(0), chat(0, pair.random)]);
});

const chats = (texts: readonly string[]): string[] => texts.filter((text) => text.startsWith("c"));

describe("a session", () => {
  test("begins with the guest's open; both see one authentication string", () => {
    const world = new World(plain);
    world.pass(300);
    expect(world.host.string).toMatch(/^\d{4} \d{4} \d{4}$/);
    expect(world.host.string).toBe(world.guest.string);
    expect([world.host.began, world.guest.began]).toEqual([1, 1]);
  });

  test("delivers in order, once, both ways, and says so", () => {
    const world = new World(plain);
    for (const n of [1, 2, 3]) world.guest.send(chat(n, world.random));
    for (const n of [4, 5]) world.host.send(chat(n, world.random));
    world.pass(2000);
    expect(world.host.got).toEqual(["chat 1", "chat 2", "chat 3"]);
    expect(world.guest.got).toEqual(["chat 4", "chat 5"]);
    expect([world.guest.acknowledged.length, world.host.acknowledged.length]).toEqual([3, 2]);
  });

  test("lets the guest speak before the host has", () => {
    const world = new World(plain);
    world.guest.send(passing(1));
    for (const frame of world.host.inbox.splice(0)) world.host.receive(frame);
    expect(world.host.got).toEqual(["passing 1"]);
  });

  test("keeps a window of the ids of what it has taken", () => {
    const world = new World(plain);
    for (let n = 0; n < SEEN + 100; n += 1) {
      world.guest.send(chat(n, world.random));
      if (n % 100 === 0) world.pass(2000);
    }
    world.pass(5000);
    expect(world.host.got).toHaveLength(SEEN + 100);
    expect(world.host.session.state.seen).toHaveLength(SEEN);
    expect(world.host.session.state.seen.at(-1)).toBe(world.guest.acknowledged.at(-1));
  });

  test("takes what the accept carried as the host's first messages", () => {
    const world = new World(offered);
    world.host.send(passing(1));
    world.pass(2000);
    expect(world.guest.got).toEqual(["passing 0", "chat 0", "passing 1"]);
    expect(world.host.session.unacknowledged).toBe(0);
  });

  test("falls silent once everything is acknowledged", () => {
    const world = new World(plain);
    world.guest.send(chat(1, world.random));
    world.pass(5000);
    const sealed = world.aead.used.size;
    world.pass(60_000);
    expect(world.aead.used.size).toBe(sealed);
    expect(world.sides.map(({ session }) => session.nextAt())).toEqual([undefined, undefined]);
  });

  test.each(["host", "guest"] as const)("comes back after the %s loaded anew", (who) => {
    const world = new World(plain);
    world.pass(500);
    world.host.send(chat(1, world.random));
    world.guest.send(passing(2));
    world[who].inbox = [];
    world[who].reload();
    world.host.send(chat(3, world.random));
    world.pass(2000);
    expect(chats(world.guest.got)).toEqual(["chat 1", "chat 3"]);
    expect(world.sides.map(({ session }) => session.unacknowledged)).toEqual([0, 0]);
  });

  test.each(["host", "guest"] as const)("begins though the %s loads before the open", (who) => {
    const world = new World(plain);
    world[who].reload();
    world.guest.send(chat(1, world.random));
    world.pass(6000);
    expect(world.host.got).toEqual(["chat 1"]);
    expect(world.host.string).toBe(world.guest.string);
  });

  test("drops passing messages that were sent in an older exchange, and no others", () => {
    const world = new World(plain);
    world.pass(500);
    world.host.send(passing(1));
    world.guest.inbox = [];
    world.host.send(chat(2, world.random));
    world.guest.reload();
    world.pass(500);
    world.host.send(passing(3));
    world.pass(500);
    expect(world.guest.got).toEqual(["chat 2", "passing 3"]);
  });

  test("sends at once what was not acknowledged when the relay is back", () => {
    const world = new World(plain);
    world.pass(500);
    world.guest.send(chat(1, world.random));
    world.host.inbox = [];
    world.guest.act(world.guest.session.reconnected(world.now));
    world.carry();
    expect(world.host.got).toEqual(["chat 1"]);
  });

  test("sends again after 1, 2, 4, 8 and 8 seconds", () => {
    const world = new World(plain);
    world.pass(1000);
    const sent = world.now;
    world.guest.send(chat(1, world.random));
    const times: number[] = [];
    for (; world.now - sent < 24_000; world.wait(100)) {
      if (world.host.inbox.splice(0).length > 0) times.push((world.now - sent) / 1000);
    }
    expect(times.map(Math.round)).toEqual([0, 1, 3, 7, 15, 23]);
  });

  test("sends a long queue in windows, in order", () => {
    const world = new World(plain);
    world.pass(500);
    for (let n = 1; n <= 600; n++) world.host.send(passing(n));
    expect(world.guest.inbox).toHaveLength(256);
    world.pass(5000);
    expect(world.guest.got).toEqual(Array.from({ length: 600 }, (_, n) => `passing ${n + 1}`));
  });

  test("hands its outbox and what it took on to the session that replaces it", () => {
    const world = new World(plain);
    world.pass(500);
    const said = chat(1, world.random);
    world.guest.send(said);
    world.pass(500);
    world.host.send(chat(2, world.random));
    const next = new World(offered);
    const { options } = next;
    next.host.session = Session.host(offered.host, options, world.host.session.state);
    next.host.act(next.host.session.start(next.now));
    next.guest.send(said);
    next.pass(1500);
    expect(chats(next.guest.got)).toEqual(["chat 0", "chat 2"]);
    expect(next.host.got).toEqual([]);
  });

  test("refuses what is too long and changes nothing", () => {
    const { session } = new World(plain).host;
    expect(() => session.send(new Uint8Array(MESSAGE_BYTES + 1), 0)).toThrow("too_long");
    expect(session.unacknowledged).toBe(0);
  });

  test.each([
    ["", "bad_form"],
    ["01", "bad_form"],
    ["0206", "bad_suite"],
    [`0101${"00".repeat(100)}`, "bad_form"],
    [`0103${"00".repeat(128)}`, "bad_form"],
    [`010500${"00".repeat(104)}`, "stale_exchange"],
    ["0107", "bad_form"],
  ])("refuses %s with %s", (hex, code) => {
    const world = new World(plain);
    world.pass(500);
    const frame = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    world.guest.receive(frame);
    expect(world.guest.refused.slice(-1)).toEqual([code]);
  });
});

describe("a hostile relay", () => {
  test("cannot make a changed, repeated or foreign frame count", () => {
    const world = new World(plain);
    world.pass(500);
    world.guest.send(chat(1, world.random));
    const [frame] = world.host.inbox;
    if (!frame) throw new Error("no frame");
    for (const at of [0, 1, 5, 17, 18, frame.length - 1]) {
      const flipped = frame.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      world.host.receive(flipped);
    }
    world.host.receive(concat(frame, new Uint8Array(1)));
    world.guest.receive(frame);
    const refusals = ["bad_suite", "bad_form", "unknown_exchange"];
    expect(world.host.refused.slice(0, 3)).toEqual(refusals);
    // The flipped counter is one that came before.
    expect(world.host.refused.slice(3)).toEqual([
      "replayed",
      "cannot_open",
      "cannot_open",
      "bad_form",
    ]);
    expect(world.guest.refused.slice(-1)).toEqual(["cannot_open"]);
    world.pass(500);
    world.host.receive(frame);
    expect(world.host.refused.slice(-1)).toEqual(["replayed"]);
    expect(world.host.got).toEqual(["chat 1"]);
  });

  test("cannot retire keys with an old hello", () => {
    const world = new World(plain);
    world.pass(500);
    world.guest.reload();
    const hello = world.host.inbox[0] ?? new Uint8Array();
    world.pass(500);
    for (let n = 0; n < 8; n++) world.host.receive(hello);
    world.guest.inbox = [];
    world.guest.send(chat(1, world.random));
    world.host.send(chat(2, world.random));
    world.pass(500);
    expect([world.host.got, world.guest.got]).toEqual([["chat 1"], ["chat 2"]]);
  });

  test("gets the same answer for the same hello", () => {
    const world = new World(plain);
    world.pass(500);
    world.guest.reload();
    const hello = world.host.inbox[0] ?? new Uint8Array();
    for (let n = 0; n < 8; n++) world.host.receive(hello);
    expect(new Set(world.guest.inbox.map(String)).size).toBe(1);
    expect(world.host.session.state.pending).toHaveLength(1);
  });
});

describe("two pages over one stored state", () => {
  test("share no keys; the frames of the one left behind are refused", () => {
    const world = new World(plain);
    world.pass(500);
    const left = world.guest.session;
    world.guest.reload();
    world.pass(1000);
    world.guest.send(chat(1, world.random));
    // The watched AEAD throws if any key and nonce met twice, on whichever page.
    world.guest.act(left.send(chat(2, world.random), world.now));
    world.carry();
    expect(world.host.got).toEqual(["chat 1"]);
    expect(world.host.refused).toContain("unknown_exchange");
  });

  test("started from a copy at the very beginning, share no keys either", () => {
    const world = new World(plain);
    const copy: SessionState = world.guest.session.state;
    const other = Session.resume(copy, world.options);
    world.pass(500);
    world.guest.act(other.start(world.now));
    world.guest.send(chat(1, world.random));
    world.guest.act(other.send(chat(2, world.random), world.now));
    world.pass(500);
    expect(world.host.got.slice(0, 1)).toEqual(["chat 1"]);
  });
});
