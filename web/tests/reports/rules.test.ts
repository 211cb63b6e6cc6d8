import { describe, expect, it } from "vitest";
import { newDraft, ownSection, withKind } from "../../src/features/reports/draft.ts";
import { LIMITS } from "../../src/features/reports/limits.ts";
import { checkDraft } from "../../src/features/reports/rules.ts";
import { templateOf, withTemplate } from "../../src/features/reports/templates.ts";
import { PRESCRIBER, WHEN } from "../prescription/samples.ts";
import { draft, KNOWN, REPORTS } from "./samples.ts";

const problems = (given: Parameters<typeof checkDraft>[0], known = KNOWN) => {
  const checked = checkDraft(given, WHEN, known);
  return checked.ok ? [] : checked.problems.map(({ field, key }) => `${field} ${key}`);
};
const NOTHING = { consult: null, facts: null };

describe("a report", () => {
  it("begins with what the consult knows", () => {
    const begun = newDraft(PRESCRIBER, { name: "Łukasz Şahin", reason: "Toux" });
    expect(begun.patient).toEqual({ given: "Łukasz", family: "Şahin", birth: "" });
    expect(begun.sections.map(({ key, text }) => `${key} ${text}`)).toEqual([
      "reason Toux",
      "history ",
      "findings ",
      "conclusion ",
      "plan ",
    ]);
  });

  it("leaves out what is empty, and needs one section", () => {
    expect(problems(draft({}))).toEqual(["sections.0.text required"]);
    const checked = checkDraft(draft({ plan: " Repos " }), WHEN, KNOWN);
    expect(checked.ok && checked.value.sections).toEqual([
      { key: "plan", title: "Conduite à tenir", text: "Repos" },
    ]);
  });

  it.each<[string, Parameters<typeof draft>[1], string]>([
    ["no name", { patient: { given: "", family: "A", birth: "" } }, "patient.given required"],
    [
      "a birth date to come",
      { patient: { given: "B", family: "A", birth: "2027-01-01" } },
      "patient.birth birth_future",
    ],
    ["a letter to nobody", { kind: "letter" }, "recipient required"],
    [
      "a wrong number of the author",
      { prescriber: { ...PRESCRIBER, rpps: "1" } },
      "prescriber.rpps rpps",
    ],
    [
      "an own section without a title",
      { sections: [ownSection(1, "", "text")] },
      "sections.5.title required",
    ],
    [
      "a section that is too long",
      { sections: [ownSection(1, "a", "x".repeat(LIMITS.text + 1))] },
      "sections.5.text too_long",
    ],
  ])("is refused with %s", (_, changes, expected) => {
    const given = { ...draft({ plan: "Repos", referral: "Avis" }, changes), ...changes };
    const sections = changes?.sections
      ? [...draft({ plan: "Repos" }).sections, ...changes.sections]
      : given.sections;
    expect(problems({ ...given, sections })).toEqual([expected]);
  });

  it("keeps what was typed when it becomes a letter, and back", () => {
    const report = draft({ reason: "Toux", findings: "Rien" });
    const letter = withKind(report, "letter");
    expect(letter.sections.filter(({ text }) => text !== "").map(({ key }) => key)).toEqual([
      "referral",
      "findings",
    ]);
    expect(withKind(letter, "consultation").sections).toEqual(report.sections);
  });

  it("gives an own section that has a known title its place", () => {
    const own = draft({}, { sections: [ownSection(1, "Conclusion", "Rien")] });
    const checked = checkDraft(own, WHEN, KNOWN);
    expect(checked.ok && checked.value.sections[0]?.key).toBe("conclusion");
  });
});

describe("a record", () => {
  const textOf = (key: string, given = REPORTS["record"] ?? draft({}), known = KNOWN): string => {
    const checked = checkDraft(given, WHEN, known);
    return checked.ok ? (checked.value.sections.find((one) => one.key === key)?.text ?? "") : "";
  };

  it("says who, as stated, and what was checked", () => {
    expect(textOf("people")).toBe(
      "Praticien : Dr Camille Démo, Médecin, Médecine générale, RPPS 10101234564.\n" +
        "Patient : Łukasz Şahin, nom déclaré.",
    );
    expect(textOf("checks")).toContain("déclare avoir comparé à voix haute le numéro");
    expect(textOf("checks")).toContain("L’identité du patient n’a pas été vérifiée.");
  });

  it("says when, what went wrong, and which documents there were", () => {
    expect(textOf("course")).toContain("Début : 3 août 2026 à 07:50.");
    expect(textOf("course")).toContain("Fin : 3 août 2026 à 08:12, soit 22 minutes.");
    expect(textOf("incidents").split("\n")).toEqual([
      "3 août 2026 à 07:55 : connexion interrompue.",
      "3 août 2026 à 07:56 : connexion rétablie.",
      expect.stringContaining("le numéro de vérification a changé"),
    ]);
    expect(textOf("documents")).toBe(
      "3 août 2026 à 08:05 : ordonnance, du praticien au patient (reçu et ouvert).\n" +
        "3 août 2026 à 08:07 : document, du patient au praticien (reçu, signature vérifiée).",
    );
  });

  it("says what it does not know", () => {
    const { facts } = KNOWN;
    if (!facts) throw new Error("the sample has facts");
    const late = { ...facts.seen, watched: facts.now, ended: null, incidents: [] };
    const known = { ...KNOWN, facts: { ...facts, seen: late, documents: [] } };
    expect(textOf("course", undefined, known)).toContain("n’était pas terminée");
    expect(textOf("incidents", undefined, known)).toContain("ce qui précède n’est pas connu");
    expect(textOf("documents", undefined, known)).toBe("Aucun.");
  });

  it("is none of a consult that the page did not see", () => {
    expect(problems(REPORTS["record"] ?? draft({}), NOTHING)).toEqual(["kind required"]);
  });

  it("has nothing of what was typed elsewhere", () => {
    const typed = draft({ reason: "Secret" }, { kind: "record" });
    expect(JSON.stringify(checkDraft(typed, WHEN, KNOWN))).not.toContain("Secret");
  });
});

describe("a template", () => {
  it("has the sections and nothing of the patient", () => {
    const template = templateOf(" Suivi ", REPORTS["letter"] ?? draft({}));
    expect(template?.name).toBe("Suivi");
    expect(JSON.stringify(template)).not.toContain("Zoë");
    expect(JSON.stringify(template)).not.toContain("Fictif");
  });

  it("is none without a name, and none of a record", () => {
    expect(templateOf(" ", draft({ plan: "a" }))).toBeNull();
    expect(templateOf("a", REPORTS["record"] ?? draft({}))).toBeNull();
  });

  it("stands below what was typed, and takes nothing away", () => {
    const template = templateOf("a", draft({ reason: "Suivi", plan: "Revoir" }));
    if (!template) throw new Error("there is one");
    const begun = {
      ...draft({ reason: "Toux" }),
      sections: [...draft({ reason: "Toux" }).sections, ownSection(7, "Autre", "b")],
    };
    const used = withTemplate(begun, template, () => 9);
    const texts = Object.fromEntries(used.sections.map(({ title, text }) => [title, text]));
    expect(texts).toMatchObject({
      "Motif de consultation": "Toux\nSuivi",
      "Conduite à tenir": "Revoir",
      Autre: "b",
    });
    expect(new Set(used.sections.map(({ id }) => id)).size).toBe(used.sections.length);
  });

  it("of a letter keeps why the patient came beside its own reason", () => {
    const template = templateOf("a", draft({ referral: "Avis" }, { kind: "letter" }));
    if (!template) throw new Error("there is one");
    const used = withTemplate(draft({ reason: "Toux" }), template, () => 9);
    const texts = used.sections.map(({ key, text }) => `${key} ${text}`);
    expect(texts).toContain("referral Avis");
    expect(texts).toContain("reason Toux");
  });
});
