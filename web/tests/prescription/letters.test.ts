import { describe, expect, it } from "vitest";
import { cardinal } from "../../src/features/prescription/cardinal.ts";
import { letters } from "../../src/features/prescription/letters.ts";
import { checkDraft } from "../../src/features/prescription/rules.ts";
import { draft, line, WHEN } from "./samples.ts";

describe("a number in French words", () => {
  it.each<[number, string]>([
    [0, "zéro"],
    [1, "un"],
    [10, "dix"],
    [16, "seize"],
    [17, "dix-sept"],
    [20, "vingt"],
    [21, "vingt et un"],
    [22, "vingt-deux"],
    [30, "trente"],
    [61, "soixante et un"],
    [70, "soixante-dix"],
    [71, "soixante et onze"],
    [72, "soixante-douze"],
    [79, "soixante-dix-neuf"],
    [80, "quatre-vingts"],
    [81, "quatre-vingt-un"],
    [90, "quatre-vingt-dix"],
    [91, "quatre-vingt-onze"],
    [99, "quatre-vingt-dix-neuf"],
    [100, "cent"],
    [101, "cent un"],
    [180, "cent quatre-vingts"],
    [200, "deux cents"],
    [201, "deux cent un"],
    [271, "deux cent soixante et onze"],
    [999, "neuf cent quatre-vingt-dix-neuf"],
    [1000, "mille"],
    [1001, "mille un"],
    [1500, "mille cinq cents"],
    [2000, "deux mille"],
    [21_000, "vingt et un mille"],
    [80_000, "quatre-vingt mille"],
    [200_000, "deux cent mille"],
    [280_080, "deux cent quatre-vingt mille quatre-vingts"],
    [1_000_000, "un million"],
    [1_000_001, "un million un"],
    [2_500_000, "deux millions cinq cent mille"],
    [80_000_000, "quatre-vingts millions"],
    [
      9_999_999,
      "neuf millions neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf",
    ],
    [1.5, "un virgule cinq"],
    [0.5, "zéro virgule cinq"],
    [0.25, "zéro virgule vingt-cinq"],
    [0.05, "zéro virgule zéro cinq"],
    [12.0025, "douze virgule zéro zéro vingt-cinq"],
    [0.333, "zéro virgule trois cent trente-trois"],
  ])("%d is %s", (value, words) => {
    expect(cardinal(value)).toBe(words);
  });

  it.each<[number, string]>([
    [1, "une"],
    [2, "deux"],
    [11, "onze"],
    [21, "vingt et une"],
    [71, "soixante et onze"],
    [81, "quatre-vingt-une"],
    [101, "cent une"],
    [1.1, "un virgule un"],
  ])("%d of something feminine is %s", (value, words) => {
    expect(cardinal(value, true)).toBe(words);
  });

  it("is another for every number", () => {
    const all = Array.from({ length: 10_000 }, (_, n) => cardinal(n));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("the amounts of a line in words", () => {
  const said = (changes: Parameters<typeof line>[0]): string => {
    const checked = checkDraft(draft({ lines: [line(changes)] }), WHEN);
    if (!checked.ok || !checked.value.lines[0]) throw new Error(JSON.stringify(checked));
    return letters(checked.value.lines[0]);
  };

  it.each<[Parameters<typeof line>[0], string]>([
    [
      {},
      "paracétamol cinq cents milligrammes ; un comprimé par prise, trois prises par jour ; pendant cinq jours",
    ],
    [
      {
        form: "capsule",
        unit: "capsule",
        count: "12",
        rhythm: "hours",
        duration: "1",
        durationUnit: "week",
      },
      "paracétamol cinq cents milligrammes ; une gélule par prise, une prise toutes les douze heures ; pendant une semaine",
    ],
    [
      { dose: "½", count: "1", rhythm: "hours", asNeeded: true, maximum: "6", packs: "1" },
      "paracétamol cinq cents milligrammes ; zéro virgule cinq comprimé par prise, une prise toutes les heures ; si besoin, au maximum six comprimés par jour ; pendant cinq jours ; une boîte",
    ],
    [
      {
        strength: "1 mg/ml",
        unit: "ml",
        dose: "2,5",
        count: "21",
        rhythm: "month",
        duration: "",
        packs: "2",
      },
      "paracétamol un milligramme par millilitre ; deux virgule cinq millilitres par prise, vingt et une prises par mois ; deux boîtes",
    ],
    [
      { strength: "250 mg/5 ml", unit: "ml", dose: "5", count: "1", rhythm: "week" },
      "paracétamol deux cent cinquante milligrammes pour cinq millilitres ; cinq millilitres par prise, une prise par semaine ; pendant cinq jours",
    ],
    [
      { substance: "oxyfictine + naloxifictine", strength: "5 mg + 2,5 mg" },
      "oxyfictine cinq milligrammes, naloxifictine deux virgule cinq milligrammes ; un comprimé par prise, trois prises par jour ; pendant cinq jours",
    ],
    [
      { strength: "1000000 UI/h", unit: "iu", dose: "21" },
      "paracétamol un million d’unités internationales par heure ; vingt et une unités internationales par prise, trois prises par jour ; pendant cinq jours",
    ],
    [
      { strength: "3 MUI", unit: "ug", dose: "1" },
      "paracétamol trois millions d’unités internationales ; un microgramme par prise, trois prises par jour ; pendant cinq jours",
    ],
  ])("%j", (changes, words) => {
    expect(said(changes).replaceAll("\u00a0", " ")).toBe(words);
  });
});
