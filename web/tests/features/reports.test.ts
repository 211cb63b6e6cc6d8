/** A report on its way: written at a desk within a consult, signed, and read by the patient. */
import { readFileSync } from "node:fs";
import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { readDocument } from "../../src/features/documents/reader.ts";
import type { Http } from "../../src/features/ports.ts";
import { createReportForm, type ReportForm } from "../../src/features/reports/form.ts";
import { createTemplates } from "../../src/features/reports/templates.ts";
import { FONTS } from "../prescription/fonts.ts";
import { keptTexts } from "../prescription/kept.ts";
import { PRESCRIBER, SIGNATURE } from "../prescription/samples.ts";
import { settle } from "./world/clock.ts";
import { type Consult, deskCall, secure, talking } from "./world/consults.ts";

// The pages fetch these late: a clock that a test turns does not wait for the disk.
import "../../src/features/consult/sealed-parts.ts";

function formOf({ world, desk }: Consult): ReportForm {
  const call = deskCall(desk);
  const consult = desk.current.value;
  const [first] = consult?.calls.value ?? [];
  if (!call || !consult || !first) throw new Error("they talk");
  const http: Http = async ({ target }) => {
    const body = readFileSync(target.includes("Bold") ? FONTS.bold : FONTS.regular);
    return { status: 200, headers: new Headers(), body: new Uint8Array(body) };
  };
  return createReportForm({
    clock: world.clock,
    random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    http,
    call,
    documents: call.documents,
    seen: consult.seen.get(first.key) ?? null,
    practitioner: PRESCRIBER,
    templates: createTemplates(signal(keptTexts())),
    confirm: async () => true,
  });
}

async function signed(form: ReportForm): Promise<void> {
  form.setPatient({ given: "Ana", family: "Martin" });
  await form.review();
  form.setSignature(SIGNATURE);
  await form.send();
  expect(form.step.value).toBe("sent");
}

describe("a report", () => {
  it("is read by the patient as it was signed", async () => {
    const consult = await talking();
    const { world, guest, desk } = consult;
    const form = formOf(consult);
    form.setSection("conclusion", { text: "Bronchite." });
    await signed(form);
    await world.clock.until(() => guest.call.value?.documents.value[0]?.state === "verified");
    const [line] = guest.call.value?.documents.value ?? [];
    expect(line?.kind).toBe("report");
    const opened = line?.document.value;
    if (!opened) throw new Error("nothing was opened");
    const read = readDocument(opened);
    expect(read.report?.kind).toBe("consultation");
    expect(read.report?.sections.at(-1)).toMatchObject({ key: "conclusion", text: "Bronchite." });
    await world.clock.until(() => deskCall(desk)?.documents.value[0]?.state === "verified");
  });
});

describe("a record", () => {
  it("says what the desk saw: the beginning, an interruption, the documents", async () => {
    const consult = await talking();
    const { world, guest, desk } = consult;
    await signed(formOf(consult));
    await world.clock.until(() => deskCall(desk)?.documents.value[0]?.state === "verified");
    const seen = desk.current.value?.seen.values().next().value;
    expect(seen?.began.value).not.toBeNull();
    guest.leave();
    await world.clock.until(() => seen?.ended.value !== null);
    expect(seen?.incidents.value.map(({ what }) => what)).toEqual(["left"]);
    await guest.comeBack();
    await world.clock.until(() => desk.waiting.value.length === 1);
    await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => secure(consult), 15_000);
    await settle();
    const form = formOf(consult);
    form.setKind("record");
    await signed(form);
    const sections = form.report.value?.sections ?? [];
    const text = (key: string) => sections.find((one) => one.key === key)?.text ?? "";
    expect(text("incidents").split("\n")).toEqual([
      expect.stringContaining("n’était plus dans la consultation"),
      expect.stringContaining("est revenu"),
    ]);
    expect(text("documents")).toContain("compte rendu ou courrier, du praticien au patient");
    expect(text("course")).toContain("n’était pas terminée");
  });

  it("knows its end once the consult is over", async () => {
    const { world, desk } = await talking();
    const consult = desk.current.value;
    const seen = consult?.seen.values().next().value;
    await consult?.end();
    await world.clock.until(() => consult?.state.value === "ended");
    expect(seen?.ended.value).not.toBeNull();
    expect(seen?.incidents.value).toEqual([]);
  });
});
