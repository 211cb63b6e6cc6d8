import { describe, expect, test } from "vitest";
import { FILES } from "./files.ts";
import { expected, outcome, RUNNERS } from "./runners.ts";

test("every file is run", () => {
  expect(FILES.map(([name]) => name).sort()).toEqual(Object.keys(RUNNERS).sort());
});

describe.each(FILES)("%s", (file, cases) => {
  test.each(cases)(
    "$name",
    async (one) => {
      expect(await outcome(file, one)).toEqual(expected(one));
      // Stretching a passphrase takes seconds, and many of them beside other tests.
    },
    90_000,
  );
});
