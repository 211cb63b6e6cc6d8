/** A line of the prescription as Medication and MedicationRequest. */
import { narrative } from "../../paper/fhir/narrative.ts";
import { type Json, type Resource, URI } from "../../paper/fhir/systems.ts";
import type { Amount, Ingredient, Line, Prescription } from "../model.ts";
import { ucumOf } from "../strength.ts";
import { DOSE_UNITS, DURATIONS, FORMS, REASONS, RHYTHMS, ROUTES } from "../vocabulary.ts";
import {
  deliveryWords,
  dosageWords,
  formWords,
  lineWords,
  overlapWords,
  substitutionWords,
  titleWords,
} from "../wording.ts";
import { EDQM, LONG_TERM, UCUM } from "./systems.ts";

/** France publishes no code for it. */
const NARCOTIC = "Stupéfiant ou assimilé";

/** `code` is the brand where one is prescribed, else the name made of substance, strength, form. */
export function medication(line: Line): Resource {
  const { form } = line;
  const coding =
    typeof form === "string"
      ? { coding: [{ system: EDQM, code: FORMS[form].edqm, display: FORMS[form].fr }] }
      : {};
  return {
    resourceType: "Medication",
    code: { text: line.brand === "" ? titleWords(line, "fr") : line.brand },
    form: { ...coding, text: formWords(form, "fr") },
    ingredient: line.ingredients.map(ingredient),
  };
}

function ingredient({ substance, strength }: Ingredient): Json {
  const per: Json = { value: 1, unit: "unité", system: UCUM, code: "1" };
  return {
    itemCodeableConcept: { text: substance },
    isActive: true,
    strength: {
      numerator: quantity(strength),
      denominator: strength.per ? quantity(strength.per) : per,
    },
  };
}

function quantity({ value, unit }: Amount): Json {
  return { value, unit, system: UCUM, code: ucumOf(unit) };
}

interface Links {
  readonly medication: string;
  readonly patient: string;
  readonly requester: string;
  /** Says whether it is for a long-term illness. */
  readonly zone: string | undefined;
}

export function medicationRequest(
  line: Line,
  { id, issued }: Prescription,
  links: Links,
): Resource {
  const notes = [overlapWords(line, "fr"), deliveryWords(line, "fr")].filter(Boolean);
  return {
    resourceType: "MedicationRequest",
    text: narrative(lineWords(line)),
    groupIdentifier: { system: URI, value: `urn:uuid:${id}` },
    status: "active",
    intent: "order",
    ...(line.narcotic ? { category: [{ text: NARCOTIC }] } : {}),
    medicationReference: { reference: links.medication, display: titleWords(line, "fr") },
    subject: { reference: links.patient },
    authoredOn: issued,
    requester: { reference: links.requester },
    ...(links.zone
      ? { reasonReference: [{ reference: links.zone, display: LONG_TERM.display }] }
      : {}),
    ...(notes.length > 0 ? { note: notes.map((words) => ({ text: words })) } : {}),
    dosageInstruction: [dosage(line)],
    dispenseRequest: dispense(line),
    substitution: substitution(line),
  };
}

/** `count` times a period, or one dose every `count` hours. */
function repeat({ count, rhythm, duration }: Line): Json {
  const periodUnit = RHYTHMS[rhythm].fhir;
  const bounds = duration && {
    value: duration.value,
    unit: DURATIONS[duration.unit].fr[duration.value >= 2 ? 1 : 0],
    system: UCUM,
    code: DURATIONS[duration.unit].ucum,
  };
  return {
    ...(bounds ? { boundsDuration: bounds } : {}),
    ...(rhythm === "hours"
      ? { frequency: 1, period: count, periodUnit }
      : { frequency: count, period: 1, periodUnit }),
  };
}

function dosage(line: Line): Json {
  const { route } = line;
  const dose = (value: number): Json => ({
    value,
    unit: DOSE_UNITS[line.unit].fr[value >= 2 ? 1 : 0],
    system: UCUM,
    code: DOSE_UNITS[line.unit].ucum,
  });
  return {
    sequence: 1,
    text: dosageWords(line, "fr"),
    ...(line.advice === "" ? {} : { additionalInstruction: [{ text: line.advice }] }),
    timing: { repeat: repeat(line) },
    asNeededBoolean: line.asNeeded !== null,
    route: {
      coding: [{ system: EDQM, code: ROUTES[route].edqm, display: ROUTES[route].fr }],
      text: ROUTES[route].fr,
    },
    doseAndRate: [{ doseQuantity: dose(line.dose) }],
    ...(line.asNeeded
      ? {
          maxDosePerPeriod: {
            numerator: dose(line.asNeeded.maximum),
            denominator: { value: 1, unit: "jour", system: UCUM, code: "d" },
          },
        }
      : {}),
  };
}

/** A split is the time from one delivery to the next: `quantity` and renewals are of the whole. */
function dispense({ packs, renewals, narcotic }: Line): Json {
  const quantity: Json = {
    value: packs ?? 0,
    unit: (packs ?? 0) >= 2 ? "boîtes" : "boîte",
    system: UCUM,
    code: "{package}",
  };
  const delivery = narcotic?.delivery;
  const days = delivery && delivery !== "once" ? delivery.days : 0;
  const unit = DURATIONS.day.fr[days >= 2 ? 1 : 0];
  return {
    ...(days > 0 ? { dispenseInterval: { value: days, unit, system: UCUM, code: "d" } } : {}),
    numberOfRepeatsAllowed: renewals,
    ...(packs === null ? {} : { quantity }),
    ...(narcotic?.pharmacy
      ? { performer: { type: "Organization", display: narcotic.pharmacy } }
      : {}),
  };
}

/** France publishes no code system for the reason's three letters, so the coding names none. */
function substitution(line: Line): Json {
  const reason = line.notSubstitutable;
  if (reason === null) return { allowedBoolean: true };
  return {
    allowedBoolean: false,
    reason: {
      coding: [{ code: reason, display: REASONS[reason].fr }],
      text: substitutionWords(line, "fr"),
    },
  };
}
