/**
 * A prescription as a FHIR R4 document: a Bundle whose first entry, the Composition, says who wrote
 * what for whom, with a readable text. Pure: ids are drawn from `uuid`, times stand in the
 * prescription. `read.ts` is the way back.
 */
import { documentBundle, type Entry, entriesWith } from "../../paper/fhir/entries.ts";
import { narrative } from "../../paper/fhir/narrative.ts";
import { practitioner, role } from "../../paper/fhir/signer.ts";
import { type Json, LOINC, type Resource } from "../../paper/fhir/systems.ts";
import type { Prescription } from "../model.ts";
import { ZONES } from "../vocabulary.ts";
import { lineWords, NO_LINE } from "../wording.ts";
import { zonesOf } from "../zones.ts";
import { medication, medicationRequest } from "./medicines.ts";
import { longTerm, measures, patient } from "./people.ts";
import { CODES } from "./systems.ts";

/** @param uuid gives a new random UUID at each call */
export function prescriptionBundle(it: Prescription, uuid: () => string): Resource {
  const entry = entriesWith(uuid);
  const thePatient = entry(() => patient(it));
  const thePractitioner = entry(() => practitioner(it.prescriber));
  const theRole = entry(() => role(it.prescriber, thePractitioner.fullUrl));
  const theMeasures = measures(it, thePatient.fullUrl).map((one) => entry(() => one));
  const theZones = zonesOf(it.lines).flatMap(({ zone, lines }) =>
    zone && lines.length > 0
      ? [{ zone, ...entry(() => longTerm(it, zone, thePatient.fullUrl)) }]
      : [],
  );
  const theMedications = it.lines.map((line) => entry(() => medication(line)));
  const theRequests = it.lines.map((line, i) =>
    entry(() =>
      medicationRequest(line, it, {
        medication: theMedications[i]?.fullUrl ?? "",
        patient: thePatient.fullUrl,
        requester: theRole.fullUrl,
        zone: theZones.find(({ zone }) => zone === line.zone)?.fullUrl,
      }),
    ),
  );
  const composition = entry(() => ({
    resourceType: "Composition",
    status: "final",
    type: { coding: [{ system: LOINC, ...CODES.prescription }], text: "Ordonnance" },
    subject: { reference: thePatient.fullUrl },
    date: it.date,
    author: [{ reference: theRole.fullUrl, display: it.prescriber.name }],
    title: "Ordonnance",
    attester: [{ mode: "legal", time: it.issued, party: { reference: thePractitioner.fullUrl } }],
    section: sections(it, theRequests, theMeasures),
  }));
  const everything = [
    composition,
    thePatient,
    thePractitioner,
    theRole,
    ...theMeasures,
    ...theZones,
    ...theRequests,
    ...theMedications,
  ];
  return documentBundle(it, everything);
}

export const MEDICINES = "Médicaments";
export const INSTRUCTIONS = "Consignes";

function sections(it: Prescription, requests: Entry[], observations: Entry[]): Json {
  const medicines = zonesOf(it.lines).flatMap(({ zone, first, lines }) => [
    ...(zone ? [ZONES[zone].fr] : []),
    ...(lines.length === 0 ? [NO_LINE] : []),
    ...lines.flatMap((line, i) => {
      const [title, ...others] = lineWords(line);
      return [`${first + i + 1}. ${title}`, ...others];
    }),
  ]);
  const links = (entries: Entry[]): Json => entries.map(({ fullUrl }) => ({ reference: fullUrl }));
  const { weight, height } = it.patient;
  const sizes = [
    ...(weight === null ? [] : [`Poids : ${weight} kg`]),
    ...(height === null ? [] : [`Taille : ${height} cm`]),
  ];
  return [
    { title: MEDICINES, text: narrative(medicines), entry: links(requests) },
    ...(it.instructions === ""
      ? []
      : [{ title: INSTRUCTIONS, text: narrative(it.instructions.split("\n"), "additional") }]),
    ...(sizes.length === 0
      ? []
      : [{ title: "Poids et taille", text: narrative(sizes), entry: links(observations) }]),
  ];
}
