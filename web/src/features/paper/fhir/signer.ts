/** Who signed, as FHIR R4 resources, and the way back. */
import * as v from "valibot";
import type { Signer } from "../model.ts";
import { type Json, type Resource, RPPS } from "./systems.ts";

export function practitioner(it: Signer): Resource {
  return {
    resourceType: "Practitioner",
    identifier: [{ use: "official", system: RPPS, value: it.rpps }],
    name: [{ use: "official", text: it.name }],
    telecom: telecom(it),
    address: [{ use: "work", type: "both", text: it.address, country: "FR" }],
    qualification: [{ code: { text: it.profession } }],
  };
}

/** In which quality somebody signs: profession and speciality. */
export function role(it: Signer, practitionerUrl: string): Resource {
  return {
    resourceType: "PractitionerRole",
    practitioner: { reference: practitionerUrl, display: it.name },
    code: [{ text: it.profession }],
    specialty: [{ text: it.speciality }],
    telecom: telecom(it),
  };
}

function telecom({ phone, email }: Signer): Json {
  return [
    { system: "phone", value: phone, use: "work" },
    { system: "email", value: email, use: "work" },
  ];
}

const text = v.object({ text: v.string() });
const value = v.object({ value: v.string() });

export const practitionerShape = v.object({
  resourceType: v.literal("Practitioner"),
  id: v.string(),
  identifier: v.tuple([value]),
  name: v.tuple([text]),
  telecom: v.tuple([value, value]),
  address: v.tuple([text]),
  qualification: v.tuple([v.object({ code: text })]),
});
export const roleShape = v.object({
  resourceType: v.literal("PractitionerRole"),
  id: v.string(),
  specialty: v.tuple([text]),
});

export const signerOf = (
  it: v.InferOutput<typeof practitionerShape>,
  { specialty }: v.InferOutput<typeof roleShape>,
): Signer => ({
  name: it.name[0].text,
  profession: it.qualification[0].code.text,
  speciality: specialty[0].text,
  rpps: it.identifier[0].value,
  address: it.address[0].text,
  phone: it.telecom[0].value,
  email: it.telecom[1].value,
});
