import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import type { CallModel } from "../../src/features/consult/call.ts";
import { Journal } from "../../src/features/reports/journal.ts";

let now = 1000;
const clock = { now: () => now };
const call = () => ({
  link: signal<CallModel["link"]["value"]>("connecting"),
  since: signal<number | null>(null),
  authenticationString: signal(""),
});
const said = (journal: Journal): string[] =>
  journal.incidents.value.map(({ at, what }) => `${at} ${what}`);

beforeEach(() => {
  now = 1000;
});

describe("what a desk sees of a consult", () => {
  it("begins with the first secure moment and ends with the call", () => {
    const [journal, one] = [new Journal(clock), call()];
    journal.watch(one);
    expect(journal.began.value).toBeNull();
    one.since.value = 1500;
    one.link.value = "secure";
    now = 9000;
    journal.over(null);
    expect([journal.began.value, journal.ended.value]).toEqual([1500, 9000]);
    expect(said(journal)).toEqual([]);
  });

  it("has every interruption, once, and its end", () => {
    const [journal, one] = [new Journal(clock), call()];
    journal.watch(one);
    one.link.value = "secure";
    now = 2000;
    one.link.value = "reconnecting";
    now = 2500;
    one.link.value = "lost";
    now = 3000;
    one.link.value = "secure";
    now = 4000;
    one.link.value = "refused";
    expect(said(journal)).toEqual(["2000 interrupted", "3000 back", "4000 refused"]);
  });

  it("notices another authentication string, in the same call or the next", () => {
    const [journal, one, next] = [new Journal(clock), call(), call()];
    journal.watch(one);
    one.authenticationString.value = "1111 2222 3333";
    next.authenticationString.value = "4444 5555 6666";
    now = 2000;
    journal.watch(next);
    expect(said(journal)).toEqual(["2000 number"]);
  });

  it("goes on when somebody who left comes back, and looks at the old call no more", () => {
    const [journal, one, next] = [new Journal(clock), call(), call()];
    one.since.value = 1000;
    journal.watch(one);
    one.link.value = "secure";
    now = 2000;
    journal.over("left");
    journal.over("left");
    one.link.value = "lost";
    now = 3000;
    next.since.value = 3000;
    journal.watch(next);
    expect(said(journal)).toEqual(["2000 left", "3000 returned"]);
    expect([journal.began.value, journal.ended.value]).toEqual([1000, null]);
  });

  it("stops counting somewhere", () => {
    const [journal, one] = [new Journal(clock), call()];
    journal.watch(one);
    for (let i = 0; i < 500; i++) {
      one.link.value = "reconnecting";
      one.link.value = "secure";
    }
    expect(journal.incidents.value).toHaveLength(200);
  });
});
