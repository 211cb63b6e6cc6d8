/** Pages of one browser ask each other, whatever else is said on their channel. */
import { afterEach, expect, it } from "vitest";
import { lineOf } from "../../src/platform/line.ts";

const line = lineOf("test");
const stranger = new BroadcastChannel("aparte line test");
const soon = (): Promise<void> => new Promise((done) => setTimeout(done, 50));

let end = (): void => undefined;
afterEach(() => end());

it("answers what it is asked", async () => {
  end = line.answer(async (question) => `${question}?`);
  expect(await line.ask("who", 5_000)).toBe("who?");
});

it("is told at once where nothing can be answered", async () => {
  end = line.answer(async () => {
    throw new Error("cannot");
  });
  expect(await line.ask("who", 60_000)).toBeUndefined();
});

it("waits no longer than it is patient", async () => {
  expect(await line.ask("who", 10)).toBeUndefined();
});

// A rejection that nobody handles fails the whole run.
it("hears neither what is no object nor what is no question, on either side", async () => {
  const asked: unknown[] = [];
  end = line.answer(async (question) => {
    asked.push(question);
    await soon();
    return "all";
  });
  const asking = line.ask("who", 5_000);
  for (const other of [null, undefined, 1, "question", [], {}, { question: "no id" }, { id: 1 }]) {
    stranger.postMessage(other);
  }
  expect(await asking).toBe("all");
  expect(asked).toEqual(["who"]);
});

it("says nothing more once it has ended", async () => {
  let answer = (_said: string): void => undefined;
  const asked = new Promise<void>((told) => {
    end = line.answer(() => {
      told();
      return new Promise((done) => {
        answer = done;
      });
    });
  });
  const asking = line.ask("who", 200);
  await asked;
  end();
  answer("too late");
  expect(await asking).toBeUndefined();
});
