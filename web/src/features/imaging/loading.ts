/** Frames of a study, decoded: fetched when they are wanted, and some around them before that. */
import type { Instance } from "../../sealing/study.ts";
import type { Decoder } from "./decoder.ts";
import { Refused, type Why } from "./dicom/head.ts";
import { KEPT_FRAMES, MOST_FILE } from "./limits.ts";
import { bytesOf, type Picture } from "./picture.ts";
import type { OpenStudy } from "./reading.ts";

/** One frame of one file. */
export interface Place {
  readonly instance: Instance;
  readonly frame: number;
}

export type Shown = { readonly picture: Picture } | { readonly refused: Why };

const keyOf = ({ instance, frame }: Place): string => `${instance.at}/${frame}`;

export class Frames {
  readonly #study: OpenStudy;
  readonly #decoder: Decoder;
  /** The oldest first. */
  readonly #kept = new Map<string, Shown>();
  readonly #loading = new Map<string, { shown: Promise<Shown>; signal: AbortSignal }>();
  #bytes = 0;
  /** The file that the worker still has. */
  #held: Instance | undefined;

  constructor(study: OpenStudy, decoder: Decoder) {
    this.#study = study;
    this.#decoder = decoder;
  }

  has(place: Place): boolean {
    return this.#kept.has(keyOf(place));
  }

  /** Whether it is on its way, and nobody has given it up. */
  isLoading(place: Place): boolean {
    return this.#loading.get(keyOf(place))?.signal.aborted === false;
  }

  /** Rejects as `OpenStudy.read` does; what cannot be shown says why. */
  async load(place: Place, signal: AbortSignal): Promise<Shown> {
    const key = keyOf(place);
    const kept = this.#kept.get(key);
    if (kept) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const before = this.#loading.get(key);
    const loading =
      before && !before.signal.aborted ? before : { shown: this.#load(place, signal), signal };
    this.#loading.set(key, loading);
    try {
      const shown = await loading.shown;
      // What took too long once may not on a machine that has less to do.
      if (!("refused" in shown && shown.refused === "too_slow")) this.#keep(key, shown);
      return shown;
    } finally {
      if (this.#loading.get(key) === loading) this.#loading.delete(key);
    }
  }

  async #load({ instance, frame }: Place, signal: AbortSignal): Promise<Shown> {
    if (instance.length > MOST_FILE) return { refused: "too_large" };
    try {
      if (this.#held === instance) {
        return { picture: await this.#decoder.decode({ bytes: null, frame }, signal) };
      }
      const bytes = await this.#study.read(instance, signal);
      if (signal.aborted) throw new DOMException("given up", "AbortError");
      this.#held = instance;
      return { picture: await this.#decoder.decode({ bytes, frame }, signal) };
    } catch (error) {
      // What was given up has taken no file from the worker.
      if (error !== signal.reason) this.#held = undefined;
      if (error instanceof Refused) return { refused: error.why };
      throw error;
    }
  }

  #keep(key: string, shown: Shown): void {
    if (this.#kept.has(key)) return;
    this.#kept.set(key, shown);
    this.#bytes += sizeOf(shown);
    for (const [oldest, one] of this.#kept) {
      if (this.#bytes <= KEPT_FRAMES || oldest === key) break;
      this.#kept.delete(oldest);
      this.#bytes -= sizeOf(one);
    }
  }
}

const sizeOf = (shown: Shown): number => ("picture" in shown ? bytesOf(shown.picture) : 0);
