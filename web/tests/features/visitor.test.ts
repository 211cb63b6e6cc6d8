import { describe, expect, it } from "vitest";
import type { LiveCall } from "../../src/features/consult/live.ts";
import { newVisitor, seen, type Visitor, waitingOf } from "../../src/features/desk/visitor.ts";
import { type Member, State } from "../../src/protocol/frames.ts";
import type { HostIntro } from "../../src/sealing/handshake.ts";

const KEY = new Uint8Array(32);
const member = (seat: number): Member => ({
  key: KEY,
  seat,
  state: State.ADMITTED,
  connected: true,
  seatTaken: false,
});

function visitors(...all: readonly Visitor[]): ReadonlyMap<string, Visitor> {
  return new Map(all.map((one) => [one.key, one]));
}

const waits = (key: string, seat: number, name = "Ana"): Visitor => ({
  ...seen(newVisitor(key, 0), 7, member(seat)),
  intro: { profile: { name, reason: "", lang: "fr" } } as HostIntro,
});

const isInside = (key: string, seat: number): Visitor => ({
  ...seen(newVisitor(key, 0), 3, member(seat)),
  live: {} as LiveCall,
});

describe("who waits", () => {
  it("is somebody else where the link's owner is inside, whatever the server says", () => {
    const [waiting] = waitingOf(visitors(isInside("a", 0), waits("b", 0)), "room");
    expect(waiting?.stranger).toBe(true);
    const [other] = waitingOf(visitors(isInside("a", 1), waits("b", 0)), "room");
    expect(other?.stranger).toBe(false);
  });

  it("stays so when the server gives the owner another seat", () => {
    const owner = seen(isInside("a", 0), 3, member(1));
    const [waiting] = waitingOf(visitors(owner, waits("b", 0)), "room");
    expect(waiting?.stranger).toBe(true);
  });

  it("has a name that turns no sentence around", () => {
    const [waiting] = waitingOf(visitors(waits("b", 0, "Ana\u202E\n ecila")), "room");
    expect(waiting?.name).toBe("Ana ecila");
  });
});
