/** The way back from `bundle.ts`: a prescription out of the bytes of a FHIR document. */
import * as v from "valibot";
import { isInertLine, isInertText, mustBe, NotOurs, readAgain } from "../../paper/fhir/again.ts";
import { paragraphs } from "../../paper/fhir/narrative.ts";
import { signerOf } from "../../paper/fhir/signer.ts";
import type { Ingredient, Line, Narcotic, Prescription } from "../model.ts";
import { unitOf } from "../strength.ts";
import {
  DOSE_UNITS,
  DURATIONS,
  FORMS,
  isKeyOf,
  keysOf,
  REASONS,
  RHYTHMS,
  ROUTES,
  SEXES,
  ZONES,
} from "../vocabulary.ts";
import { AT_ONCE, OVERLAP, titleWords } from "../wording.ts";
import { inZones } from "../zones.ts";
import { INSTRUCTIONS, prescriptionBundle } from "./bundle.ts";
import { bundle, type Resource, type ResourceOf } from "./shapes.ts";

/** @param bytes UTF-8 JSON */
export const readPrescription = (bytes: Uint8Array): Prescription | null =>
  readAgain(bytes, (json) => {
    const entries = new Entries(json);
    const it = entries.prescription();
    if (!isInert(it) || !isInZones(it)) throw new NotOurs();
    return { it, again: prescriptionBundle(it, entries.idsInOrderOfMaking()) };
  });

/** The key of the row that `test` picks. */
function keyWhere<T extends object>(list: T, test: (row: T[keyof T]) => boolean): keyof T & string {
  return mustBe(keysOf(list).find((key) => test(list[key])));
}

class Entries {
  readonly #bundle: v.InferOutput<typeof bundle>;

  constructor(json: unknown) {
    this.#bundle = v.parse(bundle, json);
  }

  #all<T extends Resource["resourceType"]>(type: T): ResourceOf<T>[] {
    return this.#bundle.entry
      .map(({ resource }) => resource)
      .filter((one): one is ResourceOf<T> => one.resourceType === type);
  }

  #one<T extends Resource["resourceType"]>(type: T): ResourceOf<T> {
    const [first, ...more] = this.#all(type);
    if (more.length > 0) throw new NotOurs();
    return mustBe(first);
  }

  #at(url: string): Resource {
    return mustBe(this.#bundle.entry.find(({ fullUrl }) => fullUrl === url)).resource;
  }

  /** Gives the ids in the order in which `prescriptionBundle` asks for them. */
  idsInOrderOfMaking(): () => string {
    const ids = (
      [
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "Observation",
        "Medication",
        "MedicationRequest",
        "Composition",
      ] as const
    ).flatMap((type) => this.#all(type).map(({ id }) => id));
    return () => mustBe(ids.shift());
  }

  prescription(): Prescription {
    const composition = this.#one("Composition");
    const instructions = composition.section.find(({ title }) => title === INSTRUCTIONS);
    const medicines = mustBe(composition.section[0]);
    return {
      id: this.#bundle.id,
      issued: this.#bundle.timestamp,
      date: composition.date,
      prescriber: signerOf(this.#one("Practitioner"), this.#one("PractitionerRole")),
      patient: this.#patient(),
      lines: medicines.entry.map(({ reference }) => this.#line(this.#at(reference))),
      instructions: instructions ? mustBe(paragraphs(instructions.text.div)).join("\n") : "",
    };
  }

  #patient(): Prescription["patient"] {
    const it = this.#one("Patient");
    const measure = (unit: string): number | null =>
      this.#all("Observation").find(({ valueQuantity }) => valueQuantity?.code === unit)
        ?.valueQuantity?.value ?? null;
    return {
      family: it.name[0].family,
      given: it.name[0].given[0],
      sex: keyWhere(SEXES, ({ fhir }) => fhir === it.gender),
      birth: it.birthDate,
      weight: measure("kg"),
      height: measure("cm"),
    };
  }

  #line(request: Resource): Line {
    if (request.resourceType !== "MedicationRequest") throw new NotOurs();
    const medication = this.#at(request.medicationReference.reference);
    if (medication.resourceType !== "Medication") throw new NotOurs();
    const [dosage] = request.dosageInstruction;
    const { doseQuantity } = dosage.doseAndRate[0];
    const { reason } = request.substitution;
    const line = {
      ingredients: medication.ingredient.map(ingredient),
      brand: "",
      form: formOf(medication.form.text),
      route: keyWhere(ROUTES, ({ fr }) => fr === dosage.route.text),
      dose: doseQuantity.value,
      unit: keyWhere(DOSE_UNITS, ({ ucum, fr }) => {
        return ucum === doseQuantity.code && (fr as readonly string[]).includes(doseQuantity.unit);
      }),
      ...rhythm(dosage.timing.repeat),
      asNeeded: dosage.maxDosePerPeriod
        ? { maximum: dosage.maxDosePerPeriod.numerator.value }
        : null,
      advice: dosage.additionalInstruction?.[0].text ?? "",
      packs: request.dispenseRequest.quantity?.value ?? null,
      renewals: request.dispenseRequest.numberOfRepeatsAllowed,
      notSubstitutable: reason ? reasonOf(reason.coding[0].code) : null,
      narcotic: request.category ? narcoticOf(request) : null,
      zone: this.#zone(request.reasonReference?.[0].reference),
    };
    const name = medication.code.text;
    return { ...line, brand: name === titleWords(line, "fr") ? "" : name };
  }

  #zone(reference: string | undefined): Line["zone"] {
    if (reference === undefined) return null;
    const observation = this.#at(reference);
    if (observation.resourceType !== "Observation") throw new NotOurs();
    return keyWhere(ZONES, ({ fhir }) => fhir === observation.valueBoolean);
  }
}

/** The order of lines is the paper's: one that mixes zones has another. */
function isInZones({ lines }: Prescription): boolean {
  return (
    inZones(lines).length === lines.length && inZones(lines).every((one, i) => one === lines[i])
  );
}

function narcoticOf({ note = [], dispenseRequest }: ResourceOf<"MedicationRequest">): Narcotic {
  const says = (words: string): boolean => note.some(({ text }) => text === words);
  const interval = dispenseRequest.dispenseInterval;
  return {
    overlap: says(OVERLAP),
    delivery: interval ? { days: interval.value } : says(AT_ONCE) ? "once" : null,
    pharmacy: dispenseRequest.performer?.display ?? "",
  };
}

function reasonOf(code: string): Line["notSubstitutable"] {
  if (!isKeyOf(REASONS, code)) throw new NotOurs();
  return code;
}

function formOf(text: string): Line["form"] {
  return keysOf(FORMS).find((key) => FORMS[key].fr === text) ?? { other: text };
}

function ingredient(it: ResourceOf<"Medication">["ingredient"][number]): Ingredient {
  const { numerator, denominator } = it.strength;
  const amount = ({ value, code }: { value: number; code: string }) => ({
    value,
    unit: mustBe(unitOf(code)),
  });
  return {
    substance: it.itemCodeableConcept.text,
    strength: { ...amount(numerator), per: denominator.code === "1" ? null : amount(denominator) },
  };
}

type Repeat = ResourceOf<"MedicationRequest">["dosageInstruction"][0]["timing"]["repeat"];

function rhythm(repeat: Repeat): Pick<Line, "count" | "rhythm" | "duration"> {
  const key = keyWhere(RHYTHMS, ({ fhir }) => fhir === repeat.periodUnit);
  const bounds = repeat.boundsDuration;
  return {
    rhythm: key,
    count: key === "hours" ? repeat.period : repeat.frequency,
    duration: bounds
      ? { value: bounds.value, unit: keyWhere(DURATIONS, ({ ucum }) => ucum === bounds.code) }
      : null,
  };
}

/** No text in it would be changed by making it safe to show; two of them may have several lines. */
function isInert({
  instructions,
  prescriber: { address, ...prescriber },
  ...others
}: Prescription) {
  return (
    [instructions, address].every((text) => isInertText(text)) && isInertLine([prescriber, others])
  );
}
