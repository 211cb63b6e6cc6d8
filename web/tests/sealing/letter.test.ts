/** Letters with encapsulations of our own: the vectors, which both languages pass, bring theirs. */
import { describe, expect, test } from "vitest";
import { fields, utf8 } from "../../src/sealing/encoding.ts";
import { openLetter, sealLetter } from "../../src/sealing/letter.ts";
import { kemPublic } from "../../src/sealing/xwing.ts";
import { repeatable } from "./pair.ts";

const random = repeatable("letters");
const SEEDS = Array.from({ length: 8 }, () => random(32));
const RECIPIENTS = SEEDS.map(kemPublic);
const CONTEXT = fields("mailbox", random(16));
const MESSAGE = utf8("Ordonnance fictive pour Łukasz Şahin");

describe("a letter", () => {
  test.each([1, 2, 8])("to %i opens for each, and for nobody else", (count) => {
    const letter = sealLetter(RECIPIENTS.slice(0, count), CONTEXT, MESSAGE, random);
    for (const seed of SEEDS.slice(0, count)) {
      expect(openLetter(seed, CONTEXT, letter)).toEqual(MESSAGE);
    }
    for (const seed of [...SEEDS.slice(count), random(32)]) {
      expect(() => openLetter(seed, CONTEXT, letter)).toThrow("cannot_open");
    }
  });

  test("draws the content key first, and anew for each letter", () => {
    const draws: number[] = [];
    const watched = (n: number) => {
      draws.push(n);
      return random(n);
    };
    const [first, second] = [0, 1].map(() =>
      sealLetter(RECIPIENTS.slice(0, 2), CONTEXT, MESSAGE, watched),
    );
    expect(draws).toEqual([32, 64, 64, 32, 64, 64]);
    expect(first).not.toEqual(second);
  });

  test("has no byte that can be another", () => {
    const letter = sealLetter(RECIPIENTS.slice(0, 1), CONTEXT, MESSAGE, random);
    const seed = SEEDS[0] ?? random(32);
    for (let at = 0; at < letter.length; at += 23) {
      const altered = letter.slice();
      altered[at] = (altered[at] ?? 0) ^ 0x80;
      expect(() => openLetter(seed, CONTEXT, altered)).toThrow(/^(bad|cannot)_/);
    }
  });
});
