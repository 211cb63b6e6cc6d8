import { expect, test } from "vitest";
import { rehearse } from "../../src/sealing/rehearsal.ts";

const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));

test("a rehearsal runs through to its end, and lets the page live in between", async () => {
  let pauses = 0;
  await rehearse(random, async () => {
    pauses += 1;
  });
  expect(pauses).toBeGreaterThan(2);
});
