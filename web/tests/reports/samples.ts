/** Plainly synthetic reports, shared by the tests of this feature. */
import { type Draft, newDraft, ownSection, withKind } from "../../src/features/reports/draft.ts";
import type { Known } from "../../src/features/reports/rules.ts";
import { PRESCRIBER } from "../prescription/samples.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 7, 3, 7, 50);

/** In UTC, so that it is the same wherever the tests run. */
export const moment = (at: number): string =>
  new Intl.DateTimeFormat("fr-FR", {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: "UTC",
  }).format(at);

export const KNOWN: Known = {
  consult: { start: "2026-08-03T07:50:00Z", end: "2026-08-03T08:12:00Z" },
  facts: {
    seen: {
      watched: START - MINUTE,
      began: START,
      ended: START + 22 * MINUTE,
      incidents: [
        { at: START + 5 * MINUTE, what: "interrupted" },
        { at: START + 6 * MINUTE, what: "back" },
        { at: START + 9 * MINUTE, what: "number" },
      ],
    },
    documents: [
      { mine: true, kind: "prescription", at: "2026-08-03T08:05:00Z", state: "opened" },
      { mine: false, kind: "file", at: "2026-08-03T08:07:00Z", state: "verified" },
    ],
    now: START + 25 * MINUTE,
    moment,
  },
};

/** A report of some sections, by their keys. */
export function draft(
  texts: Readonly<Record<string, string>>,
  changes: Partial<Draft> = {},
): Draft {
  const begun = newDraft(PRESCRIBER, { name: "Łukasz Şahin", reason: "" });
  const made = withKind({ ...begun, ...changes }, changes.kind ?? "consultation");
  const sections = made.sections.map((one) => ({ ...one, text: texts[one.id] ?? one.text }));
  return { ...made, sections };
}

const LONG = Array.from(
  { length: 60 },
  (_, i) => `Paragraphe ${i + 1} : le patient dit aller mieux, sans fièvre, et dort bien la nuit.`,
);

export const REPORTS: Readonly<Record<string, Draft>> = {
  consultation: draft({
    reason: "Toux depuis une semaine",
    history: "Asthme dans l’enfance.\n\nNon-fumeur.",
    conclusion: "Bronchite aiguë probable.",
    plan: "Repos, hydratation ; revoir dans 7 jours si la fièvre dépasse 38,5 °C.",
  }),
  letter: draft(
    { referral: "Avis cardiologique", plan: "Merci de bien vouloir le recevoir." },
    {
      kind: "letter",
      recipient: "Dr Morgan Fictif\nCardiologie, 3 place de l’Exemple, 69002 Lyon",
      patient: { given: "Zoë", family: "N’Diaye-Œuvrard", birth: "1985-03-02" },
    },
  ),
  record: draft({}, { kind: "record", checks: { compared: true, identity: false } }),
  long: draft({ history: LONG.join("\n") }),
  markup: draft(
    { reason: "</p><script>alert(1)</script> & <b>" },
    {
      patient: { given: "A & B", family: '<img src=x onerror="alert(1)">', birth: "" },
      sections: [ownSection(1, "<i>Titre</i>", "Ligne 1 <b>\n\nLigne 3 & fin")],
    },
  ),
};
