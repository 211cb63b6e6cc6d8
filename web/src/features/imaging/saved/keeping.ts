/** Saves what was drawn, and opens what was saved. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Line, Platform, Received } from "../../ports.ts";
import type { DecoderNeeds } from "../decoder.ts";
import { grouped } from "../grouping.ts";
import type { Drawings } from "../marking.ts";
import type { Answers, Question } from "../practice/model.ts";
import type { Layer } from "./layers.ts";
import type { Drawing, Seen } from "./model.ts";

/**
 * `save`: it could not be written; `none`: the file has no marks; `open`: it cannot be read;
 * `practice`: the practice's desk could not do it.
 */
export type KeepingProblem = "save" | "none" | "open" | "practice";

export interface KeepingModel {
  readonly layers: ReadonlySignal<readonly Layer[]>;
  readonly hidden: ReadonlySignal<ReadonlySet<string>>;
  /** Files of marks that could not be shown. */
  readonly unread: ReadonlySignal<number>;
  /** There is something that could be saved. */
  readonly ready: ReadonlySignal<boolean>;
  readonly busy: ReadonlySignal<boolean>;
  /** What is drawn now is in a file. */
  readonly saved: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<KeepingProblem | null>;
  /** Whose desk is open in this browser; null where none is, or it is locked. */
  readonly practice: ReadonlySignal<string | null>;
  /** Marks of the practice that could not be had. */
  readonly missing: ReadonlySignal<number>;
  /** Looks for the desk again, and for what it keeps. */
  look(): Promise<void>;
  /** Signed by the desk's device, sealed, for all devices of the practice. */
  savePractice(): Promise<void>;
  /** Takes a layer of the practice's out, on all its devices. */
  erase(id: string): Promise<void>;
  show(id: string, shown: boolean): void;
  /** `by`: who drew, as they say it. */
  saveFile(by: string): Promise<void>;
  openFile(file: File): Promise<void>;
}

export interface KeepingNeeds extends Pick<Platform, "clock" | "random"> {
  readonly decoders: DecoderNeeds;
  readonly received: Pick<Received, "saveBlob">;
  readonly line: Pick<Line, "ask">;
}

/** Milliseconds: for a desk that is there, and for one that asks the server. */
const [AT_ONCE, PATIENCE] = [10_000, 60_000];

/** What was drawn, study by study: each has a document of its own. */
function byStudy({ drawn, chosen }: Drawing): ReadonlyMap<string, Drawing> {
  const studyOf = ({ origin }: Seen): string => origin.study;
  const all = [...drawn.map(({ seen }) => seen), ...chosen];
  return new Map(
    grouped(all, studyOf).map(([first]) => {
      const study = studyOf(first);
      const part = {
        drawn: drawn.filter(({ seen }) => studyOf(seen) === study),
        chosen: chosen.filter((seen) => studyOf(seen) === study),
      };
      return [study, part];
    }),
  );
}

export class Keeping implements KeepingModel {
  readonly layers: ReadonlySignal<readonly Layer[]>;
  readonly hidden: ReadonlySignal<ReadonlySet<string>>;
  readonly unread: ReadonlySignal<number>;
  readonly ready: ReadonlySignal<boolean>;
  readonly busy = signal(false);
  readonly saved: ReadonlySignal<boolean>;
  readonly problem = signal<KeepingProblem | null>(null);
  readonly practice = signal<string | null>(null);
  readonly missing = signal(0);
  #studies: readonly string[] = [];
  readonly #drawings: Drawings;
  readonly #needs: KeepingNeeds;
  /** What was saved last. */
  readonly #last = signal<unknown>(null);

  constructor(needs: KeepingNeeds, drawings: Drawings) {
    const { saved, drawing } = drawings;
    this.#needs = needs;
    this.#drawings = drawings;
    this.layers = saved.list;
    this.hidden = saved.hidden;
    this.unread = saved.unread;
    this.ready = computed(() => drawing.value.drawn.length + drawing.value.chosen.length > 0);
    this.saved = computed(() => this.ready.value && this.#last.value === drawing.value);
  }

  readonly show = (id: string, shown: boolean): void => this.#drawings.saved.show(id, shown);

  /** The studies that are on the screen. */
  of(studies: readonly string[]): void {
    this.#studies = studies;
    void this.look();
  }

  readonly look = async (): Promise<void> => {
    const who = await this.#ask({ ask: "who" }, AT_ONCE);
    this.practice.value = who?.name ?? null;
    if (!who) return;
    const kept = await this.#ask({ ask: "find", studies: this.#studies }, PATIENCE);
    if (!kept) return;
    this.missing.value = kept.missing;
    // What cannot be read is missing as well.
    for (const one of kept.found) await this.#take(one).catch(() => (this.missing.value += 1));
  };

  readonly savePractice = (): Promise<void> =>
    this.#doing("practice", async () => {
      const { clock, random } = this.#needs;
      const drawing = this.#drawings.drawing.peek();
      const { makeDocument } = await import("./making.ts");
      for (const [study, part] of byStudy(drawing)) {
        const made = await makeDocument(part, this.practice.peek() ?? "", clock.now(), random);
        const zip = made?.bytes;
        const kept = zip && (await this.#ask({ ask: "save", study, zip }, PATIENCE));
        if (!kept) return "practice";
        await this.#take(kept);
        this.#drawings.clear(study, drawing);
      }
      return null;
    });

  readonly erase = (id: string): Promise<void> =>
    this.#doing("practice", async () => {
      if (!(await this.#ask({ ask: "erase", id }, PATIENCE))) return "practice";
      this.#drawings.saved.remove(id);
      return null;
    });

  async #take(kept: Answers["save"]): Promise<void> {
    const { readKept } = await import("./finding.ts");
    await readKept(kept, this.#needs.decoders, this.#drawings.saved);
  }

  async #ask<K extends Question["ask"]>(
    question: Extract<Question, { readonly ask: K }>,
    patience: number,
  ): Promise<Answers[K] | undefined> {
    return (await this.#needs.line.ask(question, patience)) as Answers[K] | undefined;
  }

  readonly saveFile = (by: string): Promise<void> =>
    this.#doing("save", async () => {
      const { clock, random, received } = this.#needs;
      const drawing = this.#drawings.drawing.peek();
      const { makeDocument } = await import("./making.ts");
      const now = clock.now();
      const made = await makeDocument(drawing, by, now, random);
      if (!made) return "save";
      const { bytes, media } = made;
      const day = new Date(now).toISOString().slice(0, 10);
      received.saveBlob(new Blob([new Uint8Array(bytes)], { type: media }), `aparte-${day}.zip`);
      this.#last.value = drawing;
      return null;
    });

  readonly openFile = (file: File): Promise<void> =>
    this.#doing("open", async () => {
      const { readChosen } = await import("./finding.ts");
      const found = await readChosen(file, this.#needs.decoders, this.#drawings.saved);
      return found ? null : "none";
    });

  async #doing(
    otherwise: KeepingProblem,
    act: () => Promise<KeepingProblem | null>,
  ): Promise<void> {
    if (this.busy.peek()) return;
    batch(() => {
      this.busy.value = true;
      this.problem.value = null;
    });
    const problem = await act().catch(() => otherwise);
    batch(() => {
      this.problem.value = problem;
      this.busy.value = false;
    });
  }
}
