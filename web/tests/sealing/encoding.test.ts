import { describe, expect, test } from "vitest";
import {
  allFields,
  b64u,
  fields,
  fromB64u,
  jsonObject,
  padded,
  takeFields,
  u64,
  utf8,
} from "../../src/sealing/encoding.ts";

describe("base64url", () => {
  test.each([0, 1, 2, 3, 4, 31, 32, 33])("of %i bytes comes back", (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => 255 - i);
    expect(fromB64u(b64u(bytes))).toEqual(bytes);
    expect(b64u(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
  });

  test.each(["A", "AB=", "AB==", "A+", "A/", "AA A", "AAAAA", "AB", "ABC", "é"])(
    "is refused: %s",
    (encoded) => {
      expect(() => fromB64u(encoded)).toThrow("bad_form");
    },
  );

  test("has the length that is asked for", () => {
    expect(() => fromB64u("AAAA", 4, "bad_link")).toThrow("bad_link");
  });
});

describe("fields", () => {
  test("are lengths and items, and come back", () => {
    const list = fields("ab", Uint8Array.of(1), new Uint8Array());
    expect([...list]).toEqual([0, 0, 0, 2, 97, 98, 0, 0, 0, 1, 1, 0, 0, 0, 0]);
    expect(allFields(list).map((item) => [...item])).toEqual([[97, 98], [1], []]);
  });

  test.each([
    ["a length cut off", [0, 0, 0]],
    ["a length past the end", [0, 0, 0, 2, 1]],
    ["the longest length", [255, 255, 255, 255, 1]],
  ])("are refused: %s", (_name, bytes) => {
    expect(() => allFields(Uint8Array.from(bytes))).toThrow("bad_form");
  });

  test("are followed by zero bytes alone", () => {
    expect(takeFields(Uint8Array.from([0, 0, 0, 1, 5, 0, 0]), [1])).toEqual([Uint8Array.of(5)]);
    expect(() => takeFields(Uint8Array.from([0, 0, 0, 1, 5, 0, 1]), [1])).toThrow("bad_form");
    expect(() => takeFields(Uint8Array.from([0, 0, 0, 1, 5]), [2])).toThrow("bad_form");
  });
});

test("padding goes to the smallest size that holds", () => {
  expect(padded(new Uint8Array(3), [2, 4, 8])).toHaveLength(4);
  expect(padded(new Uint8Array(4), [2, 4, 8])).toHaveLength(4);
  expect(() => padded(new Uint8Array(9), [2, 4, 8])).toThrow("too_long");
});

test("64-bit numbers are big-endian", () => {
  expect([...u64(2 ** 33 + 1)]).toEqual([0, 0, 0, 2, 0, 0, 0, 1]);
});

describe("a JSON object", () => {
  test("of whatever depth is read or refused, and exhausts no stack", () => {
    const deep = `{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
    for (const json of [deep, `{"a":1,${deep.slice(1)}`]) {
      try {
        jsonObject(utf8(json), "bad_message");
      } catch (error) {
        expect(error).toMatchObject({ code: "bad_message" });
      }
    }
  });

  test.each(['{"a":1,"b":{"a":[{"a":":"}]}}', '{"__proto__":{"a":1}}', '{"a":"\\":\\\\"}', "{}"])(
    "is read: %s",
    (json) => {
      expect(jsonObject(utf8(json))).toEqual(JSON.parse(json));
    },
  );

  test.each([
    '{"a":1,"a":1}',
    '{"a":{"b":1,"b":2}}',
    '[{"a":1}]',
    '{"\\u0061":1,"a":2}',
    "\ufeff{}",
    "null",
    '{"a":NaN}',
    "{",
  ])("is refused: %s", (json) => {
    expect(() => jsonObject(utf8(json), "bad_message")).toThrow("bad_message");
  });

  test("is UTF-8", () => {
    expect(() => jsonObject(Uint8Array.of(0x22, 0xff, 0x22))).toThrow("bad_form");
  });
});
