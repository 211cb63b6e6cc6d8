import { beforeAll, describe, expect, test } from "vitest";
import { b64u } from "../../src/sealing/encoding.ts";
import { type GuestAgreed, type HostAgreed, makeOpen } from "../../src/sealing/handshake.ts";
import { writeMessage } from "../../src/sealing/messages.ts";
import { type Effect, Session, type SessionState } from "../../src/sealing/session.ts";
import { fromBytes, toBytes } from "../../src/sealing/store.ts";
import { agree, makePair, repeatable } from "./pair.ts";

const random = repeatable("session");
const chat = (text: string): Uint8Array =>
  writeMessage({ t: "chat", id: b64u(random(16)), at: "2026-03-01T09:30:00Z", text });
const state = (audio: boolean): Uint8Array =>
  writeMessage({ t: "state", audio, video: false, screen: false });

/** One side and what it did: `out` are frames on their way. */
class Side {
  session: Session;
  stored: Uint8Array | undefined;
  out: Uint8Array[] = [];
  readonly got: string[] = [];
  readonly delivered: string[] = [];
  began = 0;
  string: string | undefined;

  constructor(session: Session) {
    this.session = session;
  }

  perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === "store") this.stored = toBytes(effect.state);
      else if (effect.type === "send") this.out.push(effect.frame);
      else if (effect.type === "deliver") this.got.push(this.textOf(effect.message));
      else if (effect.type === "delivered") this.delivered.push(effect.id);
      else if (effect.type === "authenticated") this.string = effect.string;
      else this.began += 1;
    }
  }

  textOf(message: Uint8Array): string {
    const { text, audio } = JSON.parse(new TextDecoder().decode(message));
    return text ?? String(audio);
  }

  /** Forgets all but what was stored, as a page that loads anew. */
  reload(now: number): void {
    if (!this.stored) throw new Error("nothing was stored");
    this.out = [];
    this.session = Session.resume(fromBytes<SessionState>(this.stored), { random });
    this.perform(this.session.start(now));
  }
}

let agreed: { host: HostAgreed; guest: GuestAgreed };
let offered: { host: HostAgreed; guest: GuestAgreed };
beforeAll(async () => {
  agreed = await agree(await makePair("plain"));
  offered = await agree(await makePair("offered"), [state(true), chat("carried")]);
});

/** Two sides and the time between them. */
class Two {
  readonly host: Side;
  readonly guest: Side;
  now = 1_000_000;

  constructor({ host, guest } = agreed) {
    this.host = new Side(Session.host(host, { random }));
    this.guest = new Side(Session.guest(guest, makeOpen(guest, random), { random }));
    this.host.perform(this.host.session.start(this.now));
    this.guest.perform(this.guest.session.start(this.now));
  }

  /** Carries what is on its way, once. Refused frames are given back as their codes. */
  carry(): string[] {
    const refused: string[] = [];
    for (const [from, to] of [
      [this.host, this.guest],
      [this.guest, this.host],
    ] as const) {
      for (const frame of from.out.splice(0)) {
        try {
          to.perform(to.session.receive(frame, this.now));
        } catch (error) {
          refused.push((error as { code: string }).code);
        }
      }
    }
    return refused;
  }

  /** Lets time pass in steps of 100 ms, with everything carried. */
  pass(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now += 100) {
      this.carry();
      for (const side of [this.host, this.guest]) side.perform(side.session.tick(this.now));
    }
  }
}

describe("a session", () => {
  test("begins with the guest's open; both see one authentication string", () => {
    const two = new Two();
    two.pass(300);
    expect(two.host.string).toMatch(/^\d{4} \d{4} \d{4}$/);
    expect(two.host.string).toBe(two.guest.string);
    expect([two.host.began, two.guest.began]).toEqual([1, 1]);
  });

  test("delivers in order, once, both ways, and says so", () => {
    const two = new Two();
    for (const text of ["a", "b", "c"]) two.guest.perform(two.guest.session.send(chat(text), 0));
    for (const text of ["x", "y"]) two.host.perform(two.host.session.send(chat(text), 0));
    two.pass(2000);
    expect(two.host.got).toEqual(["a", "b", "c"]);
    expect(two.guest.got).toEqual(["x", "y"]);
    expect([two.guest.delivered.length, two.host.delivered.length]).toEqual([3, 2]);
    expect(two.host.session.unacknowledged + two.guest.session.unacknowledged).toBe(0);
  });

  test("takes what the accept carried as the host's first messages", () => {
    const two = new Two(offered);
    two.host.perform(two.host.session.send(chat("next"), two.now));
    two.pass(2000);
    expect(two.guest.got).toEqual(["true", "carried", "next"]);
    expect(two.host.session.unacknowledged).toBe(0);
  });

  test("falls silent once everything is acknowledged", () => {
    const two = new Two();
    two.guest.perform(two.guest.session.send(chat("a"), two.now));
    two.pass(5000);
    for (const side of [two.host, two.guest]) {
      expect(side.session.nextAt()).toBeUndefined();
      expect(side.out).toEqual([]);
    }
  });

  test.each(["host", "guest"] as const)("comes back after the %s loaded anew", (who) => {
    const two = new Two();
    two.pass(500);
    two.host.perform(two.host.session.send(chat("before"), two.now));
    two.guest.perform(two.guest.session.send(state(true), two.now));
    two[who].reload(two.now);
    two.host.perform(two.host.session.send(chat("after"), two.now));
    two.pass(3000);
    expect(two.guest.got.filter((text) => text !== "true")).toEqual(["before", "after"]);
    expect(two.host.session.unacknowledged + two.guest.session.unacknowledged).toBe(0);
  });

  test.each(["host", "guest"] as const)("comes back when the %s loads before the open", (who) => {
    const two = new Two();
    two[who].reload(two.now);
    two.guest.perform(two.guest.session.send(chat("hello"), two.now));
    two.pass(6000);
    expect(two.host.got).toEqual(["hello"]);
    expect(two.host.string).toBe(two.guest.string);
  });
});
