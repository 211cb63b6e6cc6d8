/**
 * The report or letter being written, as its view sees it: writing, signing, sent. Nothing leaves
 * before `send` has found everything in order.
 */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { CallModel, DocumentLine, OpenedPart } from "../consult/call.ts";
import type { LinkLine, LinksModel } from "../links/model.ts";
import type { LinkDocument } from "../links/written.ts";
import type { Signature, Signer } from "../paper/model.ts";
import { localDay, utcSeconds, uuid } from "../paper/stamps.ts";
import type { Clock, Http, Random } from "../ports.ts";
import { unprintableSignature } from "../prescription/characters.ts";
import { authorOf } from "../prescription/parts.ts";
import { checkSignature } from "../prescription/rules.ts";
import { createSteps, type Steps } from "../prescription/steps.ts";
import type { Problem } from "../problems.ts";
import type { SheetLanguage } from "../recovery/words.ts";
import { unprintableFields } from "./characters.ts";
import { type Draft, newDraft, ownSection, type SectionDraft, withKind } from "./draft.ts";
import type { Seen } from "./journal.ts";
import type { Kind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";
import type { Report } from "./model.ts";
import { reportParts, subjectOf } from "./parts.ts";
import { loadPrinting, localMoment, type Printing } from "./printing.ts";
import type { Checks } from "./record.ts";
import { checkDraft, type Known } from "./rules.ts";
import { type Template, type Templates, templateOf, withTemplate } from "./templates.ts";

type Shown = Pick<Steps, "step" | "problems" | "attempts" | "signature" | "failure">;

export interface ReportForm extends Shown {
  readonly draft: ReadonlySignal<Draft>;
  /** What is about to be signed, in the step `sign`. */
  readonly report: ReadonlySignal<Report | null>;
  readonly templates: Templates["list"];
  /** Whether this page saw the consult: only then is there a record of it. */
  readonly recordable: boolean;
  setKind(kind: Kind): void;
  setPrescriber(changes: Partial<Signer>): void;
  setPatient(changes: Partial<Draft["patient"]>): void;
  setRecipient(recipient: string): void;
  setChecks(changes: Partial<Checks>): void;
  setSection(id: string, changes: Partial<Pick<SectionDraft, "title" | "text">>): void;
  addSection(): void;
  removeSection(id: string): void;
  useTemplate(template: Template): void;
  /** False where nothing was kept: it has no name, or there is no room. */
  keepTemplate(name: string): Promise<boolean>;
  removeTemplate(id: string): Promise<void>;
  setSignature(signature: Signature | null): void;
  /** From `write` to `sign`, if nothing is missing. */
  review(): Promise<void>;
  /** Back to `write`; what was typed stays, the signature does not. */
  change(): void;
  /** Whether the person can be sent it, and whether a link can be made. */
  readonly sendable: boolean;
  readonly linkable: boolean;
  /** Signs, seals and sends. */
  send(): Promise<void>;
  /** It is in their mailbox, or on its way. */
  readonly mailed: ReadonlySignal<boolean>;
  /** Signs it, and makes a sealed link: in the place of sending it, or after that. */
  makeLink(): Promise<void>;
  /** The link, once there is one; and why there is none: as many as may be, or a problem. */
  readonly link: ReadonlySignal<LinkLine | null>;
  readonly tooMany: ReadonlySignal<boolean>;
  readonly linkProblem: ReadonlySignal<Problem | null>;
  /** The five words of the link. */
  words(language: SheetLanguage): Promise<readonly string[]>;
  /** An empty form for the same patient. */
  another(): void;
}

/** Somebody whom something is written for. */
export type Recipient = Pick<CallModel, "who"> & Partial<Pick<CallModel, "sendDocument">>;

export interface FormWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly http: Http;
  /** Whom it is for; nothing can be sent to somebody who has no mailbox any more. */
  readonly call: Recipient;
  /** Makes sealed links; null where none can be made. */
  readonly links: Pick<LinksModel, "hand" | "words" | "problem"> | null;
  /** What went between the two. */
  readonly documents: ReadonlySignal<readonly DocumentLine[]>;
  /** Null where this page did not see the consult. */
  readonly seen: Seen | null;
  readonly practitioner: Signer;
  readonly templates: Templates;
  /** Asks whether whoever is there may sign. */
  readonly confirm: () => Promise<boolean>;
}

export function createReportForm(world: FormWorld): ReportForm {
  const { clock, random, http, call, links, documents, seen, templates } = world;
  const fresh = (): Draft => {
    const { name, reason = "" } = call.who.peek();
    const begun = newDraft(world.practitioner, { name, reason });
    // Of somebody who has left it is the record that is wanted.
    return call.sendDocument || !seen ? begun : withKind(begun, "record");
  };
  const steps = createSteps();
  const { step, problems, attempts, signature, failure } = steps;
  const draft = signal(fresh());
  const report = signal<Report | null>(null);
  const mailed = signal(false);
  const link = signal<LinkLine | null>(null);
  const tooMany = signal(false);
  const none = signal<Problem | null>(null);
  let sent: LinkDocument | null = null;
  let printing: Promise<Printing> | undefined;
  let numbers = 0;
  const number = (): number => ++numbers;

  const check = (id: string) => {
    const now = clock.now();
    const when = { id, issued: utcSeconds(now), date: localDay(now) };
    return checkDraft(draft.peek(), when, known(seen, documents.peek(), now));
  };

  function edit(changes: Partial<Draft>): void {
    draft.value = { ...draft.peek(), ...changes };
    steps.recheck(() => check(""));
  }

  /** The places of sections change, and with them the names of their fields. */
  function rearrange(next: Draft): void {
    problems.value = [];
    draft.value = next;
  }

  /** The printing code and fonts, fetched once; after a failure, again. */
  function printer(): Promise<Printing> {
    printing ??= loadPrinting(http).catch((error: unknown) => {
      printing = undefined;
      throw error;
    });
    return printing;
  }

  async function review(): Promise<void> {
    const checked = check(uuid(random));
    if (!steps.accept(checked)) return;
    await steps.guarded(
      async () => {
        const { unprintable } = await printer();
        const unknown = unprintableFields(draft.peek(), unprintable);
        if (unknown.length > 0) {
          steps.refuse(unknown);
          return;
        }
        report.value = checked.value;
        signature.value = null;
        step.value = "sign";
      },
      () => void review(),
    );
  }

  /** What is to be signed; null where something is missing. */
  async function write(): Promise<Making | null> {
    const before = report.peek();
    const signed = checkSignature(signature.peek());
    if (!before || !steps.accept(signed)) return null;
    const made = await printer();
    const unknown = unprintableSignature(signed.value, made.unprintable);
    if (unknown.length > 0) {
      steps.refuse(unknown);
      return null;
    }
    // What was read is what is signed, at the moment of signing; a record is of when it was composed.
    const now = clock.now();
    const it = { ...before, issued: utcSeconds(now), date: localDay(now) };
    const parts = reportParts(it, signed.value, made, () => uuid(random));
    return { kind: "report", author: authorOf(it.author), subject: subjectOf(it), parts };
  }

  async function sendWritten(): Promise<void> {
    const made = await write();
    if (!made || !call.sendDocument) return;
    const { kind, author, subject, parts } = made;
    await call.sendDocument(kind, author, subject, parts);
    sent = await whole(made);
    batch(() => {
      mailed.value = true;
      step.value = "sent";
    });
  }

  /** Of what was sent it is the very same pages. */
  async function linkWritten(): Promise<void> {
    const made = sent ? null : await write();
    const document = sent ?? (made && (await whole(made)));
    const line = document && (await links?.hand(document, LIMITS.link));
    tooMany.value = line === "many";
    if (!line || line === "many") return;
    batch(() => {
      link.value = line;
      step.value = "sent";
    });
  }

  const back = (next: Draft): void => {
    draft.value = next;
    step.value = "write";
    report.value = null;
    signature.value = null;
    problems.value = [];
    sent = null;
    mailed.value = false;
    link.value = null;
  };

  return {
    step,
    problems,
    attempts,
    signature,
    failure,
    draft,
    report,
    templates: templates.list,
    recordable: seen !== null,
    setKind: (kind) => rearrange(withKind(draft.peek(), kind)),
    setPrescriber: (changes) => edit({ prescriber: { ...draft.peek().prescriber, ...changes } }),
    setPatient: (changes) => edit({ patient: { ...draft.peek().patient, ...changes } }),
    setRecipient: (recipient) => edit({ recipient }),
    setChecks: (changes) => edit({ checks: { ...draft.peek().checks, ...changes } }),
    setSection(id, changes) {
      const { sections } = draft.peek();
      edit({ sections: sections.map((one) => (one.id === id ? { ...one, ...changes } : one)) });
    },
    addSection() {
      const { sections } = draft.peek();
      if (sections.length < LIMITS.sections)
        edit({ sections: [...sections, ownSection(number())] });
    },
    removeSection(id) {
      const sections = draft.peek().sections.filter((one) => one.id !== id);
      rearrange({ ...draft.peek(), sections });
    },
    useTemplate: (template) => rearrange(withTemplate(draft.peek(), template, number)),
    async keepTemplate(name) {
      const template = templateOf(name, draft.peek());
      return template !== null && (await templates.add(template));
    },
    removeTemplate: templates.remove,
    setSignature(next) {
      signature.value = next;
      problems.value = [];
    },
    review,
    change: () => back(draft.peek()),
    sendable: call.sendDocument !== undefined,
    linkable: links !== null,
    send: () => steps.sendOnce(world.confirm, sendWritten),
    mailed,
    makeLink: () => steps.sendOnce(world.confirm, linkWritten, mailed.peek() ? "sent" : "sign"),
    link,
    tooMany,
    linkProblem: links?.problem ?? none,
    words: async (language) => (await links?.words(link.peek()?.id ?? "", language)) ?? [],
    another: () => back({ ...fresh(), patient: draft.peek().patient }),
  };
}

/** What was written, while its pages are being made. */
interface Making extends Omit<LinkDocument, "name" | "parts"> {
  readonly parts: Promise<readonly OpenedPart[]>;
}

async function whole({ parts: making, ...made }: Making): Promise<LinkDocument> {
  const parts = await making;
  return { ...made, parts, name: parts[0]?.name ?? "" };
}

/** What is known of the consult at a moment. */
function known(seen: Seen | null, documents: readonly DocumentLine[], now: number): Known {
  const [began, ended] = [seen?.began.peek() ?? null, seen?.ended.peek() ?? null];
  const start = began === null ? null : utcSeconds(began);
  const consult = start && { start, end: ended === null ? null : utcSeconds(ended) };
  if (!seen) return { consult: null, facts: null };
  const happened = { watched: seen.watched, began, ended, incidents: seen.incidents.peek() };
  return {
    consult: consult || null,
    facts: { seen: happened, documents, now, moment: localMoment },
  };
}
