/** A report on its way: written at a desk within a consult, signed, and read by the patient. */
import { readFileSync } from "node:fs";
import { signal } from "@preact/signals";
import { describe, expect, it, vi } from "vitest";
import { readDocument } from "../../src/features/documents/reader.ts";
import { createOpening } from "../../src/features/links/opening.ts";
import type { Http } from "../../src/features/ports.ts";
import { createReportForm, type ReportForm } from "../../src/features/reports/form.ts";
import { createTemplates } from "../../src/features/reports/templates.ts";
import { concat } from "../../src/sealing/encoding.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { FONTS } from "../prescription/fonts.ts";
import { keptTexts } from "../prescription/kept.ts";
import { PRESCRIBER, SIGNATURE } from "../prescription/samples.ts";
import { settle } from "./world/clock.ts";
import { type Consult, deskCall, secure, talking } from "./world/consults.ts";
import { Workbench } from "./world/jobs.ts";
import { Browser } from "./world/world.ts";

// The pages fetch these late: a clock that a test turns does not wait for the disk.
import "../../src/features/consult/sealed-parts.ts";
import "../../src/features/links/making.ts";
import "../../src/features/links/opened.ts";
import "@scure/bip39/wordlists/english.js";
import "@scure/bip39/wordlists/french.js";

const fonts: Http = async ({ target }) => {
  const body = readFileSync(target.includes("Bold") ? FONTS.bold : FONTS.regular);
  return { status: 200, headers: new Headers(), body: new Uint8Array(body) };
};

// What stretching costs is the vectors' business.
vi.mock("../../src/sealing/stretch.ts", () => ({
  stretchBytes: async (secret: Uint8Array, { salt }: { salt: Uint8Array }) =>
    hash(concat(secret, salt)),
}));

function formOf({ world, desk }: Consult): ReportForm {
  const call = deskCall(desk);
  const consult = desk.current.value;
  const [first] = consult?.calls.value ?? [];
  if (!call || !consult || !first) throw new Error("they talk");
  return createReportForm({
    clock: world.clock,
    random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    http: fonts,
    call,
    documents: call.documents,
    seen: consult.seen.get(first.key) ?? null,
    practitioner: PRESCRIBER,
    templates: createTemplates(signal(keptTexts())),
    links: desk.links.value,
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

  it("can be handed over by a link to somebody who keeps nothing, after the end", async () => {
    const { world, desk } = await talking();
    const consult = desk.current.value;
    expect(consult?.past.value).toEqual([]);
    await consult?.end();
    await world.clock.until(() => consult?.state.value === "ended");
    const [person] = consult?.past.value ?? [];
    if (!person) throw new Error("nobody was there");
    expect(person.call.who.value.name).toBe("Ana Martin");
    const form = createReportForm({
      clock: world.clock,
      random: (n) => crypto.getRandomValues(new Uint8Array(n)),
      http: fonts,
      call: person.call,
      documents: person.documents,
      seen: person.seen,
      practitioner: PRESCRIBER,
      templates: createTemplates(desk.kept),
      links: desk.links.value,
      confirm: async () => true,
    });
    await form.review();
    form.setSignature(SIGNATURE);
    await form.makeLink();
    expect(form.linkProblem.value).toBeNull();
    const link = form.link.value;
    const words = (await form.words("fr")).join(" ");
    const { platform } = world.page(new Browser(), link?.url.split("#")[1] ?? "");
    const reader = new Workbench(world, new Browser());
    const { runJob, received, engine, decoders, renderers, line } = reader;
    const page = createOpening({
      ...platform,
      runJob,
      received,
      engine,
      decoders,
      renderers,
      line,
    });
    await world.clock.until(() => page.state.value === "asking");
    await page.open(words);
    const found = page.found.value;
    const opened = found?.document?.document.value;
    if (!opened) throw new Error(`nothing was opened: ${page.problem.value?.key}`);
    const { report } = readDocument(opened);
    expect(report?.kind).toBe("record");
    const course = report?.sections.find(({ key }) => key === "course")?.text;
    expect(course).toMatch(/^Fin\s: 1 mars 2026/m);
    expect(found?.author).not.toBeNull();
  });
});
