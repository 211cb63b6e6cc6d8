import { describe, expect, it } from "vitest";
import { reportBundle } from "../../src/features/reports/fhir/bundle.ts";
import { readReport } from "../../src/features/reports/fhir/read.ts";
import type { Report } from "../../src/features/reports/model.ts";
import { checkDraft } from "../../src/features/reports/rules.ts";
import { uuids, WHEN } from "../prescription/samples.ts";
import { draft, KNOWN, REPORTS } from "./samples.ts";

function checked(given = REPORTS["consultation"] ?? draft({})): Report {
  const result = checkDraft(given, WHEN, KNOWN);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const written = (it: Report): string => JSON.stringify(reportBundle(it, uuids()));

describe("a report as FHIR", () => {
  it.each(Object.keys(REPORTS))("is read back as it was: %s", (name) => {
    const it = checked(REPORTS[name]);
    expect(readReport(bytes(written(it)))).toEqual(it);
  });

  it.each([
    ["of a consult that was not over", { start: "2026-08-03T07:50:00Z", end: null }],
    ["of no consult", null],
  ])("is read back %s", (_, consult) => {
    const it = { ...checked(), consult };
    expect(readReport(bytes(written(it)))).toEqual(it);
  });

  it.each([
    [
      "a field that the page would not show",
      '"status":"final"',
      '"status":"final","language":"en"',
    ],
    ["a status", '"status":"final"', '"status":"entered-in-error"'],
    ["another type of bundle", '"type":"document"', '"type":"collection"'],
    [
      "a title that is none of ours",
      '"title":"Compte rendu de consultation"',
      '"title":"Certificat"',
    ],
    ["the code of another kind", '"code":"11488-4"', '"code":"57133-1"'],
    ["the code of another section", '"code":"29299-5"', '"code":"18776-5"'],
    ["markup in a narrative", "<p>Toux", '<p onclick=\\"x\\">Toux'],
    ["a link in a narrative", "<p>Toux depuis", '<p><a href=\\"x\\">Toux</a> depuis'],
    ["an empty section", "<p>Bronchite aiguë probable.</p>", "<p></p>"],
    ["a mark that turns the direction of reading", "Toux", "\\u202eToux"],
    ["a line break in a name", "Łukasz", "Łuk\\nasz"],
    [
      "a reference that leads elsewhere",
      '"subject":{"reference":"urn:uuid:',
      '"subject":{"reference":"urn:uuix:',
    ],
    ["another class of encounter", '"code":"VR"', '"code":"EMER"'],
  ])("is not shown with %s", (_, before, after) => {
    const text = written(checked());
    expect(text).toContain(before);
    expect(readReport(bytes(text))).not.toBeNull();
    expect(readReport(bytes(text.replace(before, after)))).toBeNull();
  });

  it("is not shown as a record with a section that no record has", () => {
    const record = checked(REPORTS["record"]);
    const [first, ...others] = record.sections;
    const forged = {
      ...record,
      sections: [{ key: null, title: "Conclusion", text: "x" }, ...others],
    };
    expect(first).toBeDefined();
    expect(readReport(bytes(written(forged)))).toBeNull();
  });

  it("is not shown with a section of more than its limit", () => {
    const it = checked();
    const sections = [{ key: null, title: "a", text: "x".repeat(8001) }];
    expect(readReport(bytes(written({ ...it, sections })))).toBeNull();
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a list", "[]"],
    ["null", "null"],
    ["no entries", '{"id":"a","timestamp":"b","entry":[]}'],
    ["a number", "1e999"],
  ])("is not shown of %s", (_, text) => {
    expect(readReport(bytes(text))).toBeNull();
  });

  it("is not shown of bytes that are no text", () => {
    expect(readReport(Uint8Array.of(0xff, 0xfe))).toBeNull();
  });

  it("is not shown with a member twice", () => {
    const twice = '"status":"amended","status":"final"';
    const text = written(checked()).replace('"status":"final"', twice);
    expect(JSON.parse(text)).toEqual(JSON.parse(written(checked())));
    expect(readReport(bytes(text))).toBeNull();
  });
});
