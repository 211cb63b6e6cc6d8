/**
 * A report as a FHIR R4 document: a Bundle whose first entry, the Composition, has its sections as
 * text. Pure: ids are drawn from `uuid`, times stand in the report. `read.ts` is the way back.
 */
import { documentBundle, entriesWith } from "../../paper/fhir/entries.ts";
import { narrative } from "../../paper/fhir/narrative.ts";
import { practitioner, role } from "../../paper/fhir/signer.ts";
import { type Json, LOINC, type Resource } from "../../paper/fhir/systems.ts";
import { KINDS, RECIPIENT, SECTIONS } from "../kinds.ts";
import type { Consult, Report, Section } from "../model.ts";

const CLASSES = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

/** @param uuid gives a new random UUID at each call */
export function reportBundle(it: Report, uuid: () => string): Resource {
  const entry = entriesWith(uuid);
  const thePatient = entry(() => patient(it));
  const thePractitioner = entry(() => practitioner(it.author));
  const theRole = entry(() => role(it.author, thePractitioner.fullUrl));
  const { consult } = it;
  const encounters = consult ? [entry(() => encounter(consult, thePatient.fullUrl))] : [];
  const { title, loinc } = KINDS[it.kind];
  const composition = entry(() => ({
    resourceType: "Composition",
    status: "final",
    type: { coding: [coding(loinc)], text: title },
    subject: { reference: thePatient.fullUrl },
    ...(encounters[0] ? { encounter: { reference: encounters[0].fullUrl } } : {}),
    date: it.date,
    author: [{ reference: theRole.fullUrl, display: it.author.name }],
    title,
    attester: [{ mode: "legal", time: it.issued, party: { reference: thePractitioner.fullUrl } }],
    section: [...recipient(it), ...it.sections.map(section)],
  }));
  return documentBundle(it, [composition, thePatient, thePractitioner, theRole, ...encounters]);
}

const coding = ([code, display]: readonly [string, string]): Json => ({
  system: LOINC,
  code,
  display,
});

const patient = ({ patient: { given, family, birth } }: Report): Resource => ({
  resourceType: "Patient",
  name: [{ use: "official", text: `${given} ${family}`, family, given: [given] }],
  ...(birth === "" ? {} : { birthDate: birth }),
});

/** A virtual one, as the author's device saw it. */
const encounter = ({ start, end }: Consult, subject: string): Resource => ({
  resourceType: "Encounter",
  status: end === null ? "in-progress" : "finished",
  class: { system: CLASSES, code: "VR", display: "virtual" },
  subject: { reference: subject },
  period: end === null ? { start } : { start, end },
});

/** R4 gives a composition no recipient of its own. */
const recipient = (it: Report): readonly Json[] =>
  it.kind === "letter" ? [{ title: RECIPIENT, text: words(it.recipient) }] : [];

function section({ key, title, text }: Section): Json {
  const loinc = key && SECTIONS[key].loinc;
  return {
    title,
    ...(loinc ? { code: { coding: [coding(loinc)] } } : {}),
    text: words(text),
  };
}

/** Nothing structured stands behind the text. */
const words = (text: string): Json => narrative(text.split("\n"), "additional");
