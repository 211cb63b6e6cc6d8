/** Plainly synthetic people and prescriptions, shared by the tests of this feature. */

import type { Signature } from "../../src/features/paper/model.ts";
import { type Draft, emptyLine, type LineDraft } from "../../src/features/prescription/draft.ts";
import type { Prescriber } from "../../src/features/prescription/model.ts";
import type { Circumstances } from "../../src/features/prescription/rules.ts";

export const PRESCRIBER: Prescriber = {
  name: "Dr Camille Démo",
  profession: "Médecin",
  speciality: "Médecine générale",
  rpps: "10101234564",
  address: "12 rue de l’Exemple\n69003 Lyon\nFrance",
  phone: "+33 4 72 00 00 00",
  email: "camille.demo@exemple.fr",
};

export const WHEN: Circumstances = {
  id: "5b0e5c1e-7f53-4a0e-9f3d-0d6f5a1c2b3d",
  issued: "2026-08-03T08:15:00Z",
  date: "2026-08-03",
};

export function line(changes: Partial<LineDraft> = {}): LineDraft {
  return {
    ...emptyLine(1),
    substance: "paracétamol",
    strength: "500 mg",
    form: "tablet",
    route: "oral",
    dose: "1",
    unit: "tablet",
    count: "3",
    duration: "5",
    ...changes,
  };
}

export function draft(changes: Partial<Draft> = {}): Draft {
  return {
    prescriber: PRESCRIBER,
    patient: {
      family: "Şahin",
      given: "Łukasz",
      sex: "M",
      birth: "1985-03-02",
      weight: "",
      height: "",
    },
    lines: [line()],
    twoZones: false,
    instructions: "",
    ...changes,
  };
}

/** A wave, as a hand might draw it. */
export const SIGNATURE: Signature = {
  kind: "drawn",
  width: 400,
  height: 140,
  strokes: [
    Array.from({ length: 60 }, (_, i) => ({ x: 20 + i * 6, y: 70 + 45 * Math.sin(i / 3.2) })),
    [
      { x: 30, y: 118 },
      { x: 140, y: 112 },
      { x: 260, y: 116 },
      { x: 372, y: 104 },
    ],
  ],
};

/** UUIDs in order, the same at every run. */
export function uuids(): () => string {
  let n = 0;
  return () => `00000000-0000-4000-8000-${String(++n).padStart(12, "0")}`;
}

export const PRESCRIPTIONS: Readonly<Record<string, { draft: Draft; signature: Signature }>> = {
  simple: { draft: draft(), signature: SIGNATURE },
  child: {
    draft: draft({
      patient: {
        family: "N’Diaye-Œuvrard",
        given: "Zoë",
        sex: "F",
        birth: "2022-02-28",
        weight: "14,5",
        height: "98",
      },
      lines: [
        line({
          substance: "amoxicilline + acide clavulanique",
          strength: "100 mg/ml + 12,5 mg/ml",
          brand: "Exemplaxil",
          form: "oralSuspension",
          unit: "ml",
          dose: "4,5",
          advice: "Au début des repas, bien agiter le flacon",
          packs: "2",
          duration: "7",
          substitution: "EFG",
        }),
        line({
          strength: "2,4 %",
          form: "oralSuspension",
          unit: "mg",
          dose: "200",
          count: "6",
          rhythm: "hours",
          asNeeded: true,
          maximum: "800",
          duration: "3",
        }),
      ],
      instructions: "Consulter si la fièvre dure plus de 48 heures.\nBoire souvent.",
    }),
    signature: { kind: "typed", text: "Camille Démo" },
  },
  zones: {
    draft: draft({
      twoZones: true,
      lines: [
        line({ zone: "other" }),
        line({
          key: 2,
          substance: "metformine",
          strength: "1000 mg",
          count: "2",
          duration: "3",
          durationUnit: "month",
          zone: "ald",
        }),
        line({ key: 3, substance: "ramipril", strength: "5 mg", count: "1", zone: "ald" }),
      ],
      instructions: "Surveiller la glycémie.",
    }),
    signature: SIGNATURE,
  },
  oneOfTwoZones: {
    draft: draft({ twoZones: true, lines: [line({ zone: "ald" })] }),
    signature: SIGNATURE,
  },
  narcotic: {
    draft: draft({
      lines: [
        line({
          substance: "sulfate de morfictine",
          strength: "10 mg",
          brand: "Morfictine L.P.",
          form: "prolongedCapsule",
          unit: "capsule",
          dose: "1",
          count: "12",
          rhythm: "hours",
          duration: "28",
          narcotic: true,
          overlap: true,
          delivery: "split",
          deliveryDays: "7",
          pharmacy: "Pharmacie de l’Exemple, Lyon",
          substitution: "MTE",
        }),
        line({
          key: 2,
          substance: "morfictine",
          strength: "2 mg/ml",
          form: "oralSolution",
          unit: "ml",
          dose: "2,5",
          count: "6",
          asNeeded: true,
          maximum: "15",
          duration: "14",
          narcotic: true,
          delivery: "once",
        }),
        line({ key: 3 }),
      ],
    }),
    signature: SIGNATURE,
  },
  long: {
    draft: draft({
      lines: Array.from({ length: 14 }, (_, i) =>
        line({
          key: i + 1,
          substance: `substance d’essai numéro ${i + 1}`,
          strength: `${i + 1}0 µg`,
          brand: i % 3 === 0 ? `Marque ${i + 1}` : "",
          form: i % 2 === 0 ? "coated" : "other",
          otherForm: i % 2 === 0 ? "" : "bâton pour usage dentaire",
          rhythm: i % 4 === 0 ? "week" : "day",
          count: String(1 + (i % 3)),
          duration: i % 5 === 0 ? "" : "3",
          durationUnit: "month",
          packs: i % 5 === 0 ? "2" : "",
          renewals: i % 5 === 0 ? "5" : "2",
          advice: "À prendre avec un grand verre d’eau, en position assise, à distance des repas",
          substitution: i % 3 === 0 ? "CIF" : "",
        }),
      ),
      instructions: "Prise de sang de contrôle dans un mois.",
    }),
    signature: SIGNATURE,
  },
  markup: {
    draft: draft({
      patient: {
        family: '<img src=x onerror="alert(1)">',
        given: "A & B",
        sex: "I",
        birth: "1940-12-31",
        weight: "70",
        height: "",
      },
      lines: [line({ advice: "</p><script>alert(1)</script>", packs: "1", duration: "" })],
      instructions: "Ligne 1 <b>\n\nLigne 3 & fin",
    }),
    signature: SIGNATURE,
  },
};
