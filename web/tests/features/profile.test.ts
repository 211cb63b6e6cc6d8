import { describe, expect, it } from "vitest";
import type { Practitioner } from "../../src/features/desk/desk.ts";
import { checkProfile, languagesBeside, NOBODY } from "../../src/features/desk/profile.ts";
import { Findings } from "../../src/features/prescription/problems.ts";
import { PRESCRIBER } from "../prescription/samples.ts";

const GIVEN: Practitioner = { ...NOBODY, ...PRESCRIBER, place: " Paris ", languages: ["fr"] };

function check(changes: Partial<Practitioner>) {
  const found = new Findings();
  const checked = checkProfile(found, { ...GIVEN, ...changes });
  return { checked, wrong: found.all.map(({ field, key }) => [field, key]) };
}

describe("a profile", () => {
  it("is what prescriptions need, and a town that may be missing", () => {
    expect(check({})).toEqual({ checked: { ...GIVEN, place: "Paris" }, wrong: [] });
    expect(check({ place: "" }).wrong).toEqual([]);
    expect(check({ name: "" }).wrong).toEqual([["prescriber.name", "required"]]);
  });

  it.each([
    ["place", "x".repeat(121)],
    // Characters that take two of a card's places.
    ["name", `Ana ${"𝒳".repeat(60)}`],
    ["speciality", "𝒳".repeat(61)],
  ])("has room for 120 letters on a card: %s", (field, text) => {
    expect(check({ [field]: text }).wrong).toEqual([[`prescriber.${field}`, "too_long"]]);
  });
});

describe("the languages to choose from", () => {
  it("are ours, and those chosen before", () => {
    expect(languagesBeside([])).toEqual(["fr", "en", "de", "es", "it", "ar", "pt"]);
    expect(languagesBeside(["br", "fr"])).toHaveLength(8);
  });

  it("are no more than a card holds", () => {
    const chosen = ["br", "eu", "co", "oc", "ca", "gsw"];
    const offered = languagesBeside(chosen);
    expect(offered).toHaveLength(8);
    expect(offered).toEqual(expect.arrayContaining(chosen));
  });
});
