/** The shapes of a prescription: as typed (draft) and as checked (what is signed). */
import type { Signer } from "../paper/model.ts";
import type {
  DoseUnit,
  DurationUnit,
  Form,
  Reason,
  Rhythm,
  Route,
  Sex,
  Zone,
} from "./vocabulary.ts";

/** The prescriber as the law names them (CSP R. 5132-3, 1°). */
export type Prescriber = Signer;

interface Patient {
  readonly family: string;
  readonly given: string;
  readonly sex: Sex;
  /** `YYYY-MM-DD`. */
  readonly birth: string;
  /** Kilograms. */
  readonly weight: number | null;
  /** Centimetres. */
  readonly height: number | null;
}

export interface Amount {
  readonly value: number;
  /** As printed; its UCUM code stands in `strength.ts`. */
  readonly unit: string;
}

/** `500 mg`, or with `per`, `250 mg/5 ml`. */
export interface Strength extends Amount {
  readonly per: Amount | null;
}

export interface Ingredient {
  /** International non-proprietary name. */
  readonly substance: string;
  readonly strength: Strength;
}

/** What is said of a narcotic, or of a medicine under their rules, beyond the rest. */
export interface Narcotic {
  /** It may overlap an earlier prescription of one. */
  readonly overlap: boolean;
  /** All at once, or so many days of it each time; null where nothing is said. */
  readonly delivery: "once" | { readonly days: number } | null;
  /** Where it is to be dispensed; empty where no rule asks for it. */
  readonly pharmacy: string;
}

export interface Line {
  readonly ingredients: readonly Ingredient[];
  /** Empty where only the substance is prescribed. */
  readonly brand: string;
  /** A known form, or another in the prescriber's words. */
  readonly form: Form | { readonly other: string };
  readonly route: Route;
  readonly dose: number;
  readonly unit: DoseUnit;
  readonly count: number;
  readonly rhythm: Rhythm;
  /** Only when needed, with the most that may be taken in a day, in `unit`. */
  readonly asNeeded: { readonly maximum: number } | null;
  readonly advice: string;
  readonly duration: { readonly value: number; readonly unit: DurationUnit } | null;
  readonly packs: number | null;
  readonly renewals: number;
  readonly notSubstitutable: Reason | null;
  readonly narcotic: Narcotic | null;
  /** Null in every line of a prescription that has one zone, and in none of one that has two. */
  readonly zone: Zone | null;
}

export interface Prescription {
  /** UUID of the document. */
  readonly id: string;
  /** `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly issued: string;
  /** The prescriber's local date, `YYYY-MM-DD`: the date of the prescription. */
  readonly date: string;
  readonly prescriber: Prescriber;
  readonly patient: Patient;
  /** In the order of their zones. */
  readonly lines: readonly Line[];
  readonly instructions: string;
}
