/** Reports and letters: being written, in the states that no visit begins with, and as read. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { Documents } from "../../src/features/documents/view/documents.tsx";
import { authorOf, FHIR_MEDIA, PDF_MEDIA } from "../../src/features/prescription/parts.ts";
import { reportBundle } from "../../src/features/reports/fhir/bundle.ts";
import {
  createReportForm,
  type FormWorld,
  type ReportForm,
} from "../../src/features/reports/form.ts";
import { Journal } from "../../src/features/reports/journal.ts";
import { subjectOf } from "../../src/features/reports/parts.ts";
import { checkDraft } from "../../src/features/reports/rules.ts";
import type { Template } from "../../src/features/reports/templates.ts";
import { ReportSteps } from "../../src/features/reports/view/report.tsx";
import { Page, ScreenTitle } from "../../src/ui/page.tsx";
import { PRESCRIBER, SIGNATURE, uuids, WHEN } from "../prescription/samples.ts";
import { KNOWN, REPORTS } from "../reports/samples.ts";
import { links } from "./links.tsx";

const NAME = "Łukasz Şahin";
const TEMPLATES: readonly (Template & { readonly id: string })[] = [
  { id: "1", name: "Suivi d’asthme", kind: "consultation", sections: [] },
  {
    id: "2",
    name: "Courrier au cardiologue, avec un nom qui est long",
    kind: "letter",
    sections: [],
  },
];
const clock = { now: () => Date.UTC(2026, 7, 3, 8, 15), after: () => () => undefined };

export const reportWorld: Omit<FormWorld, "call" | "documents" | "seen" | "practitioner"> = {
  links: links(),
  clock,
  random: (n) => crypto.getRandomValues(new Uint8Array(n)),
  // The fonts, which the page asks for before it shows what is to be signed.
  async http({ target }) {
    const response = await fetch(target);
    const { status, headers } = response;
    return { status, headers, body: new Uint8Array(await response.arrayBuffer()) };
  },
  templates: { list: signal(TEMPLATES), add: async () => true, remove: async () => undefined },
  confirm: async () => true,
};

/** Of a consult that began, was interrupted and is over. */
export function seen(): Journal {
  let now = Date.UTC(2026, 7, 3, 7, 50);
  const journal = new Journal({ now: () => now });
  const link = signal<"secure" | "reconnecting">("secure");
  journal.watch({ link, since: signal(now), authenticationString: signal("1111 2222 3333") });
  now += 300_000;
  link.value = "reconnecting";
  now += 20_000;
  link.value = "secure";
  now += 1_000_000;
  journal.over(null);
  return journal;
}

const who = signal({ name: NAME, reason: "Toux depuis une semaine" });
const there = { who, sendDocument: async () => undefined };

const written = (journal: Journal | null = seen(), call: FormWorld["call"] = there): ReportForm =>
  createReportForm({
    ...reportWorld,
    call,
    documents: signal([]),
    seen: journal,
    practitioner: PRESCRIBER,
  });

const shown = (form: ReportForm): ComponentChild => (
  <Page>
    <div class="column stack">
      <ScreenTitle>Aparté</ScreenTitle>
      <ReportSteps form={form} name={NAME} onClose={() => undefined} />
    </div>
  </Page>
);

async function reviewed(change: (form: ReportForm) => void): Promise<ComponentChild> {
  const form = written();
  change(form);
  await form.review();
  return shown(form);
}

/** As its reader sees it, once everything was checked. */
function read(name: string, altered = false): ComponentChild {
  const sample = REPORTS[name];
  const checked = sample && checkDraft(sample, WHEN, KNOWN);
  if (!checked?.ok) throw new Error("the sample is wrong");
  const bundle = JSON.stringify(reportBundle(checked.value, uuids()));
  const text = new TextEncoder();
  const document = {
    kind: "report",
    issued: WHEN.issued,
    author: authorOf(PRESCRIBER),
    subject: subjectOf(checked.value),
    parts: [
      { name: "a.pdf", media: PDF_MEDIA, bytes: text.encode("%PDF-1.7 …") },
      { name: "a.json", media: FHIR_MEDIA, bytes: text.encode(altered ? "{}" : bundle) },
    ],
  } as const;
  const line = { id: name, mine: false, at: WHEN.issued, problem: null } as const;
  const verified = {
    ...line,
    kind: "report",
    state: "verified",
    document: signal(document),
  } as const;
  return (
    <Page>
      <div class="column stack">
        <ScreenTitle>Aparté</ScreenTitle>
        <h2>Documents</h2>
        <Documents documents={signal([verified])} />
      </div>
    </Page>
  );
}

export const reports: Readonly<Record<string, () => ComponentChild | Promise<ComponentChild>>> = {
  write: () => {
    const form = written();
    form.addSection();
    return shown(form);
  },
  letter: () =>
    reviewed((form) => {
      form.setKind("letter");
      form.setPatient({ family: "" });
    }),
  unseen: () => shown(written(null)),
  record: () => {
    const form = written();
    form.setKind("record");
    return shown(form);
  },
  sign: () =>
    reviewed((form) => form.setSection("conclusion", { text: "Bronchite aiguë.\n\nRepos." })),
  "sign-record": () => reviewed((form) => form.setKind("record")),
  /** Of somebody who has left, and keeps nothing. */
  left: async () => {
    const form = written(seen(), { who });
    await form.review();
    return shown(form);
  },
  "left-linked": async () => {
    const form = written(seen(), { who });
    await form.review();
    form.setSignature(SIGNATURE);
    await form.makeLink();
    return shown(form);
  },
  sent: async () => {
    const form = written();
    form.setSection("conclusion", { text: "Bronchite aiguë." });
    await form.review();
    form.setSignature(SIGNATURE);
    await form.send();
    return shown(form);
  },
  read: () => read("consultation"),
  "read-letter": () => read("letter"),
  "read-record": () => read("record"),
  "read-pdf": () => read("consultation", true),
};
