import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { KEPT_LIMITS } from "../../src/features/paper/kept.ts";
import { emptyLine } from "../../src/features/prescription/draft.ts";
import { createFavourites } from "../../src/features/prescription/favourites.ts";
import { createPrescriptionForm } from "../../src/features/prescription/form.ts";
import { LIMITS } from "../../src/features/prescription/limits.ts";
import { dispensableOf } from "../../src/features/prescription/parts.ts";
import { type Typed, typedOf } from "../../src/features/prescription/redraft.ts";
import { checkDraft } from "../../src/features/prescription/rules.ts";
import { deskVault, keptTexts, vaultBut } from "./kept.ts";
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
    const vault = deskVault();
    const first = createFavourites(signal(keptTexts(vault)));
    await first.add(typed({ substance: "Paracétamol", strength: "500 mg" }));
    await first.add(typed({ substance: "Amoxicilline", strength: "1 g" }));
    await first.add(typed({ substance: "Amoxicilline", strength: "1 g", advice: "à jeun" }));
    const again = keptTexts(vault);
    const next = createFavourites(signal(again));
    await again.load();
    expect(next.list.value).toEqual(first.list.value);
    expect(next.list.value.map(({ line: one }) => one.substance)).toEqual([
      "Amoxicilline",
      "Paracétamol",
    ]);
    expect(next.list.value[0]?.line).toEqual(
      typed({ substance: "Amoxicilline", strength: "1 g", advice: "à jeun" }),
    );
    // In which zone a medicine stands, and where it is dispensed, is a matter of the patient.
    await next.add(typed({ substance: "Zincifictine", zone: "ald", pharmacy: "de l’Exemple" }));
    expect(next.list.value.at(-1)?.line).toMatchObject({ zone: "", pharmacy: "" });
    await next.remove(next.list.value.at(-1)?.id ?? "");
    await next.remove(next.list.value[0]?.id ?? "");
    expect(next.list.value).toHaveLength(1);
  });

  it("are refused beyond what may be", async () => {
    const made = createFavourites(signal(keptTexts()));
    for (let n = 0; n < KEPT_LIMITS.favourite; n += 1) {
      expect(await made.add(typed({ substance: `Substance ${n}` }))).toBe(true);
    }
    expect(await made.add(typed({ substance: "Une de plus" }))).toBe(false);
    expect(made.list.value).toHaveLength(KEPT_LIMITS.favourite);
    // One that takes another's place needs none.
    expect(await made.add(typed({ substance: "Substance 7", advice: "le soir" }))).toBe(true);
    expect(made.list.value).toHaveLength(KEPT_LIMITS.favourite);
  });

  it("are none before the practice's records are open, and where nothing can be kept", async () => {
    expect(await createFavourites(signal(null)).add(typed())).toBe(false);
    const vault = vaultBut(deskVault(), { save: () => Promise.reject(new Error("quota")) });
    const made = createFavourites(signal(keptTexts(vault)));
    expect(await made.add(typed())).toBe(false);
    expect(made.list.value).toEqual([]);
  });

  it("of another version show what is known here, and none of another form", async () => {
    const texts = keptTexts();
    const made = createFavourites(signal(texts));
    const put = (data: object | string) =>
      texts.put(
        { kind: "favourite", data: typeof data === "string" ? data : JSON.stringify(data) },
        [],
      );
    await put({ name: "A", line: { substance: "A", form: "hologram", overlap: 3, later: 1 } });
    await put({ name: "", line: {} });
    await put({ name: "B" });
    await put("no JSON");
    expect(made.list.value.map(({ id: _id, ...one }) => one)).toEqual([
      { name: "A", line: { ...typedEmpty, substance: "A" } },
    ]);
  });
});

const { key: _key, ...typedEmpty } = emptyLine(0);

function never(): never {
  throw new Error("nothing there");
}
