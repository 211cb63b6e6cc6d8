import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { createFavourites } from "../../src/features/prescription/favourites.ts";
import { createPrescriptionForm } from "../../src/features/prescription/form.ts";
import { LIMITS } from "../../src/features/prescription/limits.ts";
import { dispensableOf } from "../../src/features/prescription/parts.ts";
import { type Typed, typedOf } from "../../src/features/prescription/redraft.ts";
import { checkDraft } from "../../src/features/prescription/rules.ts";
import { memoryVaults } from "../../src/platform/vaults.ts";
import { line, PRESCRIBER, PRESCRIPTIONS, WHEN } from "./samples.ts";

const checked = (draft: Parameters<typeof checkDraft>[0]) => {
  const found = checkDraft(draft, WHEN);
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found.value;
};
const typed = (changes: Parameters<typeof line>[0] = {}): Typed => {
  const { key: _key, ...rest } = line(changes);
  return rest;
};

describe("a line that is written again", () => {
  it.each(Object.entries(PRESCRIPTIONS))("is the same line: %s", (_, { draft }) => {
    const once = checked(draft);
    const lines = once.lines.map((one, key) => ({ ...typedOf(one), key }));
    expect(checked({ ...draft, lines }).lines).toEqual(once.lines);
  });

  it("may be dispensed once, and once more for each renewal, for half a year", () => {
    const { simple } = PRESCRIPTIONS;
    const whole = checked(simple?.draft ?? never());
    const { until, lines } = dispensableOf({ ...whole, issued: "2026-03-01T08:00:00Z" });
    expect(until).toBe("2027-03-01T08:00:00Z");
    expect(lines).toEqual(
      whole.lines.map(({ renewals }) => ({ deliveries: renewals + 1, steps: renewals + 3 })),
    );
  });
});

function form() {
  return createPrescriptionForm({
    clock: { now: () => Date.UTC(2026, 7, 3, 8, 15), after: () => () => undefined },
    random: (n) => new Uint8Array(n),
    http: () => Promise.reject(new Error("no server")),
    practitioner: PRESCRIBER,
    confirm: async () => true,
    call: { who: signal({ name: "Łukasz Şahin" }), sendDocument: async () => undefined },
  });
}

describe("lines that were written before", () => {
  it("take the place of an empty one, and stand behind what is there", () => {
    const made = form();
    made.useLines([typed({ substance: "A" }), typed({ substance: "B" })]);
    expect(made.draft.value.lines.map(({ substance }) => substance)).toEqual(["A", "B"]);
    made.useLines([typed({ substance: "C" })]);
    expect(made.draft.value.lines.map(({ substance }) => substance)).toEqual(["A", "B", "C"]);
    const keys = made.draft.value.lines.map(({ key }) => key);
    expect(new Set(keys).size).toBe(3);
  });

  it("bring their zones along, and lack nothing that was not asked when they were kept", () => {
    const made = form();
    made.useLines([typed({ substance: "A", zone: "ald" })]);
    expect(made.draft.value.twoZones).toBe(true);
    const { zone: _zone, ...old } = typed({ substance: "B" });
    made.useLines([old as Typed]);
    expect(made.draft.value.lines.map(({ zone }) => zone)).toEqual(["ald", ""]);
  });

  it("are no more than a prescription holds", () => {
    const made = form();
    made.useLines(Array.from({ length: LIMITS.lines + 5 }, () => typed()));
    expect(made.draft.value.lines).toHaveLength(LIMITS.lines);
  });
});

describe("favourites", () => {
  it("are there the next time, by name, once each", async () => {
    const vaults = memoryVaults();
    const first = createFavourites({ vaults });
    await first.add(typed({ substance: "Paracétamol", strength: "500 mg" }));
    await first.add(typed({ substance: "Amoxicilline", strength: "1 g" }));
    await first.add(typed({ substance: "Amoxicilline", strength: "1 g", advice: "à jeun" }));
    const next = createFavourites({ vaults });
    await new Promise((done) => setTimeout(done));
    expect(next.list.value).toEqual(first.list.value);
    expect(next.list.value.map(({ line: one }) => one.substance)).toEqual([
      "Amoxicilline",
      "Paracétamol",
    ]);
    expect(next.list.value[0]?.line.advice).toBe("à jeun");
    // In which zone a medicine stands is a matter of the patient.
    await next.add(typed({ substance: "Zincifictine", zone: "ald" }));
    expect(next.list.value.at(-1)?.line.zone).toBe("");
    await next.remove(next.list.value.at(-1)?.name ?? "");
    await next.remove(next.list.value[0]?.name ?? "");
    expect(next.list.value).toHaveLength(1);
  });

  it("are refused beyond what may be, and serve where nothing can be kept", async () => {
    const vaults = { ...memoryVaults(), open: () => Promise.reject(new Error("quota")) };
    const made = createFavourites({ vaults });
    for (let n = 0; n < LIMITS.favourites; n += 1) {
      expect(await made.add(typed({ substance: `Substance ${n}` }))).toBe(true);
    }
    expect(await made.add(typed({ substance: "Une de plus" }))).toBe(false);
    expect(made.list.value).toHaveLength(LIMITS.favourites);
  });
});

function never(): never {
  throw new Error("nothing there");
}
