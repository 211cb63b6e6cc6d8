/** The lists that stand in docs/ and in two languages are the same lists. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERROR_NUMBERS } from "../../src/protocol/errors.ts";
import { Type } from "../../src/protocol/frames.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { SEAL_CODES } from "../../src/sealing/errors.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");

const PROTOCOL = read("protocol.md");

test("every error of the document has its number", () => {
  const rows = [...PROTOCOL.matchAll(/^\| `([a-z_]+)` \| (\d+) \| \d{3} \|/gm)];
  const documented = Object.fromEntries(rows.map(([, name, number]) => [name, Number(number)]));
  expect(ERROR_NUMBERS).toEqual(documented);
});

test("every frame type of the document has its number", () => {
  const rows = [...PROTOCOL.matchAll(/^\| `([0-9a-f]{2})` \| ([A-Z_]+) \|/gm)];
  const documented = Object.fromEntries(
    rows.map(([, number = "", name]) => [name, Number.parseInt(number, 16)]),
  );
  expect(Type).toEqual(documented);
});

test("the limits are those of the document", () => {
  const row = (what: RegExp): string => PROTOCOL.match(what)?.[1] ?? "";
  const numbers = (text: string): number[] =>
    (text.match(/\d[\d,]*/g) ?? []).map((number) => Number(number.replaceAll(",", "")));
  expect(numbers(row(/^\| frame \| (.*) \|$/m))).toEqual([LIMITS.frame]);
  expect(numbers(row(/^\| intro, accept \| (.*) \|$/m))).toEqual([LIMITS.intro, LIMITS.accept]);
  expect(numbers(row(/^\| seats of a room.*? \| (.*) \|$/m))).toEqual([LIMITS.seats]);
  expect(numbers(row(/^\| silence of a connection \| (.*) \|$/m))).toEqual([
    LIMITS.silence / 1000,
    LIMITS.pingEvery / 1000,
  ]);
  expect(numbers(row(/^\| pause after a refusal \| (.*) \|$/m))).toEqual([
    LIMITS.refusalPause / 1000,
  ]);
  expect(numbers(row(/^\| blob \* \| (.*) \|$/m))[0]).toBe(LIMITS.blob / 2 ** 20);
  expect(numbers(row(/^\| photos and documents of one consult.*? \| (.*) \|$/m))).toEqual([
    LIMITS.files,
  ]);
  expect(numbers(row(/^\| written lines.*? \| (.*) \|$/m))).toEqual([LIMITS.lines]);
  expect(numbers(row(/^\| candidates kept.*? \| (.*) \|$/m))).toEqual([LIMITS.earlyCandidates]);
});

test("every code of a refusal is documented", () => {
  const [, codes = ""] = read("sealed-formats.md").split("\n## Codes\n");
  const [names = ""] = codes.split(". `cannot_open` is");
  expect(names.match(/[a-z]+(_[a-z]+)*/g)).toEqual([...SEAL_CODES]);
});
