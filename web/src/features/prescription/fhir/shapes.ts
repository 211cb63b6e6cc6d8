/** What `read.ts` needs of the resources that `bundle.ts` writes; other fields are compared there. */
import * as v from "valibot";
import { practitionerShape, roleShape } from "../../paper/fhir/signer.ts";

const reference = v.object({ reference: v.string() });
const text = v.object({ text: v.string() });
const quantity = v.object({ value: v.number(), unit: v.string(), code: v.string() });

const composition = v.object({
  resourceType: v.literal("Composition"),
  id: v.string(),
  date: v.string(),
  section: v.array(
    v.object({
      title: v.string(),
      text: v.object({ div: v.string() }),
      entry: v.optional(v.array(reference), []),
    }),
  ),
});
const patient = v.object({
  resourceType: v.literal("Patient"),
  id: v.string(),
  name: v.tuple([v.object({ family: v.string(), given: v.tuple([v.string()]) })]),
  gender: v.string(),
  birthDate: v.string(),
});
const observation = v.object({
  resourceType: v.literal("Observation"),
  id: v.string(),
  valueQuantity: v.optional(quantity),
  valueBoolean: v.optional(v.boolean()),
});
const medication = v.object({
  resourceType: v.literal("Medication"),
  id: v.string(),
  code: text,
  form: text,
  ingredient: v.array(
    v.object({
      itemCodeableConcept: text,
      strength: v.object({ numerator: quantity, denominator: quantity }),
    }),
  ),
});
const medicationRequest = v.object({
  resourceType: v.literal("MedicationRequest"),
  id: v.string(),
  medicationReference: reference,
  category: v.optional(v.tuple([text])),
  note: v.optional(v.array(text)),
  reasonReference: v.optional(v.tuple([reference])),
  dosageInstruction: v.tuple([
    v.object({
      additionalInstruction: v.optional(v.tuple([text])),
      timing: v.object({
        repeat: v.object({
          boundsDuration: v.optional(quantity),
          frequency: v.number(),
          period: v.number(),
          periodUnit: v.string(),
        }),
      }),
      route: text,
      doseAndRate: v.tuple([v.object({ doseQuantity: quantity })]),
      maxDosePerPeriod: v.optional(v.object({ numerator: quantity })),
    }),
  ]),
  dispenseRequest: v.object({
    numberOfRepeatsAllowed: v.number(),
    quantity: v.optional(quantity),
    dispenseInterval: v.optional(quantity),
    performer: v.optional(v.object({ display: v.string() })),
  }),
  substitution: v.object({
    allowedBoolean: v.boolean(),
    reason: v.optional(v.object({ coding: v.tuple([v.object({ code: v.string() })]) })),
  }),
});

export const bundle = v.object({
  resourceType: v.literal("Bundle"),
  id: v.string(),
  timestamp: v.string(),
  entry: v.array(
    v.object({
      fullUrl: v.string(),
      resource: v.variant("resourceType", [
        composition,
        patient,
        practitionerShape,
        roleShape,
        observation,
        medication,
        medicationRequest,
      ]),
    }),
  ),
});

export type Resource = v.InferOutput<typeof bundle>["entry"][number]["resource"];
export type ResourceOf<T extends Resource["resourceType"]> = Extract<Resource, { resourceType: T }>;
