import { readFileSync } from "node:fs";
import { signal } from "@preact/signals";
import { PDFDocument } from "pdf-lib";
import { beforeEach, describe, expect, it } from "vitest";
import type { OpenedDocument, OpenedPart } from "../../src/features/consult/call.ts";
import { readDocument } from "../../src/features/documents/reader.ts";
import type { Http } from "../../src/features/ports.ts";
import {
  createPrescriptionForm,
  type PrescriptionForm,
} from "../../src/features/prescription/form.ts";
import { FONTS } from "./fonts.ts";
import { line, PRESCRIBER, SIGNATURE } from "./samples.ts";

interface Sent {
  author: OpenedDocument["author"];
  subject: OpenedDocument["subject"];
  parts: readonly OpenedPart[];
}

let sent: Sent[];
let online: boolean;
let sessionOpen: boolean;
let allowed: boolean;

function makeForm(): PrescriptionForm {
  const http: Http = async ({ target }) => {
    if (!online) throw new TypeError("no answer");
    const body = readFileSync(target.includes("Bold") ? FONTS.bold : FONTS.regular);
    return { status: 200, headers: new Headers(), body: new Uint8Array(body) };
  };
  let byte = 0;
  return createPrescriptionForm({
    clock: { now: () => Date.UTC(2026, 7, 3, 8, 15), after: () => () => undefined },
    random: (n) => Uint8Array.from({ length: n }, () => byte++ & 0xff),
    http,
    practitioner: PRESCRIBER,
    confirm: async () => allowed,
    call: {
      who: signal({ name: "Łukasz Şahin" }),
      async sendDocument(kind, author, subject, parts) {
        if (!sessionOpen) throw new Error("closed");
        expect(kind).toBe("prescription");
        sent.push({ author, subject, parts: await parts });
      },
    },
  });
}

function fill(form: PrescriptionForm): void {
  form.setPatient({ sex: "M", birth: "1985-03-02" });
  form.setLine(0, { ...line(), form: "tablet" });
}

const fields = (form: PrescriptionForm): string[] => form.problems.value.map(({ field }) => field);

async function pdfBytes(change: (pdf: PDFDocument) => void = () => undefined): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  pdf.addPage();
  change(pdf);
  return pdf.save();
}

beforeEach(() => {
  sent = [];
  online = true;
  sessionOpen = true;
  allowed = true;
});

describe("writing", () => {
  it("begins with the prescriber's data and the name from the waiting room", () => {
    const draft = makeForm().draft.value;
    expect(draft.prescriber).toEqual(PRESCRIBER);
    expect([draft.patient.given, draft.patient.family]).toEqual(["Łukasz", "Şahin"]);
  });

  it("stays where it is while something is missing, and asks for the focus at every try", async () => {
    const form = makeForm();
    expect(fields(form)).toEqual([]);
    await form.review();
    expect(form.step.value).toBe("write");
    expect(fields(form)[0]).toBe("patient.sex");
    expect(form.attempts.value).toBe(1);
    await form.review();
    expect(form.attempts.value).toBe(2);
  });

  it("takes problems away as they are put right, and adds none meanwhile", async () => {
    const form = makeForm();
    await form.review();
    const before = fields(form);
    form.setPatient({ sex: "F", family: "" });
    expect(fields(form)).toEqual(before.filter((field) => field !== "patient.sex"));
  });

  it("adds and removes lines", () => {
    const form = makeForm();
    form.addLine();
    form.setLine(1, { substance: "second" });
    form.removeLine(0);
    expect(form.draft.value.lines.map(({ substance }) => substance)).toEqual(["second"]);
    for (let i = 0; i < 40; i++) form.addLine();
    expect(form.draft.value.lines).toHaveLength(20);
  });

  it("names the characters that the page cannot print", async () => {
    const form = makeForm();
    fill(form);
    form.setPatient({ family: "王 Şahin" });
    await form.review();
    expect(form.problems.value).toEqual([
      { field: "patient.family", key: "unprintable", values: { characters: "王" } },
    ]);
    expect(form.step.value).toBe("write");
  });

  it("says so when the fonts do not come, and goes on when they do", async () => {
    const form = makeForm();
    fill(form);
    online = false;
    await form.review();
    expect(form.failure.value?.key).toBe("send_failed");
    expect(form.step.value).toBe("write");
    online = true;
    await form.review();
    expect(form.failure.value).toBeNull();
    expect(form.step.value).toBe("sign");
  });
});

describe("signing", () => {
  it("is refused without a signature, and sends nothing", async () => {
    const form = makeForm();
    fill(form);
    await form.review();
    await form.send();
    expect(fields(form)).toEqual(["signature"]);
    expect(sent).toEqual([]);
  });

  it("sends the page and the data, which the reader understands", async () => {
    const form = makeForm();
    fill(form);
    await form.review();
    form.setSignature(SIGNATURE);
    await Promise.all([form.send(), form.send()]);
    expect(form.step.value).toBe("sent");
    expect(sent).toHaveLength(1);
    const [{ author, subject, parts } = { author: { name: "" }, subject: null, parts: [] }] = sent;
    expect(author).toEqual({
      name: "Dr Camille Démo",
      profession: "Médecin",
      speciality: "Médecine générale",
      rpps: "10101234564",
    });
    expect(subject).toEqual({ name: "Łukasz Şahin", birth: "1985-03-02", sex: "male" });
    expect(parts.map(({ name, media }) => [name, media])).toEqual([
      ["ordonnance-2026-08-03.pdf", "application/pdf"],
      ["ordonnance-2026-08-03.fhir.json", "application/fhir+json"],
    ]);
    const issued = "2026-08-03T08:15:00Z";
    const opened: OpenedDocument = { kind: "prescription", issued, author, subject, parts };
    const read = readDocument(opened);
    expect(read.prescription?.lines).toHaveLength(1);
    expect(read.prescription?.issued).toBe(issued);
    expect(read.pdf?.name).toBe("ordonnance-2026-08-03.pdf");
  });

  it("keeps everything when the session is closed, and can be tried again", async () => {
    const form = makeForm();
    fill(form);
    await form.review();
    form.setSignature({ kind: "typed", text: "Camille Démo" });
    sessionOpen = false;
    await form.send();
    expect([form.step.value, form.failure.value?.key]).toEqual(["sign", "send_failed"]);
    sessionOpen = true;
    await form.send();
    expect(sent).toHaveLength(1);
  });

  it("is not signed for whoever cannot unlock", async () => {
    const form = makeForm();
    fill(form);
    await form.review();
    form.setSignature({ kind: "typed", text: "Camille Démo" });
    allowed = false;
    await form.send();
    expect([form.step.value, form.failure.value, sent.length]).toEqual(["sign", null, 0]);
    allowed = true;
    await form.send();
    expect(sent).toHaveLength(1);
  });

  it("forgets the signature when something is changed", async () => {
    const form = makeForm();
    fill(form);
    await form.review();
    form.setSignature(SIGNATURE);
    form.change();
    expect([form.step.value, form.signature.value]).toEqual(["write", null]);
    await form.send();
    expect(sent).toEqual([]);
  });

  it("starts another for the same patient", async () => {
    const form = makeForm();
    fill(form);
    form.another();
    expect(form.draft.value.patient.birth).toBe("1985-03-02");
    expect(form.draft.value.lines[0]?.substance).toBe("");
  });
});

describe("a file of the practice's own software", () => {
  const drop = async (form: PrescriptionForm, bytes: Uint8Array, size = bytes.length) => {
    form.setMode("file");
    await form.takeFile("C:\\fakepath\\ordonnance\u202e.PDF", size, async () => bytes);
  };
  const key = (form: PrescriptionForm): string | undefined => form.problems.value[0]?.key;

  it("is sent as it is, under a name without tricks", async () => {
    const form = makeForm();
    const bytes = await pdfBytes();
    await drop(form, bytes);
    await form.review();
    await form.send();
    expect(sent[0]?.parts).toEqual([
      { name: "C--fakepath-ordonnance.pdf", media: "application/pdf", bytes },
    ]);
    expect(sent[0]?.subject).toEqual({ name: "Łukasz Şahin" });
  });

  it("is needed, with the patient's names", async () => {
    const form = makeForm();
    form.setMode("file");
    form.setPatient({ family: "" });
    await form.review();
    expect(fields(form)).toEqual(["file", "patient.family"]);
  });

  it.each<[string, () => Promise<Uint8Array>]>([
    ["file_empty", async () => new Uint8Array()],
    ["file_not_pdf", async () => new TextEncoder().encode("<html>%PDF-1.7</html>")],
    ["file_damaged", async () => (await pdfBytes()).slice(0, 100)],
    ["file_damaged", async () => new TextEncoder().encode("%PDF-1.7\nnothing of the kind")],
    ["file_pages", () => pdfBytes((pdf) => Array.from({ length: 30 }, () => pdf.addPage()))],
    ["file_active", () => pdfBytes((pdf) => pdf.addJavaScript("x", "app.alert(1)"))],
  ])("is refused with %s", async (problem, make) => {
    const form = makeForm();
    await drop(form, await make());
    expect(key(form)).toBe(problem);
    expect(form.file.value).toBeNull();
  });

  it("is not read at all when it is too large", async () => {
    const form = makeForm();
    form.setMode("file");
    await form.takeFile("a.pdf", 10 * 1024 * 1024 + 1, () => Promise.reject(new Error("read")));
    expect(key(form)).toBe("file_large");
  });

  it("may be mended and chosen again", async () => {
    const form = makeForm();
    await drop(form, new Uint8Array());
    await drop(form, await pdfBytes());
    expect([fields(form), form.file.value?.pages]).toEqual([[], 1]);
  });
});
