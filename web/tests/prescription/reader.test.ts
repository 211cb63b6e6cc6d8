import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { DocumentLine, OpenedDocument } from "../../src/features/consult/call.ts";
import { linesOf, readDocument } from "../../src/features/documents/reader.ts";
import { inert, inertLines } from "../../src/features/inert.ts";
import { prescriptionBundle } from "../../src/features/prescription/fhir/bundle.ts";
import {
  authorOf,
  FHIR_MEDIA,
  PDF_MEDIA,
  subjectOf,
} from "../../src/features/prescription/parts.ts";
import { checkDraft } from "../../src/features/prescription/rules.ts";
import { draft, PRESCRIBER, uuids, WHEN } from "./samples.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function opened(changes: Partial<OpenedDocument> = {}): OpenedDocument {
  const checked = checkDraft(draft(), WHEN);
  if (!checked.ok) throw new Error("the sample is wrong");
  const bundle = JSON.stringify(prescriptionBundle(checked.value, uuids()));
  return {
    kind: "prescription",
    issued: WHEN.issued,
    author: authorOf(PRESCRIBER),
    subject: subjectOf(checked.value.patient),
    parts: [
      { name: "a.pdf", media: PDF_MEDIA, bytes: bytes("%PDF-1.7 …") },
      { name: "a.json", media: FHIR_MEDIA, bytes: bytes(bundle) },
    ],
    ...changes,
  };
}

describe("a received document", () => {
  it("says who signed, when, and what is prescribed", () => {
    const read = readDocument(opened());
    expect(read.author.name).toBe("Dr Camille Démo");
    expect(read.issued).toEqual(new Date("2026-08-03T08:15:00Z"));
    expect(read.prescription?.patient.family).toBe("Şahin");
    expect(read.others).toEqual([]);
  });

  it.each<[string, Partial<OpenedDocument>]>([
    ["another signer", { author: { ...authorOf(PRESCRIBER), name: "Dr Somebody Else" } }],
    ["another RPPS number", { author: { ...authorOf(PRESCRIBER), rpps: "10101234572" } }],
    ["another patient", { subject: { name: "Somebody Else" } }],
    ["no patient", { subject: null }],
    ["another kind", { kind: "file" }],
  ])("does not show medicines that the signed statement gives to %s", (_, changes) => {
    const read = readDocument(opened(changes));
    expect(read.prescription).toBeNull();
    expect(read.pdf).not.toBeNull();
  });

  it("gives files names that say what they are", () => {
    const parts = ["../a\u202Efdp.exe", ".htaccess", ""].map((name) => ({
      name,
      media: "",
      bytes: bytes("x"),
    }));
    const names = readDocument(opened({ kind: "file", parts })).others.map(({ name }) => name);
    expect(names).toEqual(["-afdp.exe", "htaccess", "document"]);
  });

  it("takes no other file for a PDF", () => {
    const parts = [{ name: "x.pdf", media: PDF_MEDIA, bytes: bytes("<script>") }];
    const read = readDocument(opened({ parts }));
    expect(read.pdf).toBeNull();
    expect(read.others).toEqual(parts);
  });

  it("shows names without marks that rewrite the line around them", () => {
    const name = "Dr\u202e <b>A</b>\n\u0000B\u200b\u2028C";
    const read = readDocument(opened({ author: { name } }));
    expect(read.author.name).toBe("Dr <b>A</b> B C");
  });

  it.each(["", "yesterday", "2026-13-03T08:15:00Z", "2026-08-03"])(
    "has no moment at %j",
    (issued) => {
      expect(readDocument(opened({ issued })).issued).toBeNull();
    },
  );
});

describe("the list", () => {
  it("holds one side's documents, the newest first", () => {
    const line = (id: string, mine: boolean): DocumentLine => ({
      id,
      mine,
      at: WHEN.issued,
      kind: "prescription",
      state: "sent",
      problem: null,
      document: signal(null),
    });
    const lines = [line("a", true), line("b", false), line("c", true)];
    expect(linesOf(lines, true).map(({ id }) => id)).toEqual(["c", "a"]);
    expect(linesOf(lines, false).map(({ id }) => id)).toEqual(["b"]);
  });
});

describe("text of others", () => {
  it("is one line of one Unicode form", () => {
    expect(inert("  e\u0301\t\n x  ")).toBe("é x");
    expect(inert("abcdef", 4)).toBe("abc…");
    expect(inert("\ud800")).toBe("");
  });

  it("may keep its lines where there are to be several", () => {
    expect(inertLines("\r\n a\u2028b\r\n\r\nc \n")).toBe("a\nb\n\nc");
  });
});
