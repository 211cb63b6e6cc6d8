/** Identifiers of the code systems in use. */
export const UCUM = "http://unitsofmeasure.org";
export const LOINC = "http://loinc.org";
export const EDQM = "http://standardterms.edqm.eu";
export const RPPS = "urn:oid:1.2.250.1.71.4.2.1";
export const URI = "urn:ietf:rfc:3986";
export const CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category";

/** LOINC codes with their own English names. */
export const CODES = {
  prescription: { code: "57833-6", display: "Prescription for medication" },
  weight: { code: "29463-7", display: "Body weight" },
  height: { code: "8302-2", display: "Body height" },
} as const;

/** Of the French framework of interoperability (CI-SIS), as its FHIR documents code it. */
export const CISIS = "https://smt.esante.gouv.fr/fhir/CodeSystem/terminologie-cisis";
export const LONG_TERM = { code: "MED-574", display: "En rapport avec une ALD" } as const;

/** JSON as FHIR's: what a builder returns, before it is made bytes. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
export type Resource = { readonly resourceType: string; readonly [key: string]: Json };
