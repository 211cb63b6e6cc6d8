/** The patient, and what is observed of them, as FHIR R4 resources. */
import { LOINC, type Resource } from "../../paper/fhir/systems.ts";
import type { Prescription } from "../model.ts";
import { SEXES, ZONES, type Zone } from "../vocabulary.ts";
import { CATEGORY, CISIS, CODES, LONG_TERM, UCUM } from "./systems.ts";

export function patient({ patient: it }: Prescription): Resource {
  return {
    resourceType: "Patient",
    name: [
      { use: "official", text: `${it.given} ${it.family}`, family: it.family, given: [it.given] },
    ],
    gender: SEXES[it.sex].fhir,
    birthDate: it.birth,
  };
}

/** Weight in kg and height in cm, where they were given. */
export function measures({ patient: it, date }: Prescription, patientUrl: string): Resource[] {
  const observe = (
    code: { code: string; display: string },
    value: number,
    unit: string,
  ): Resource => ({
    resourceType: "Observation",
    status: "final",
    category: [{ coding: [{ system: CATEGORY, code: "vital-signs", display: "Vital Signs" }] }],
    code: { coding: [{ system: LOINC, ...code }], text: unit === "kg" ? "Poids" : "Taille" },
    subject: { reference: patientUrl },
    effectiveDateTime: date,
    valueQuantity: { value, unit, system: UCUM, code: unit },
  });
  return [
    ...(it.weight === null ? [] : [observe(CODES.weight, it.weight, "kg")]),
    ...(it.height === null ? [] : [observe(CODES.height, it.height, "cm")]),
  ];
}

/** Whether what refers to it is for a long-term illness. */
export function longTerm({ date }: Prescription, zone: Zone, patientUrl: string): Resource {
  return {
    resourceType: "Observation",
    status: "final",
    code: { coding: [{ system: CISIS, ...LONG_TERM }], text: LONG_TERM.display },
    subject: { reference: patientUrl },
    effectiveDateTime: date,
    valueBoolean: ZONES[zone].fhir,
  };
}
