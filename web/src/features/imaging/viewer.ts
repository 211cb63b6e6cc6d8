/** A study on the screen: its series, one picture of it, and how it is looked at. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { SealError } from "../../sealing/errors.ts";
import { type Instance, type Series, type Study, textOfTag } from "../../sealing/study.ts";
import { Decoder, type DecoderNeeds } from "./decoder.ts";
import { lettersOf, nameForPeople } from "./dicom/text.ts";
import { type Placement, WHOLE } from "./geometry.ts";
import { AHEAD } from "./limits.ts";
import { Frames, type Place } from "./loading.ts";
import { Marking } from "./marking.ts";
import type { SeriesLine, ViewerModel, Wrong } from "./model.ts";
import { fullWindow, ownWindow, PRESETS, type Preset } from "./painting.ts";
import type { Picture, Window } from "./picture.ts";
import type { Ranges } from "./ranges.ts";
import { type OpenStudy, openStudy } from "./reading.ts";

class Viewer implements ViewerModel {
  readonly state = signal<ViewerModel["state"]["value"]>("opening");
  readonly wrong = signal<Wrong | null>(null);
  readonly waiting: ReadonlySignal<boolean>;
  readonly title = computed(() => titleOf(this.#studies.value, this.series.value));
  readonly list = signal<readonly SeriesLine[]>([]);
  readonly series = signal(0);
  readonly slice = signal(0);
  readonly picture = signal<Picture | null>(null);
  readonly loading = signal(true);
  readonly window = signal<Window | null>(null);
  readonly place = signal<Placement>(WHOLE);
  readonly inverted = signal(false);
  /** What `picture` is of: not yet what somebody went to, while that is fetched. */
  readonly #shown = signal<Place | null>(null);
  readonly #studies = signal<readonly Study[]>([]);
  readonly #all = computed<readonly Series[]>(() =>
    this.#studies.value.flatMap(({ series }) => series),
  );
  /** Frames of files that have more than one: known once one of them was opened. */
  readonly #counts = signal<ReadonlyMap<Instance, number>>(new Map());
  readonly #stack = computed<readonly Place[]>(() =>
    (this.#all.value[this.series.value]?.instances ?? []).flatMap((instance) =>
      Array.from({ length: this.#counts.value.get(instance) ?? 1 }, (_, frame) => ({
        instance,
        frame,
      })),
    ),
  );
  readonly count = computed(() => this.#stack.value.length);
  readonly marking: Marking;
  readonly #ranges: Ranges;
  readonly #decoder: Decoder;
  #frames: Frames | undefined;
  /** Where in each series somebody was. */
  readonly #places = new Map<number, number>();
  #direction = 1;
  /** Gives up what is fetched ahead. */
  #ahead: AbortController | undefined;
  #ended = false;

  constructor(ranges: Ranges, waiting: ReadonlySignal<boolean>, needs: DecoderNeeds) {
    this.#ranges = ranges;
    this.waiting = waiting;
    this.#decoder = new Decoder(needs);
    this.marking = new Marking(this.#shown);
    void this.#open();
  }

  readonly choose = (series: number): void => {
    if (series === this.series.peek() || !this.#all.peek()[series]) return;
    this.#places.set(this.series.peek(), this.slice.peek());
    batch(() => {
      this.series.value = series;
      this.slice.value = this.#places.get(series) ?? 0;
      this.picture.value = null;
      this.#shown.value = null;
      this.window.value = null;
      this.place.value = WHOLE;
    });
    void this.#show();
  };

  readonly go = (slice: number): void => {
    const to = Math.min(Math.max(Math.round(slice), 0), this.count.peek() - 1);
    const from = this.slice.peek();
    if (to === from || to < 0) return;
    this.#direction = to > from ? 1 : -1;
    this.slice.value = to;
    void this.#show();
  };

  readonly setWindow = (window: Window | null): void => {
    this.window.value = window && { ...window, width: Math.max(window.width, 1) };
  };

  readonly usePreset = (preset: Preset | "own" | "full"): void => {
    const picture = this.picture.peek();
    if (!picture) return;
    if (preset === "own") this.setWindow(null);
    else this.setWindow(preset === "full" ? fullWindow(picture) : PRESETS[preset]);
  };

  readonly shownWindow = computed<Window | null>(() => {
    const picture = this.picture.value;
    return this.window.value ?? (picture && ownWindow(picture));
  });

  readonly setPlace = (place: Placement): void => {
    this.place.value = place;
  };

  readonly reset = (): void => {
    batch(() => {
      this.window.value = null;
      this.place.value = WHOLE;
      this.inverted.value = false;
    });
  };

  readonly invert = (): void => {
    this.inverted.value = !this.inverted.peek();
  };

  readonly retry = async (): Promise<void> => {
    this.wrong.value = null;
    if (this.#frames) await this.#show();
    else await this.#open();
  };

  readonly end = (): void => {
    this.#ended = true;
    this.#decoder.end();
  };

  async #open(): Promise<void> {
    this.state.value = "opening";
    let study: OpenStudy;
    try {
      study = await openStudy(this.#ranges);
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#frames = new Frames(study, this.#decoder);
    batch(() => {
      this.#studies.value = study.studies;
      this.list.value = linesOf(study.studies);
      this.state.value = "open";
    });
    await this.#show();
  }

  /** The current picture, and then what lies around it, for as long as nobody goes elsewhere. */
  async #show(): Promise<void> {
    const [frames, place] = [this.#frames, this.#current()];
    if (!frames || !place || this.#ended) return;
    this.loading.value = !frames.has(place);
    // What somebody waits for has the whole network.
    if (!frames.has(place) && !frames.isLoading(place)) this.#ahead?.abort();
    try {
      const shown = await frames.load(place);
      if (this.#current() !== place || this.#ended) return;
      batch(() => {
        this.loading.value = false;
        this.picture.value = "picture" in shown ? shown.picture : null;
        this.#shown.value = "picture" in shown ? place : null;
        this.wrong.value = "refused" in shown ? { what: "file", why: shown.refused } : null;
        if ("picture" in shown) this.#count(place.instance, shown.picture.frames);
      });
      await this.#fetchAhead(frames);
    } catch (error) {
      if (this.#current() === place) this.#failed(error);
    }
  }

  readonly #current = (): Place | undefined => this.#stack.peek()[this.slice.peek()];

  #count(instance: Instance, frames: number): void {
    if ((this.#counts.peek().get(instance) ?? 1) === frames) return;
    // A file of frames opens at its first: what is shown now is the same afterwards.
    this.#counts.value = new Map(this.#counts.peek()).set(instance, frames);
  }

  /** One after the other, those where somebody is going first. */
  async #fetchAhead(frames: Frames): Promise<void> {
    const ahead = new AbortController();
    this.#ahead = ahead;
    const [slice, series] = [this.slice.peek(), this.series.peek()];
    for (let step = 1; step <= AHEAD; step += 1) {
      for (const direction of [this.#direction, -this.#direction]) {
        const place = this.#stack.peek()[slice + step * direction];
        if (!place || frames.has(place)) continue;
        await frames.load(place, ahead.signal).catch(unless(ahead.signal));
        const stays = slice === this.slice.peek() && series === this.series.peek();
        if (!stays || this.#ended || ahead.signal.aborted) return;
      }
    }
  }

  #failed(error: unknown): void {
    if (this.#ended) return;
    const forged = error instanceof SealError;
    batch(() => {
      this.loading.value = false;
      this.picture.value = null;
      this.#shown.value = null;
      this.wrong.value = { what: forged ? "forged" : "gone" };
      if (!this.#frames) this.state.value = "failed";
    });
  }
}

/** What was given up is nobody's failure. */
const unless =
  (signal: AbortSignal) =>
  (error: unknown): void => {
    if (!signal.aborted) throw error;
  };

/** Who and what the study of a series is about: there may be several, of several people. */
function titleOf(studies: readonly Study[], series: number): string {
  let before = 0;
  const study = studies.find(({ series: { length } }) => {
    before += length;
    return series < before;
  });
  const tags = study?.dataset ?? {};
  const name = nameForPeople(lettersOf(textOfTag(tags, "00100010")));
  const date = textOfTag(tags, "00080020").replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
  return [name, textOfTag(tags, "00081030"), date].filter((part) => part !== "").join(" · ");
}

const linesOf = (studies: readonly Study[]): readonly SeriesLine[] =>
  studies.flatMap(({ dataset, series }) =>
    series.map(({ dataset: tags, instances }) => ({
      name: textOfTag(tags, "0008103E"),
      number: textOfTag(tags, "00200011"),
      modality: textOfTag(tags, "00080060"),
      study: studies.length > 1 ? textOfTag(dataset, "00081030") : "",
      count: instances.length,
    })),
  );

/** Looks at the study that lies in these ranges. */
export const createViewer = (
  ranges: Ranges,
  waiting: ReadonlySignal<boolean>,
  needs: DecoderNeeds,
): ViewerModel => new Viewer(ranges, waiting, needs);
