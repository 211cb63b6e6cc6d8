/** A picture or a PDF on the screen: fetched, checked, and drawn page by page in a worker. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { SealError } from "../../sealing/errors.ts";
import type { Progress } from "../ports.ts";
import type { Zoom } from "./fitting.ts";
import { type Kind, kindOf, TELLING } from "./kind.ts";
import { FINEST, MOST_FILE, STEP } from "./limits.ts";
import type { SheetsModel, Wrong } from "./model.ts";
import { Renderer, type RendererNeeds } from "./renderer.ts";
import { Refused, type Sheet } from "./sheet.ts";

/** A file that is to be shown. */
export interface Source {
  readonly name: string;
  readonly length: number;
  /** The network is gone: it is tried again by and by. */
  readonly waiting: ReadonlySignal<boolean>;
  /** Bytes `from` to before `to`; `gone` gives it up. Refuses what is not its author's. */
  read(from: number, to: number, gone: AbortSignal): Promise<Uint8Array>;
}

/** How finely a page is drawn at first, for what screens mostly are. */
const FIRST = 1.5;
const SCALES = [1, 1.5, 2, 3, 4, 6, FINEST] as const;

/** What shows that a chunk is not the author's; other refusals are of what the author made. */
const FORGED: readonly string[] = ["altered", "cannot_open", "bad_signature", "mixed_recipients"];

class Sheets implements SheetsModel {
  readonly name: string;
  readonly length: number;
  readonly state = signal<SheetsModel["state"]["value"]>("fetching");
  readonly kind = signal<Kind | null>(null);
  readonly wrong = signal<Wrong | null>(null);
  readonly page = signal(0);
  readonly count = signal(0);
  readonly sheet = signal<Sheet | null>(null);
  readonly loading = signal(true);
  readonly zoom = signal<Zoom>("page");
  readonly #done = signal(0);
  readonly progress = computed<Progress>(() => ({
    done: this.#done.value,
    waiting: this.#source.waiting.value,
  }));
  readonly #source: Source;
  readonly #needs: RendererNeeds;
  readonly #gone = new AbortController();
  #renderer: Renderer | undefined;
  #scale: number = FIRST;
  #drawn = { page: -1, scale: 0 };
  #drawing = false;

  constructor(needs: RendererNeeds, source: Source) {
    this.#needs = needs;
    this.#source = source;
    this.name = source.name;
    this.length = source.length;
    void this.#open();
  }

  readonly go = (page: number): void => {
    const to = Math.min(Math.max(Math.round(page), 0), this.count.peek() - 1);
    if (!(to >= 0) || to === this.page.peek()) return;
    this.page.value = to;
    void this.#show();
  };

  readonly setZoom = (zoom: Zoom): void => {
    this.zoom.value = zoom;
  };

  readonly sharpen = (scale: number): void => {
    const wanted = SCALES.find((one) => one >= scale - 0.01) ?? FINEST;
    // A picture is whole from the beginning.
    if (wanted <= this.#scale || this.kind.peek() !== "pdf") return;
    this.#scale = wanted;
    void this.#show();
  };

  readonly retry = (): void => {
    this.wrong.value = null;
    this.#drawn = { page: -1, scale: 0 };
    if (this.state.peek() === "open") void this.#show();
    else void this.#open();
  };

  readonly end = (): void => {
    this.#gone.abort();
    this.#renderer?.end();
    this.sheet.peek()?.bitmap.close();
  };

  async #open(): Promise<void> {
    batch(() => {
      this.state.value = "fetching";
      this.#done.value = 0;
    });
    try {
      const file = await this.#fetched();
      if (!file) return;
      this.state.value = "opening";
      this.#renderer = new Renderer(this.#needs, file.kind, file.bytes);
      this.count.value = await this.#renderer.open();
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.state.value = "open";
    await this.#show();
  }

  /** All of it, once its beginning says that it is something to show. */
  async #fetched(): Promise<{ readonly kind: Kind; readonly bytes: Blob } | null> {
    const { length } = this.#source;
    const { signal } = this.#gone;
    if (length > MOST_FILE) throw new Refused("too_large");
    const kind = kindOf(await this.#source.read(0, Math.min(TELLING, length), signal));
    this.kind.value = kind;
    if (!kind) {
      this.#fail("kind");
      return null;
    }
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < length; at += STEP) {
      const part = await this.#source.read(at, Math.min(at + STEP, length), signal);
      parts.push(new Uint8Array(part));
      this.#done.value = Math.min(at + STEP, length);
    }
    return { kind, bytes: new Blob(parts) };
  }

  /** The page that is wanted now: where somebody has gone on meanwhile, the newest alone. */
  async #show(): Promise<void> {
    const renderer = this.#renderer;
    if (!renderer || this.#drawing) return;
    this.#drawing = true;
    for (;;) {
      const wanted = { page: this.page.peek(), scale: this.#scale };
      if (this.#drawn.page === wanted.page && this.#drawn.scale >= wanted.scale) break;
      batch(() => {
        this.loading.value = true;
        this.wrong.value = null;
      });
      const found = await renderer.draw(wanted.page, wanted.scale).catch((error: unknown) => ({
        error,
      }));
      if (this.#gone.signal.aborted) {
        if (!("error" in found)) found.bitmap.close();
        return;
      }
      this.#drawn = wanted;
      if (wanted.page !== this.page.peek()) {
        if (!("error" in found)) found.bitmap.close();
      } else if ("error" in found) this.#failed(found.error);
      else this.#put(found);
    }
    this.#drawing = false;
    this.loading.value = false;
  }

  #put(sheet: Sheet | null): void {
    const before = this.sheet.peek();
    this.sheet.value = sheet;
    before?.bitmap.close();
  }

  #failed(error: unknown): void {
    if (this.#gone.signal.aborted) return;
    if (error instanceof Refused) this.#fail(error.why);
    else if (error instanceof SealError) {
      this.#fail(FORGED.includes(error.code) ? "forged" : "broken");
    } else this.#fail("gone");
  }

  #fail(wrong: Wrong): void {
    batch(() => {
      this.#put(null);
      this.wrong.value = wrong;
      this.loading.value = false;
      if (this.state.peek() !== "open") this.state.value = "failed";
    });
  }
}

export const showSheets = (needs: RendererNeeds, source: Source): SheetsModel =>
  new Sheets(needs, source);

/** Of what is there already. */
export const showHeld = (needs: RendererNeeds, name: string, bytes: Uint8Array): SheetsModel =>
  showSheets(needs, {
    name,
    length: bytes.length,
    waiting: signal(false),
    read: async (from, to) => bytes.slice(from, to),
  });
