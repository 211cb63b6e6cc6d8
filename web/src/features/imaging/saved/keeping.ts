/** Saves what was drawn, and opens what was saved. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Platform, Received } from "../../ports.ts";
import type { DecoderNeeds } from "../decoder.ts";
import type { Drawings } from "../marking.ts";
import type { Layer } from "./layers.ts";

/** `save`: it could not be written; `none`: the file has no marks; `open`: it cannot be read. */
export type KeepingProblem = "save" | "none" | "open";

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
  show(id: string, shown: boolean): void;
  /** `by`: who drew, as they say it. */
  saveFile(by: string): Promise<void>;
  openFile(file: File): Promise<void>;
}

export interface KeepingNeeds extends Pick<Platform, "clock" | "random"> {
  readonly decoders: DecoderNeeds;
  readonly received: Pick<Received, "saveBlob">;
}

export class Keeping implements KeepingModel {
  readonly layers: ReadonlySignal<readonly Layer[]>;
  readonly hidden: ReadonlySignal<ReadonlySet<string>>;
  readonly unread: ReadonlySignal<number>;
  readonly ready: ReadonlySignal<boolean>;
  readonly busy = signal(false);
  readonly saved: ReadonlySignal<boolean>;
  readonly problem = signal<KeepingProblem | null>(null);
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
