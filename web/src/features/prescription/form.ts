/**
 * The prescription being written, as its view sees it: three steps (writing, signing, sent), and
 * the other way in, a PDF of the practice's own software. Nothing leaves before `send` has found
 * everything in order.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { CallModel } from "../consult/call.ts";
import type { Signature } from "../paper/model.ts";
import { localDay, utcSeconds, uuid } from "../paper/stamps.ts";
import type { Clock, Http, Random } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { unprintableFields, unprintableSignature } from "./characters.ts";
import {
  type Draft,
  emptyLine,
  type LineDraft,
  newDraft,
  type PatientDraft,
  withForm,
} from "./draft.ts";
import { LIMITS } from "./limits.ts";
import type { Prescriber, Prescription } from "./model.ts";
import { authorOf, dispensableOf, PDF_MEDIA, pdfName, subjectOf } from "./parts.ts";
import { checkPdfFile, loadPrinting, type Printing, prescriptionParts } from "./printing.ts";
import type { FieldProblem } from "./problems.ts";
import { isEmpty, type Typed } from "./redraft.ts";
import { checkDraft, checkParties, checkSignature } from "./rules.ts";
import { createSteps } from "./steps.ts";

export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly pages: number;
}

export interface PrescriptionForm {
  readonly mode: ReadonlySignal<"write" | "file">;
  readonly step: ReadonlySignal<"write" | "sign" | "sent">;
  readonly draft: ReadonlySignal<Draft>;
  /** What is wrong, in the order of the page; empty until the first try to go on. */
  readonly problems: ReadonlySignal<readonly FieldProblem[]>;
  /** Counts the tries that found problems: a new number asks the view to focus the first of them. */
  readonly attempts: ReadonlySignal<number>;
  /** What is about to be signed, in the step `sign`. */
  readonly prescription: ReadonlySignal<Prescription | null>;
  readonly signature: ReadonlySignal<Signature | null>;
  readonly file: ReadonlySignal<DroppedFile | null>;
  /** The network, or the session: nothing about the form itself. */
  readonly failure: ReadonlySignal<Problem | null>;
  setMode(mode: "write" | "file"): void;
  setPrescriber(changes: Partial<Prescriber>): void;
  setPatient(changes: Partial<PatientDraft>): void;
  setTwoZones(on: boolean): void;
  setLine(index: number, changes: Partial<LineDraft>): void;
  addLine(): void;
  removeLine(index: number): void;
  /** Puts lines that were written before in the place of an empty one, or behind the others. */
  useLines(lines: readonly Typed[]): void;
  setInstructions(text: string): void;
  setSignature(signature: Signature | null): void;
  /** Takes a file in place of the form; `read` gives its bytes. */
  takeFile(name: string, size: number, read: () => Promise<Uint8Array>): Promise<void>;
  /** From `write` to `sign`, if nothing is missing. */
  review(): Promise<void>;
  /** Back to `write`; what was typed stays, the signature does not. */
  change(): void;
  /** Signs, seals and sends. A second call while one is under way does nothing. */
  send(): Promise<void>;
  /** An empty form for the same patient. */
  another(): void;
}

export interface FormWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly http: Http;
  readonly call: Pick<CallModel, "who" | "sendDocument">;
  readonly practitioner: Prescriber;
  /** Asks whether whoever is there may sign. */
  readonly confirm: () => Promise<boolean>;
}

export function createPrescriptionForm(world: FormWorld): PrescriptionForm {
  const { clock, random, http, call } = world;
  const fresh = (): Draft => newDraft(world.practitioner, call.who.peek().name);
  const mode = signal<"write" | "file">("write");
  const draft = signal(fresh());
  const prescription = signal<Prescription | null>(null);
  const file = signal<DroppedFile | null>(null);
  const steps = createSteps();
  const { step, problems, attempts, signature, failure, accept, refuse, guarded } = steps;
  let printing: Promise<Printing> | undefined;
  let keys = 1;

  const circumstances = () => {
    const now = clock.now();
    return { id: uuid(random), issued: utcSeconds(now), date: localDay(now) };
  };

  function edit(next: Draft): void {
    draft.value = next;
    steps.recheck(
      () => (mode.peek() === "write" ? checkDraft(next, circumstances()) : checkParties(next)),
      (field) => field === "file",
    );
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
    if (mode.peek() === "file") return reviewFile();
    const checked = checkDraft(draft.peek(), circumstances());
    if (!accept(checked)) return;
    await guarded(
      async () => {
        const { unprintable } = await printer();
        const unknown = unprintableFields(draft.peek(), unprintable);
        if (unknown.length > 0) {
          refuse(unknown);
          return;
        }
        prescription.value = checked.value;
        signature.value = null;
        step.value = "sign";
      },
      () => void review(),
    );
  }

  function reviewFile(): void {
    const parties = checkParties(draft.peek());
    const missing: FieldProblem[] = file.peek()
      ? []
      : [{ field: "file", key: "file_missing", values: {} }];
    const all = [...missing, ...(parties.ok ? [] : parties.problems)];
    if (accept(all.length === 0 ? { ok: true, value: null } : { ok: false, problems: all })) {
      step.value = "sign";
    }
  }

  async function sendWritten(): Promise<void> {
    const before = prescription.peek();
    const signed = checkSignature(signature.peek());
    if (!before || !accept(signed)) return;
    const made = await printer();
    const unknown = unprintableSignature(signed.value, made.unprintable);
    if (unknown.length > 0) {
      refuse(unknown);
      return;
    }
    // The moment of signing counts, not the moment when the preview was opened.
    const it = { ...before, ...circumstances(), id: before.id };
    const parts = prescriptionParts(it, signed.value, made, () => uuid(random));
    await call.sendDocument(
      "prescription",
      authorOf(it.prescriber),
      subjectOf(it.patient),
      parts,
      dispensableOf(it),
    );
    step.value = "sent";
  }

  async function sendFile(): Promise<void> {
    const dropped = file.peek();
    const parties = checkParties(draft.peek());
    if (!dropped || !accept(parties)) return;
    const { prescriber, patient } = parties.value;
    const part = { name: dropped.name, media: PDF_MEDIA, bytes: dropped.bytes };
    await call.sendDocument("prescription", authorOf(prescriber), subjectOf(patient), [part]);
    step.value = "sent";
  }

  const send = (): Promise<void> =>
    steps.sendOnce(world.confirm, () => (mode.peek() === "write" ? sendWritten() : sendFile()));

  return {
    mode,
    step,
    draft,
    problems,
    attempts,
    prescription,
    signature,
    file,
    failure,
    setMode(next) {
      mode.value = next;
      problems.value = [];
    },
    setPrescriber: (changes) =>
      edit({ ...draft.peek(), prescriber: { ...draft.peek().prescriber, ...changes } }),
    setPatient: (changes) =>
      edit({ ...draft.peek(), patient: { ...draft.peek().patient, ...changes } }),
    setTwoZones: (twoZones) => edit({ ...draft.peek(), twoZones }),
    setLine(index, changes) {
      const lines = draft.peek().lines.map((line, i) => {
        if (i !== index) return line;
        const { form, ...others } = changes;
        return { ...(form === undefined ? line : withForm(line, form)), ...others };
      });
      edit({ ...draft.peek(), lines });
    },
    addLine() {
      const { lines } = draft.peek();
      if (lines.length < LIMITS.lines) {
        keys += 1;
        edit({ ...draft.peek(), lines: [...lines, emptyLine(keys)] });
      }
    },
    useLines(typed) {
      const before = draft.peek().lines.filter((line) => !isEmpty(line));
      const more = typed.slice(0, LIMITS.lines - before.length).map((line) => {
        keys += 1;
        // One that was kept by an older version lacks what has been asked since.
        return { ...emptyLine(keys), ...line, key: keys };
      });
      const twoZones = draft.peek().twoZones || more.some(({ zone }) => zone !== "");
      // The places of lines may change, and with them the names of their fields.
      problems.value = problems.peek().filter(({ field }) => !field.startsWith("lines."));
      edit({ ...draft.peek(), twoZones, lines: [...before, ...more] });
    },
    removeLine(index) {
      // The places of the lines below change, and with them the names of their fields.
      problems.value = problems.peek().filter(({ field }) => !field.startsWith("lines."));
      edit({ ...draft.peek(), lines: draft.peek().lines.filter((_, i) => i !== index) });
    },
    setInstructions: (instructions) => edit({ ...draft.peek(), instructions }),
    setSignature(next) {
      signature.value = next;
      problems.value = [];
    },
    async takeFile(name, size, read) {
      file.value = null;
      const refuseFile = (key: FieldProblem["key"], values: FieldProblem["values"]): void =>
        refuse([{ field: "file", key, values }]);
      // A file beyond the limit is not even read.
      if (size > LIMITS.pdf.bytes) {
        refuseFile("file_large", { megabytes: LIMITS.pdf.bytes / 1024 / 1024 });
        return;
      }
      await guarded(
        async () => {
          const bytes = await read();
          const finding = await checkPdfFile(bytes);
          if (!finding.ok) refuseFile(finding.key, finding.values);
          else {
            file.value = { name: pdfName(name), bytes, pages: finding.pages };
            problems.value = problems.peek().filter(({ field }) => field !== "file");
          }
        },
        () => undefined,
      );
    },
    review,
    change() {
      step.value = "write";
      prescription.value = null;
      signature.value = null;
      problems.value = [];
    },
    send,
    another() {
      draft.value = { ...fresh(), patient: draft.peek().patient };
      prescription.value = null;
      signature.value = null;
      file.value = null;
      problems.value = [];
      step.value = "write";
    },
  };
}
