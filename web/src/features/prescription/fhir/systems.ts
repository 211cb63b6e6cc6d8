/** Identifiers of the code systems in use, beside those of every document. */
export const UCUM = "http://unitsofmeasure.org";
export const EDQM = "http://standardterms.edqm.eu";
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
