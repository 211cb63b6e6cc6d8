import { describe, expect, it } from "vitest";
import { readBdpm } from "../../src/features/medicines/bdpm.ts";
import { LIMITS } from "../../src/features/medicines/limits.ts";
import { indexOf } from "../../src/features/medicines/search.ts";
import { proposalOf } from "../../src/features/prescription/proposal.ts";
import { COMPOSITIONS, file, SPECIALITIES } from "./published.ts";

const read = readBdpm([file("a", SPECIALITIES), file("b", COMPOSITIONS)]);
const medicines = read.ok ? read.medicines : [];
const index = indexOf(medicines);
const names = (typed: string): readonly string[] => index.find(typed).map(({ name }) => name);

describe("search", () => {
  it("finds by the beginnings of words, without case or accents", () => {
    expect(names("dóli")).toEqual(["DOLIFICT 2,4 POUR CENT, suspension buvable"]);
    expect(names("500 amox")).toEqual(["AMOXIFICTIVE FICTIF 500 mg, gélule"]);
    expect(names("lifict")).toEqual([]);
  });

  it("finds by substance, after what is named so", () => {
    expect(names("parafictamol")).toEqual(["DOLIFICT 2,4 POUR CENT, suspension buvable"]);
    expect(names("fict")[0]).toBe("AMOXIFICTIVE FICTIF 500 mg, gélule");
  });

  it("gives nothing for a letter, and a screenful for many", () => {
    expect(names("d")).toEqual([]);
    const many = Array.from({ length: 400 }, (_, n) => ({
      ...(medicines[0] ?? never()),
      cis: String(61_000_000 + n),
    }));
    expect(indexOf(many).find("amox")).toHaveLength(LIMITS.found);
  });

  it("takes a few milliseconds in a list of the published size", () => {
    const many = Array.from({ length: 16_000 }, (_, n) => ({
      ...(medicines[n % medicines.length] ?? never()),
      name: `${"ABCDEFGH"[n % 8]}MEDICAMENT${n} 500 mg, comprimé`,
    }));
    const large = indexOf(many);
    const start = performance.now();
    expect(large.find("cmedicament4")).toHaveLength(LIMITS.found);
    expect(performance.now() - start).toBeLessThan(200);
  });
});

const proposed = (begins: string) => proposalOf(index.find(begins)[0] ?? never());

describe("what a medicine proposes for a line", () => {
  it("is its substance, strength, form and route", () => {
    expect(proposed("amox")).toEqual({
      substance: "Amoxifictive",
      strength: "500 mg",
      brand: "",
      form: "capsule",
      otherForm: "",
      route: "oral",
      unit: "capsule",
      narcotic: false,
      limit: "28",
    });
  });

  it("leaves out the maker of a generic, and keeps a brand", () => {
    expect(proposed("metfictine")).toMatchObject({
      substance: "Metfictine",
      strength: "1000 mg",
      brand: "",
      form: "coated",
    });
    expect(proposed("dolifict")).toMatchObject({
      substance: "Parafictamol",
      strength: "2,4 g/100 ml",
      brand: "DOLIFICT 2,4 POUR CENT",
      form: "oralSuspension",
      unit: "ml",
    });
  });

  it("keeps the words of a form that the list does not have", () => {
    expect(proposed("morfictine")).toMatchObject({ form: "prolongedCapsule", otherForm: "" });
    const [one] = index.find("morfictine");
    expect(proposalOf({ ...(one ?? never()), form: "gomme à mâcher" })).toMatchObject({
      form: "other",
      otherForm: "gomme à mâcher",
      unit: "",
    });
  });

  it("is marked as a narcotic where the list says so, or asks for words", () => {
    const [one] = index.find("morfictine");
    const marked = (...conditions: string[]): boolean =>
      proposalOf({ ...(one ?? never()), conditions }).narcotic;
    expect(marked("stupéfiants")).toBe(true);
    expect(marked("liste I")).toBe(false);
    expect(marked("liste I", "prescription en toutes lettres sur ordonnance sécurisée")).toBe(true);
  });

  it("says for how long it may be prescribed, where the list has one of our limits", () => {
    const [one] = index.find("morfictine");
    const limit = (...conditions: string[]) =>
      proposalOf({ ...(one ?? never()), conditions }).limit;
    expect(limit("liste I", "prescription limitée à 12 semaines")).toBe("84");
    expect(limit("prescription limitée à 7 jours")).toBe("7");
    expect(limit("prescription limitée à 4 semaines")).toBe("28");
    expect(limit("prescription limitée à 5 jours", "stupéfiants")).toBe("28");
  });

  it("has as many strengths as substances, or none", () => {
    expect(proposed("optifict")).toMatchObject({
      substance: "Optifictol + Benzofictine",
      strength: "0,5 mg/ml + 5000 UI/ml",
      route: "ocular",
    });
    const [one] = index.find("optifict");
    const [first, second] = one?.substances ?? [];
    const unknown = {
      ...(one ?? never()),
      substances: [first ?? never(), { ...(second ?? never()), amount: "1 dilution" }],
    };
    expect(proposalOf(unknown).strength).toBe("");
  });
});

function never(): never {
  throw new Error("nothing there");
}
