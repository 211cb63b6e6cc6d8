import { readFileSync } from "node:fs";
import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import type { CallModel, OpenedDocument } from "../../src/features/consult/call.ts";
import { readDocument } from "../../src/features/documents/reader.ts";
import type { LinkLine } from "../../src/features/links/model.ts";
import type { LinkDocument } from "../../src/features/links/written.ts";
import type { Http } from "../../src/features/ports.ts";
import type { Problem } from "../../src/features/problems.ts";
import { createReportForm } from "../../src/features/reports/form.ts";
import { Journal } from "../../src/features/reports/journal.ts";
import { createTemplates } from "../../src/features/reports/templates.ts";
import { FONTS } from "../prescription/fonts.ts";
import { keptTexts } from "../prescription/kept.ts";
import { PRESCRIBER, SIGNATURE } from "../prescription/samples.ts";

let sent: OpenedDocument[];
let handed: LinkDocument[];
let allowed: boolean;
let online: boolean;

const clock = { now: () => Date.UTC(2026, 7, 3, 8, 15), after: () => () => undefined };

const LINE: LinkLine = {
  id: "a",
  name: "",
  size: 1,
  upload: "a",
  to: "",
  mailed: null,
  created: 0,
  expires: 1,
  openings: 3,
  used: 0,
  state: "open",
  url: "https://consult.exemple/link/#1.A",
};
let full = false;
const linkProblem = signal<Problem | null>(null);
const take: CallModel["sendDocument"] = async (kind, author, subject, parts) => {
  sent.push({ kind, issued: "2026-08-03T08:15:00Z", author, subject, parts: await parts });
};

function makeForm(seen: Journal | null = new Journal(clock), there = true) {
  const http: Http = async ({ target }) => {
    if (!online) throw new TypeError("no answer");
    const body = readFileSync(target.includes("Bold") ? FONTS.bold : FONTS.regular);
    return { status: 200, headers: new Headers(), body: new Uint8Array(body) };
  };
  let byte = 0;
  return createReportForm({
    clock,
    random: (n) => Uint8Array.from({ length: n }, () => byte++ & 0xff),
    http,
    practitioner: PRESCRIBER,
    confirm: async () => allowed,
    documents: signal([]),
    seen,
    templates: createTemplates(signal(keptTexts())),
    links: {
      problem: linkProblem,
      words: async (id) => [id, "b", "c", "d", "e"],
      async hand(document) {
        handed.push(document);
        const name = document.parts[0]?.name ?? "";
        if (full) return "many";
        return linkProblem.value ? null : { ...LINE, name };
      },
    },
    call: {
      who: signal({ name: "Łukasz Şahin", reason: "Toux" }),
      ...(there ? { sendDocument: take } : {}),
    },
  });
}

beforeEach(() => {
  sent = [];
  handed = [];
  linkProblem.value = null;
  allowed = true;
  online = true;
});

describe("a report being written", () => {
  it("is signed and sent as what its reader reads", async () => {
    const form = makeForm();
    form.setSection("conclusion", { text: "Bronchite." });
    await form.review();
    expect(form.step.value).toBe("sign");
    form.setSignature(SIGNATURE);
    await form.send();
    expect(form.step.value).toBe("sent");
    const [opened] = sent;
    if (!opened) throw new Error("nothing was sent");
    expect(opened.kind).toBe("report");
    const read = readDocument(opened);
    expect(read.report?.sections.map(({ text }) => text)).toEqual(["Toux", "Bronchite."]);
    expect(read.pdf?.name).toBe("compte-rendu-2026-08-03.pdf");
  });

  it("is not signed for whoever cannot unlock, and not without a signature", async () => {
    const form = makeForm();
    await form.review();
    await form.send();
    expect(form.problems.value.map(({ field }) => field)).toEqual(["signature"]);
    form.setSignature(SIGNATURE);
    allowed = false;
    await form.send();
    expect([form.step.value, sent.length]).toEqual(["sign", 0]);
  });

  it("names the characters that cannot be printed", async () => {
    const form = makeForm();
    form.setSection("plan", { text: "王" });
    await form.review();
    expect(form.problems.value).toMatchObject([{ field: "sections.4.text", key: "unprintable" }]);
  });

  it("says so when the fonts do not come, and goes on when they do", async () => {
    const form = makeForm();
    online = false;
    await form.review();
    expect(form.failure.value?.key).toBe("send_failed");
    online = true;
    await form.review();
    expect(form.step.value).toBe("sign");
  });

  it("adds and removes sections, up to a limit", () => {
    const form = makeForm();
    for (let i = 0; i < 20; i++) form.addSection();
    expect(form.draft.value.sections).toHaveLength(12);
    form.removeSection("reason");
    expect(form.draft.value.sections.map(({ key }) => key)).not.toContain("reason");
  });

  it("keeps templates by name, and begins with one", async () => {
    const form = makeForm();
    form.setSection("plan", { text: "Revoir dans un mois." });
    expect(await form.keepTemplate("")).toBe(false);
    expect(await form.keepTemplate("Suivi")).toBe(true);
    form.another();
    const [template] = form.templates.value;
    if (!template) throw new Error("none was kept");
    form.useTemplate(template);
    expect(form.draft.value.sections.at(-1)?.text).toBe("Revoir dans un mois.");
    await form.removeTemplate(template.id);
    expect(form.templates.value).toEqual([]);
  });

  it("goes to somebody who has left by a link, and by nothing else", async () => {
    const form = makeForm(new Journal(clock), false);
    expect([form.sendable, form.linkable, form.draft.value.kind]).toEqual([false, true, "record"]);
    await form.review();
    form.setSignature(SIGNATURE);
    await form.send();
    expect([form.step.value, sent]).toEqual(["sign", []]);
    linkProblem.value = { key: "offline", loud: false };
    await form.makeLink();
    expect([form.step.value, form.linkProblem.value?.key]).toEqual(["sign", "offline"]);
    linkProblem.value = null;
    full = true;
    await form.makeLink();
    expect([form.step.value, form.tooMany.value]).toEqual(["sign", true]);
    full = false;
    await form.makeLink();
    expect([form.step.value, form.mailed.value]).toEqual(["sent", false]);
    expect(form.link.value?.name).toMatch(/^releve-.*\.pdf$/);
    expect(await form.words("fr")).toEqual(["a", "b", "c", "d", "e"]);
    const document = handed.at(-1);
    if (!document) throw new Error("nothing was handed over");
    const read = readDocument({ ...document, issued: "2026-08-03T08:15:00Z" });
    expect(read.report?.kind).toBe("record");
    // There is one link of it.
    await form.makeLink();
    expect(handed).toHaveLength(3);
    form.another();
    expect([form.step.value, form.link.value]).toEqual(["write", null]);
  });

  it("that was sent goes by a link, too, with the very same pages", async () => {
    const form = makeForm();
    form.setSection("conclusion", { text: "Bronchite." });
    await form.review();
    form.setSignature(SIGNATURE);
    await form.send();
    expect([form.step.value, form.mailed.value, form.link.value]).toEqual(["sent", true, null]);
    await form.makeLink();
    expect(handed[0]?.parts).toEqual(sent[0]?.parts);
    expect(form.link.value?.id).toBe("a");
  });

  it("makes no link where the lock is not opened", async () => {
    const form = makeForm();
    form.setSection("conclusion", { text: "Bronchite." });
    await form.review();
    form.setSignature(SIGNATURE);
    allowed = false;
    await form.makeLink();
    expect([form.step.value, handed]).toEqual(["sign", []]);
  });

  it("is a record only of a consult that was seen", async () => {
    expect(makeForm(null).recordable).toBe(false);
    const form = makeForm();
    form.setKind("record");
    await form.review();
    expect(form.report.value?.sections.map(({ key }) => key)).toContain("incidents");
  });
});
