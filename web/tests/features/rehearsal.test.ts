import { expect, test } from "vitest";
import { rehearse } from "../../src/features/consult/rehearsal.ts";

const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));

test("a rehearsal runs through to its end, and lets the page live in between", async () => {
  let pauses = 0;
  const after = (ms: number, act: () => void) => {
    pauses += 1;
    expect(ms).toBe(0);
    queueMicrotask(act);
    return () => undefined;
  };
  await rehearse(random, { now: () => 0, after });
  expect(pauses).toBeGreaterThan(2);
});
