import { describe, expect, test } from "vitest";
import { ERROR_NUMBERS } from "../../src/protocol/errors.ts";
import {
  type Frame,
  packAdmit,
  packFrame,
  State,
  Type,
  unpackError,
  unpackFrame,
  unpackKnock,
  unpackMember,
  unpackOpened,
  unpackSwitch,
} from "../../src/protocol/frames.ts";
import { LIMITS } from "../../src/protocol/limits.ts";

const filled = (length: number, byte = 7): Uint8Array => new Uint8Array(length).fill(byte);
const bytes = (...parts: (Uint8Array | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

describe("a frame", () => {
  const frame: Frame = { type: Type.RELAY, channel: 0x01020304, peer: 5, body: filled(3) };

  test("is version, type, channel, peer and body", () => {
    const packed = packFrame(frame);
    expect([...packed]).toEqual([1, 7, 1, 2, 3, 4, 0, 0, 0, 5, 7, 7, 7]);
    expect(unpackFrame(packed)).toEqual(frame);
  });

  test("may be as long as the limit, and no longer", () => {
    const body = filled(LIMITS.frame - 10);
    expect(unpackFrame(packFrame({ ...frame, body })).body).toEqual(body);
    expect(() => packFrame({ ...frame, body: filled(LIMITS.frame - 9) })).toThrow(
      "frame_too_large",
    );
    expect(() => unpackFrame(filled(LIMITS.frame + 1))).toThrow("frame_too_large");
  });

  test.each([
    ["nothing", [], "bad_frame"],
    ["nine bytes", [1, 7, 0, 0, 0, 0, 0, 0, 0], "bad_frame"],
    ["another version", [2, 7, 0, 0, 0, 0, 0, 0, 0, 0], "bad_version"],
    ["type 0", [1, 0, 0, 0, 0, 0, 0, 0, 0, 0], "bad_frame"],
    ["a type of the future", [1, 0x14, 0, 0, 0, 0, 0, 0, 0, 0], "bad_frame"],
  ])("is refused: %s", (_name, data, code) => {
    expect(() => unpackFrame(Uint8Array.from(data))).toThrow(code);
  });
});

describe("OPENED", () => {
  const body = bytes([2, 3, 1], [0, 0, 0, 1, 0, 0, 0, 2], filled(32, 8), filled(1216, 9));

  test("tells the room", () => {
    expect(unpackOpened(body)).toEqual({
      state: State.ADMITTED,
      locked: true,
      seatTaken: true,
      hostConnected: true,
      expires: 2 ** 32 + 2,
      identity: filled(32, 8),
      prekey: filled(1216, 9),
    });
  });

  test.each([
    ["a state of the future", 0, 4],
    ["flags of the future", 1, 4],
    ["a host that is half there", 2, 2],
  ])("is refused: %s", (_name, at, value) => {
    const changed = body.slice();
    changed[at] = value;
    expect(() => unpackOpened(changed)).toThrow("bad_frame");
  });

  test("is refused one byte short", () => {
    expect(() => unpackOpened(body.subarray(1))).toThrow("bad_frame");
  });
});

describe("a member", () => {
  const body = bytes(filled(32), [2, 1, 1, 0]);

  test("is read", () => {
    const member = { key: filled(32), seat: 2, state: State.WAITING, connected: true };
    expect(unpackMember(body)).toEqual({ ...member, seatTaken: false });
    const knock = unpackKnock(bytes(body, [5, 5]));
    expect(knock).toEqual({ member: { ...member, seatTaken: false }, intro: filled(2, 5) });
  });

  test.each([
    ["the host's state", 33, 3],
    ["connected twice", 34, 2],
    ["flags of the future", 35, 2],
  ])("is refused: %s", (_name, at, value) => {
    const changed = body.slice();
    changed[at] = value;
    expect(() => unpackMember(changed)).toThrow("bad_frame");
  });

  test("knocks with an intro of at most the limit", () => {
    expect(() => unpackKnock(body)).toThrow("bad_frame");
    expect(() => unpackKnock(bytes(body, filled(LIMITS.intro + 1)))).toThrow("frame_too_large");
  });
});

test("ADMIT names the intro that it accepts", () => {
  expect(packAdmit(true, filled(32), filled(2, 5))).toEqual(bytes([1], filled(32), filled(2, 5)));
  expect(packAdmit(false, filled(32), filled(2, 5))[0]).toBe(0);
});

test("a switch is one byte, 0 or 1", () => {
  expect(unpackSwitch(Uint8Array.of(1))).toBe(true);
  expect(unpackSwitch(Uint8Array.of(0))).toBe(false);
  for (const body of [[], [2], [0, 0]]) {
    expect(() => unpackSwitch(Uint8Array.from(body))).toThrow("bad_frame");
  }
});

describe("ERROR", () => {
  test.each(Object.entries(ERROR_NUMBERS))("%s is number %i", (code, number) => {
    const error = unpackError(Uint8Array.of(number >> 8, number & 255, Type.RELAY, 0));
    expect(error).toEqual({ code, type: Type.RELAY, fatal: false });
  });

  test("of a newer server is a fault of the server's", () => {
    const error = unpackError(Uint8Array.of(0xff, 0xff, 0, 1));
    expect(error).toEqual({ code: "internal", type: 0, fatal: true });
  });

  test("is refused when it is no ERROR", () => {
    expect(() => unpackError(Uint8Array.of(0, 1, 7))).toThrow("bad_frame");
    expect(() => unpackError(Uint8Array.of(0, 1, 7, 2))).toThrow("bad_frame");
  });
});
