/** Identifiers of the code systems that every signed document uses. */
export const LOINC = "http://loinc.org";
export const RPPS = "urn:oid:1.2.250.1.71.4.2.1";
export const URI = "urn:ietf:rfc:3986";

/** JSON as FHIR's: what a builder returns, before it is made bytes. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
export type Resource = { readonly resourceType: string; readonly [key: string]: Json };
