/** What a sent report consists of. */
import type { OpenedDocument, OpenedPart } from "../consult/call.ts";
import type { Signature } from "../paper/model.ts";
import { FHIR_MEDIA, PDF_MEDIA } from "../prescription/parts.ts";
import { reportBundle } from "./fhir/bundle.ts";
import { KINDS } from "./kinds.ts";
import type { Report } from "./model.ts";
import type { Printing } from "./printing.ts";

/** For whom the statement is; the birth date only where it was said. */
export function subjectOf({ patient }: Report): NonNullable<OpenedDocument["subject"]> {
  const name = `${patient.given} ${patient.family}`;
  return patient.birth === "" ? { name } : { name, birth: patient.birth };
}

/** What is sealed: the printed page, and the same as data. */
export async function reportParts(
  it: Report,
  signature: Signature,
  { pdf }: Pick<Printing, "pdf">,
  uuid: () => string,
): Promise<OpenedPart[]> {
  const bundle = JSON.stringify(reportBundle(it, uuid));
  const name = `${KINDS[it.kind].file}-${it.date}`;
  return [
    { name: `${name}.pdf`, media: PDF_MEDIA, bytes: await pdf(it, signature) },
    { name: `${name}.fhir.json`, media: FHIR_MEDIA, bytes: new TextEncoder().encode(bundle) },
  ];
}
