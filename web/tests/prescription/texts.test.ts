import { describe, expect, it } from "vitest";
import documentsEn from "../../src/features/documents/texts/en.json";
import documentsFr from "../../src/features/documents/texts/fr.json";
import { PROBLEMS } from "../../src/features/prescription/problems.ts";
import en from "../../src/features/prescription/texts/en.json";
import fr from "../../src/features/prescription/texts/fr.json";
import reportsEn from "../../src/features/reports/texts/en.json";
import reportsFr from "../../src/features/reports/texts/fr.json";

describe("the texts", () => {
  it.each([
    ["prescription", en, fr],
    ["documents", documentsEn, documentsFr],
    ["reports", reportsEn, reportsFr],
  ])("of %s are the same in both languages, values included", (_, english, french) => {
    const values = (texts: Record<string, string>) =>
      Object.entries(texts).map(([key, text]) => [key, (text.match(/{{\w+}}/g) ?? []).sort()]);
    expect(values(english)).toEqual(values(french));
  });

  it("have a sentence for every problem", () => {
    const sentences = Object.keys(en).filter((key) => key.startsWith("problem_"));
    expect(sentences).toEqual(PROBLEMS.map((key) => `problem_${key}`).sort());
  });
});
