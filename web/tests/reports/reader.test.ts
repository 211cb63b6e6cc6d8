import { describe, expect, it } from "vitest";
import type { OpenedDocument } from "../../src/features/consult/call.ts";
import { readDocument } from "../../src/features/documents/reader.ts";
import { authorOf, FHIR_MEDIA, PDF_MEDIA } from "../../src/features/prescription/parts.ts";
import { reportBundle } from "../../src/features/reports/fhir/bundle.ts";
import { subjectOf } from "../../src/features/reports/parts.ts";
import { checkDraft } from "../../src/features/reports/rules.ts";
import { PRESCRIBER, uuids, WHEN } from "../prescription/samples.ts";
import { draft, KNOWN } from "./samples.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function opened(changes: Partial<OpenedDocument> = {}): OpenedDocument {
  const checked = checkDraft(draft({ conclusion: "Bronchite." }), WHEN, KNOWN);
  if (!checked.ok) throw new Error("the sample is wrong");
  return {
    kind: "report",
    issued: WHEN.issued,
    author: authorOf(PRESCRIBER),
    subject: subjectOf(checked.value),
    parts: [
      { name: "a.pdf", media: PDF_MEDIA, bytes: bytes("%PDF-1.7 …") },
      {
        name: "a.json",
        media: FHIR_MEDIA,
        bytes: bytes(JSON.stringify(reportBundle(checked.value, uuids()))),
      },
    ],
    ...changes,
  };
}

describe("a received report", () => {
  it("shows its sections and offers its PDF", () => {
    const read = readDocument(opened());
    expect(read.report?.sections[0]?.text).toBe("Bronchite.");
    expect(read.pdf?.name).toBe("a.pdf");
    expect(read.prescription).toBeNull();
  });

  it.each<[string, Partial<OpenedDocument>]>([
    ["another signer", { author: { ...authorOf(PRESCRIBER), name: "Dr Somebody Else" } }],
    ["another RPPS number", { author: { ...authorOf(PRESCRIBER), rpps: "10101234572" } }],
    ["another patient", { subject: { name: "Somebody Else" } }],
    ["nobody", { subject: null }],
    ["another kind", { kind: "file" }],
    ["the kind of a prescription", { kind: "prescription" }],
  ])("is a PDF alone where the signed statement says %s", (_, changes) => {
    const read = readDocument(opened(changes));
    expect([read.report, read.prescription]).toEqual([null, null]);
    expect(read.pdf).not.toBeNull();
  });
});
