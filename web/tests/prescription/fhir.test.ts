import { describe, expect, it } from "vitest";
import { prescriptionBundle } from "../../src/features/prescription/fhir/bundle.ts";
import { readPrescription } from "../../src/features/prescription/fhir/read.ts";
import type { Prescription } from "../../src/features/prescription/model.ts";
import { checkDraft } from "../../src/features/prescription/rules.ts";
import { draft, line, PRESCRIPTIONS, uuids, WHEN } from "./samples.ts";

function checked(given = draft()): Prescription {
  const result = checkDraft(given, WHEN);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const written = (given = draft()): string =>
  JSON.stringify(prescriptionBundle(checked(given), uuids()));
const read = (text: string): Prescription | null =>
  readPrescription(new TextEncoder().encode(text));

describe("a prescription as FHIR", () => {
  it.each(Object.keys(PRESCRIPTIONS))("is read back as it was: %s", (name) => {
    const it = checked(PRESCRIPTIONS[name]?.draft);
    expect(readPrescription(bytes(prescriptionBundle(it, uuids())))).toEqual(it);
  });

  it.each([
    ["a dose in the structure only", '"value":1,"unit":"comprimé"', '"value":9,"unit":"comprimé"'],
    ["the words of a dose only", "1 comprimé, 3 fois par jour", "2 comprimés, 3 fois par jour"],
    [
      "a field that the page would not show",
      '"status":"active"',
      '"status":"active","priority":"stat"',
    ],
    ["a status", '"status":"active"', '"status":"cancelled"'],
    ["another type of bundle", '"type":"document"', '"type":"collection"'],
    ["an unknown unit", '"code":"{tablet}"', '"code":"{truck}"'],
    ["an unknown route", '"text":"voie orale"', '"text":"voie lactée"'],
    [
      "a reference that leads nowhere",
      '"entry":[{"reference":"urn:uuid:',
      '"entry":[{"reference":"urn:uuix:',
    ],
    ["markup in a narrative", "<p>1. paracétamol", '<p onclick=\\"x\\">1. paracétamol'],
    ["a mark that turns the direction of reading", "Şahin", "\\u202eŞahin"],
    ["a line break in a name", "Łukasz", "Łuk\\nasz"],
  ])("is not shown with %s changed", (_, before, after) => {
    const text = written();
    expect(text).toContain(before);
    expect(read(text)).not.toBeNull();
    expect(read(text.replaceAll(before, after))).toBeNull();
  });

  it("is not shown with an entry more", () => {
    const bundle = prescriptionBundle(checked(), uuids());
    const entries = bundle["entry"] as unknown[];
    expect(readPrescription(bytes({ ...bundle, entry: [...entries, entries[4]] }))).toBeNull();
    expect(readPrescription(bytes({ ...bundle, entry: entries.slice(1) }))).toBeNull();
  });

  it.each(["", "null", "[]", "{", '{"resourceType":"Bundle"}', '"x"', "1e999"])(
    "is not shown when it is %j",
    (text) => {
      expect(read(text)).toBeNull();
      expect(readPrescription(new Uint8Array([0xff, 0xfe]))).toBeNull();
    },
  );

  it("says of a narcotic that it is one, with its amounts in words", () => {
    const text = written(PRESCRIPTIONS["narcotic"]?.draft);
    const overlaps = read(text)?.lines.map(({ narcotic }) => narcotic?.overlap);
    expect(overlaps).toEqual([true, false, undefined]);
    const deliveries = read(text)?.lines.map(({ narcotic }) => narcotic?.delivery);
    expect(deliveries).toEqual([{ days: 7 }, "once", undefined]);
    expect(read(text)?.lines[0]?.narcotic?.pharmacy).toBe("Pharmacie de l’Exemple, Lyon");
    for (const [before, after] of [
      ['"category":[{"text":"Stupéfiant ou assimilé"}],', ""],
      ['{"text":"Chevauchement autorisé avec une ordonnance précédente."},', ""],
      ['"note":[{"text":"Délivrance en une seule fois."}],', ""],
      ['"dispenseInterval":{"value":7,', '"dispenseInterval":{"value":14,'],
      [
        '"performer":{"type":"Organization","display":"Pharmacie',
        '"performer":{"display":"Pharmacie',
      ],
      ["une gélule par prise", "deux gélules par prise"],
    ] as const) {
      expect(text).toContain(before);
      expect(read(text.replace(before, after))).toBeNull();
    }
  });

  it("says of each line of two zones whether it is for a long-term illness", () => {
    const text = written(PRESCRIPTIONS["zones"]?.draft);
    expect(read(text)?.lines.map(({ zone }) => zone)).toEqual(["ald", "ald", "other"]);
    // Another order than the paper's, a line without a zone beside others, a zone twice.
    const bundle = checked(PRESCRIPTIONS["zones"]?.draft);
    const again = (lines: Prescription["lines"]) =>
      readPrescription(bytes(prescriptionBundle({ ...bundle, lines }, uuids())));
    expect(again(bundle.lines)).not.toBeNull();
    expect(again([...bundle.lines].reverse())).toBeNull();
    expect(
      again(bundle.lines.map((one, i) => (i === 0 ? { ...one, zone: null } : one))),
    ).toBeNull();
    expect(read(text.replaceAll('"valueBoolean":false', '"valueBoolean":true'))).toBeNull();
    expect(read(text.replaceAll("MED-574", "MED-575"))).toBeNull();
  });

  it("keeps lines that differ in one thing apart", () => {
    const two = checked(draft({ lines: [line({ renewals: "1" }), line({ renewals: "2" })] }));
    const again = readPrescription(bytes(prescriptionBundle(two, uuids())));
    expect(again?.lines.map(({ renewals }) => renewals)).toEqual([1, 2]);
  });
});
