/** What the form holds while it is being written: text as typed, nothing checked. */
import { inert } from "../inert.ts";
import { LIMITS } from "./limits.ts";
import type { Prescriber } from "./model.ts";
import {
  type DoseUnit,
  type DurationUnit,
  FORMS,
  type Form,
  type NarcoticLimit,
  type Reason,
  type Rhythm,
  type Route,
  type Sex,
  type Zone,
} from "./vocabulary.ts";

export interface PatientDraft {
  readonly family: string;
  readonly given: string;
  readonly sex: Sex | "";
  readonly birth: string;
  readonly weight: string;
  readonly height: string;
}

export interface LineDraft {
  /** Stays with the line when others come and go. */
  readonly key: number;
  readonly substance: string;
  readonly strength: string;
  readonly brand: string;
  readonly form: Form | "other" | "";
  readonly otherForm: string;
  readonly route: Route | "";
  readonly dose: string;
  readonly unit: DoseUnit | "";
  readonly count: string;
  readonly rhythm: Rhythm;
  readonly asNeeded: boolean;
  readonly maximum: string;
  readonly advice: string;
  readonly duration: string;
  readonly durationUnit: DurationUnit;
  readonly packs: string;
  readonly renewals: string;
  readonly substitution: Reason | "";
  readonly narcotic: boolean;
  /** Of a narcotic: it may overlap an earlier prescription of one. */
  readonly overlap: boolean;
  /** Of a narcotic: for how long it may be prescribed, how it is delivered, and where. */
  readonly limit: NarcoticLimit;
  readonly delivery: "" | "once" | "split";
  readonly deliveryDays: string;
  readonly pharmacy: string;
  readonly zone: Zone | "";
}

export interface Draft {
  readonly prescriber: Prescriber;
  readonly patient: PatientDraft;
  /** For a long-term illness (ALD): each line stands in one of two zones. */
  readonly twoZones: boolean;
  readonly lines: readonly LineDraft[];
  readonly instructions: string;
}

export function emptyLine(key: number): LineDraft {
  return {
    key,
    substance: "",
    strength: "",
    brand: "",
    form: "",
    otherForm: "",
    route: "",
    dose: "",
    unit: "",
    count: "",
    rhythm: "day",
    asNeeded: false,
    maximum: "",
    advice: "",
    duration: "",
    durationUnit: "day",
    packs: "",
    renewals: "0",
    substitution: "",
    narcotic: false,
    overlap: false,
    limit: "28",
    delivery: "",
    deliveryDays: "",
    pharmacy: "",
    zone: "",
  };
}

/** The patient's own name is a proposal: one text, from which the prescriber makes two. */
export function newDraft(practitioner: Prescriber, patientName: string): Draft {
  // A practitioner's card says more of them: only these are printed, and searched for characters.
  const { name, profession, speciality, rpps, address, phone, email } = practitioner;
  return {
    prescriber: { name, profession, speciality, rpps, address, phone, email },
    patient: { ...splitName(patientName), sex: "", birth: "", weight: "", height: "" },
    twoZones: false,
    lines: [emptyLine(1)],
    instructions: "",
  };
}

/** Words in capitals are the family name, as French forms write it; otherwise the last word is. */
export function splitName(name: string): { family: string; given: string } {
  const words = inert(name, LIMITS.name).split(" ");
  const capital = (word: string): boolean =>
    word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase();
  const family = words.filter(capital);
  if (family.length > 0 && family.length < words.length) {
    return { family: family.join(" "), given: words.filter((word) => !capital(word)).join(" ") };
  }
  return { family: words.slice(-1).join(" "), given: words.slice(0, -1).join(" ") };
}

/** Choosing a form proposes its usual route and unit, without overruling a choice already made. */
export function withForm(line: LineDraft, form: LineDraft["form"]): LineDraft {
  const before = line.form === "" || line.form === "other" ? null : FORMS[line.form];
  const after = form === "" || form === "other" ? null : FORMS[form];
  const route = line.route === "" || line.route === before?.route ? after?.route : undefined;
  const unit = line.unit === "" || line.unit === before?.unit ? after?.unit : undefined;
  return { ...line, form, route: route ?? line.route, unit: unit ?? line.unit };
}
