import { describe, expect, it } from "vitest";
import { readBdpm } from "../../src/features/medicines/bdpm.ts";
import { LIMITS } from "../../src/features/medicines/limits.ts";
import type { Medicine } from "../../src/features/medicines/medicine.ts";
import { COMPOSITIONS, CONDITIONS, file, SPECIALITIES, utf8File } from "./published.ts";

const read = (...files: Parameters<typeof readBdpm>[0]): readonly Medicine[] => {
  const found = readBdpm(files);
  if (!found.ok) throw new Error(JSON.stringify(found.refusal));
  return found.medicines;
};
const refusal = (...files: Parameters<typeof readBdpm>[0]): unknown => {
  const found = readBdpm(files);
  return found.ok ? "read" : found.refusal;
};
const named = (medicines: readonly Medicine[], begins: string): Medicine => {
  const found = medicines.find(({ name }) => name.startsWith(begins));
  if (!found) throw new Error(`no ${begins}`);
  return found;
};

const specialities = file("CIS_bdpm.txt", SPECIALITIES);
const compositions = file("CIS_COMPO_bdpm.txt", COMPOSITIONS);

describe("the published files", () => {
  it("are read in Windows-1252 and in UTF-8, in any order", () => {
    const old = read(compositions, specialities);
    expect(old).toEqual(read(utf8File("a.txt", SPECIALITIES), utf8File("b.txt", COMPOSITIONS)));
    expect(named(old, "AMOXIFICTIVE")).toMatchObject({
      cis: "60000011",
      form: "gélule",
      routes: ["orale"],
    });
  });

  it("give what is on the market, without homeopathy", () => {
    const names = read(specialities, compositions).map(({ name }) => name);
    expect(names.filter((name) => name.includes("RETIRÉE"))).toEqual([]);
    expect(names.filter((name) => name.includes("GRANULES"))).toEqual([]);
  });

  it("name the part that acts, with the amount that the product is named by", () => {
    const all = read(specialities, compositions);
    // The product is named by its part...
    expect(named(all, "AMOXIFICTIVE").substances).toEqual([
      { name: "AMOXIFICTIVE", amount: "500 mg", per: "une gélule" },
    ]);
    // ...or by its salt.
    expect(named(all, "METFICTINE").substances).toEqual([
      { name: "METFICTINE", amount: "1000 mg", per: "un comprimé" },
    ]);
  });

  it("say which are narcotics, where the conditions are there", () => {
    const conditions = file("CIS_CPD_bdpm.txt", CONDITIONS);
    const all = read(specialities, compositions, conditions);
    expect(named(all, "MORFICTINE").conditions).toEqual(["stupéfiants", "liste I"]);
    expect(named(read(specialities, compositions), "MORFICTINE").conditions).toEqual([]);
  });

  it("may come with the others of a release", () => {
    const groups = file("CIS_GENER_bdpm.txt", [["1", "A 1 mg - B 1 mg", "60000011", "0", "1"]]);
    expect(refusal(specialities, compositions, groups)).toEqual({
      key: "not_bdpm",
      name: "CIS_GENER_bdpm.txt",
    });
    const packs = file("CIS_CIP_bdpm.txt", [
      ["60000011", "3000000", "boîte de 12", "Présentation active", "Déclaration", "01/01/2020"],
    ]);
    expect(read(specialities, compositions, packs)).toHaveLength(5);
  });
});

describe("what is no such file", () => {
  it.each([
    ["nothing", file("vide.txt", []), { key: "empty", name: "vide.txt" }],
    ["a letter", utf8File("lettre.txt", [["Bonjour"]]), { key: "not_bdpm", name: "lettre.txt" }],
    [
      "bytes",
      { name: "x.bin", bytes: Uint8Array.from({ length: 64 }, (_, n) => n * 37) },
      { key: "not_bdpm", name: "x.bin" },
    ],
    [
      "too large",
      { name: "large.txt", bytes: new Uint8Array(LIMITS.bytes + 1) },
      { key: "large", name: "large.txt" },
    ],
    [
      "cut in a line",
      file("coupé.txt", [...SPECIALITIES, ["60000099", "FICTIVE"]]),
      { key: "line", name: "coupé.txt", line: SPECIALITIES.length + 1 },
    ],
  ])("is refused in words: %s", (_, bad, expected) => {
    expect(refusal(bad, compositions)).toEqual(expected);
  });

  it("one of the two is missing, or there twice", () => {
    expect(refusal(specialities)).toEqual({ key: "missing", wanted: "CIS_COMPO_bdpm.txt" });
    expect(refusal(compositions)).toEqual({ key: "missing", wanted: "CIS_bdpm.txt" });
    expect(refusal(specialities, compositions, { ...specialities, name: "b.txt" })).toEqual({
      key: "twice",
      name: "b.txt",
    });
  });

  it("nothing in it is on the market", () => {
    const none = SPECIALITIES.filter(([, name = ""]) => name.includes("RETIRÉE"));
    expect(refusal(file("CIS_bdpm.txt", none), compositions)).toEqual({ key: "none" });
  });

  it("makes the names of files inert", () => {
    const bad = { name: "a\u202etxt.\nexe", bytes: new Uint8Array(3) };
    expect(refusal(bad)).toEqual({ key: "not_bdpm", name: "atxt. exe" });
  });
});
