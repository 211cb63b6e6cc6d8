/** A study on the screen: its series, one picture of it, and how it is looked at. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { SealError } from "../../sealing/errors.ts";
import {
  type Instance,
  instancesOf,
  type Series,
  type Study,
  textOfTag,
} from "../../sealing/study.ts";
import { Decoder, type DecoderNeeds } from "./decoder.ts";
import { lettersOf, nameForPeople } from "./dicom/text.ts";
import { type Placement, WHOLE } from "./geometry.ts";
import { AHEAD } from "./limits.ts";
import { Frames, type Place } from "./loading.ts";
import { Drawings, Marking } from "./marking.ts";
import type { KeyImage, SeriesLine, ViewerModel, Where, Wrong } from "./model.ts";
import { fullWindow, ownWindow, PRESETS, type Preset } from "./painting.ts";
import type { FactKey, Picture, Window } from "./picture.ts";
import type { Ranges } from "./ranges.ts";
import { type OpenStudy, openStudy } from "./reading.ts";
import { isOfMarks } from "./saved/classes.ts";
import { Keeping, type KeepingNeeds } from "./saved/keeping.ts";
import { type Seen, seenOf } from "./saved/model.ts";

class Viewer implements ViewerModel {
  readonly state = signal<ViewerModel["state"]["value"]>("opening");
  readonly wrong = signal<Wrong | null>(null);
  readonly waiting: ReadonlySignal<boolean>;
  /** What the file says that is shown, and before that what the index says. */
  readonly title = computed(() => {
    const picture = this.picture.value;
    return picture ? titleOfPicture(picture) : titleOf(this.#studies.value, this.series.value);
  });
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
  /** Without files of marks: those are shown over the pictures. */
  readonly #studies = signal<readonly Study[]>([]);
  readonly #all = computed<readonly Series[]>(() =>
    this.#studies.value.flatMap(({ series }) => series),
  );
  /** A picture to go to, once its file was opened and says how many it holds. */
  #wished: KeyImage | null = null;
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
  readonly where = computed<Where | null>(() => {
    const series = this.series.value;
    const place = this.#stack.value[this.slice.value];
    const picture = place && this.#all.value[series]?.instances.indexOf(place.instance);
    return place && picture !== undefined ? { series, picture, frame: place.frame } : null;
  });
  /** Where each file begins among the pictures of its series, by its UID. */
  readonly #begins = computed<ReadonlyMap<string, KeyImage>>(() => {
    const counts = this.#counts.value;
    const found = new Map<string, KeyImage>();
    for (const [series, { instances }] of this.#all.value.entries()) {
      let slice = 0;
      for (const instance of instances) {
        found.set(textOfTag(instance.dataset, "00080018"), { series, slice });
        slice += counts.get(instance) ?? 1;
      }
    }
    return found;
  });
  /** What marks are drawn on. */
  readonly #seen = computed<Seen | null>(() => {
    const [picture, place] = [this.picture.value, this.#shown.value];
    return picture && place && seenOf(picture, place.frame, this.window.value);
  });
  readonly marking: Marking;
  readonly keeping: Keeping;
  readonly keys = computed<readonly KeyImage[]>(() => this.#keys());
  readonly #decoders: DecoderNeeds;
  readonly #ranges: Ranges;
  readonly #decoder: Decoder;
  #frames: Frames | undefined;
  /** Where in each series somebody was. */
  readonly #places = new Map<number, number>();
  #direction = 1;
  /** Give up what somebody waited for, and what is fetched ahead. */
  #wanted = new AbortController();
  #ahead = new AbortController();
  readonly #marksGone = new AbortController();
  #ended = false;

  constructor(
    ranges: Ranges,
    waiting: ReadonlySignal<boolean>,
    needs: KeepingNeeds,
    drawn: Drawings,
  ) {
    this.#ranges = ranges;
    this.waiting = waiting;
    this.#decoders = needs.decoders;
    this.#decoder = new Decoder(needs.decoders);
    this.marking = new Marking(this.#seen, drawn);
    this.keeping = new Keeping(needs, drawn);
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
      this.wrong.value = null;
      this.window.value = null;
      this.place.value = WHOLE;
      this.inverted.value = false;
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

  readonly reach = ({ series, picture, frame }: Where): void => {
    this.choose(Math.min(series, this.#all.peek().length - 1));
    const instances = this.#all.peek()[this.series.peek()]?.instances ?? [];
    const wanted = instances[Math.min(picture, instances.length - 1)];
    const first = this.#stack.peek().findIndex(({ instance }) => instance === wanted);
    const frames = this.#stack.peek().filter(({ instance }) => instance === wanted).length;
    if (first >= 0) this.go(first + Math.min(frame, frames - 1));
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

  readonly toggleKey = (): void => {
    // Not the picture before, while another number stands there already.
    if (this.loading.peek()) return;
    this.marking.toggleKey();
  };

  readonly visit = (key: KeyImage): void => {
    this.#wished = key;
    this.choose(key.series);
    this.go(key.slice);
  };

  readonly end = (): void => {
    this.#ended = true;
    this.#wanted.abort();
    this.#ahead.abort();
    this.#marksGone.abort();
    this.#decoder.end();
  };

  async #open(): Promise<void> {
    this.state.value = "opening";
    let study: OpenStudy;
    try {
      study = await openStudy(this.#ranges, this.#wanted.signal);
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#frames = new Frames(study, this.#decoder);
    const { pictures, marks } = apart(study.studies);
    batch(() => {
      this.#studies.value = pictures;
      this.list.value = linesOf(pictures);
      this.state.value = "open";
      if (pictures.length === 0) this.#nothing();
    });
    this.keeping.of(study.studies.map(({ dataset }) => textOfTag(dataset, "0020000D")));
    await this.#show();
    if (marks.length > 0) await this.#read(study, marks);
  }

  /** Where its code does not come, they are what cannot be read. */
  async #read(study: OpenStudy, marks: readonly Instance[]): Promise<void> {
    const { saved } = this.marking.drawings;
    try {
      const { readSaved } = await import("./saved/finding.ts");
      await readSaved(study, marks, this.#decoders, saved, this.#marksGone.signal);
    } catch {
      saved.unread.value = marks.length;
    }
  }

  /** Nothing but marks: they are of pictures that are elsewhere. */
  #nothing(): void {
    this.loading.value = false;
    this.wrong.value = { what: "alone" };
  }

  /** The current picture, and then what lies around it, for as long as nobody goes elsewhere. */
  async #show(): Promise<void> {
    const [frames, place] = [this.#frames, this.#current()];
    if (!frames || !place || this.#ended) return;
    const there = frames.has(place);
    batch(() => {
      this.loading.value = !there;
      if (!there) this.wrong.value = null;
    });
    // What somebody waits for has the whole network.
    this.#wanted.abort();
    if (!there && !frames.isLoading(place)) this.#ahead.abort();
    const wanted = new AbortController();
    this.#wanted = wanted;
    try {
      const shown = await frames.load(place, wanted.signal);
      if (this.#current() !== place || this.#ended) return;
      batch(() => {
        this.loading.value = false;
        this.picture.value = "picture" in shown ? shown.picture : null;
        this.#shown.value = "picture" in shown ? place : null;
        this.wrong.value = "refused" in shown ? { what: "file", why: shown.refused } : null;
        if ("picture" in shown) this.#count(place.instance, shown.picture.frames);
      });
    } catch (error) {
      // Somebody may have come back here meanwhile: that is another attempt.
      if (!wanted.signal.aborted) this.#failed(error);
      return;
    }
    void this.#fetchAhead(frames);
  }

  readonly #current = (): Place | undefined => this.#stack.peek()[this.slice.peek()];

  #count(instance: Instance, frames: number): void {
    if ((this.#counts.peek().get(instance) ?? 1) === frames) return;
    // A file of frames opens at its first: what is shown now is the same afterwards.
    this.#counts.value = new Map(this.#counts.peek()).set(instance, frames);
    const wished = this.#wished;
    this.#wished = null;
    if (wished?.series === this.series.peek()) this.go(wished.slice);
  }

  /** By where they are in the study, its index saying which file is which; others are of other studies. */
  #keys(): readonly KeyImage[] {
    const { drawings } = this.marking;
    const own = [...drawings.keys.value.values()].map(({ origin, frame }) => ({
      instance: origin.instance,
      frame,
    }));
    const found = new Map<string, KeyImage>();
    for (const { instance, frame } of [...own, ...drawings.saved.chosen()]) {
      const place = this.#begins.value.get(instance);
      if (!place) continue;
      const slice = place.slice + (frame ?? 0);
      found.set(`${place.series}/${slice}`, { series: place.series, slice });
    }
    return [...found.values()].sort(
      (one, other) => one.series - other.series || one.slice - other.slice,
    );
  }

  /** One after the other, those where somebody is going first. What fails shows to who goes there. */
  async #fetchAhead(frames: Frames): Promise<void> {
    const { signal } = this.#ahead.signal.aborted ? this.#anew() : this.#ahead;
    const [slice, series] = [this.slice.peek(), this.series.peek()];
    for (let step = 1; step <= AHEAD; step += 1) {
      for (const direction of [this.#direction, -this.#direction]) {
        const place = this.#stack.peek()[slice + step * direction];
        if (!place || frames.has(place) || frames.isLoading(place)) continue;
        const came = await frames.load(place, signal).then(
          () => true,
          () => false,
        );
        const stays = slice === this.slice.peek() && series === this.series.peek();
        if (!came || !stays || this.#ended) return;
      }
    }
  }

  #anew(): AbortController {
    this.#ahead = new AbortController();
    return this.#ahead;
  }

  #failed(error: unknown): void {
    if (this.#ended) return;
    const forged = error instanceof SealError && FORGED.includes(error.code);
    const what = forged ? "forged" : error instanceof SealError ? "form" : "gone";
    batch(() => {
      this.loading.value = false;
      this.picture.value = null;
      this.#shown.value = null;
      this.wrong.value = { what };
      if (!this.#frames) this.state.value = "failed";
    });
  }
}

/** Pictures, and files of marks: what the index says of a file is how it is taken, not what it is. */
function apart(studies: readonly Study[]) {
  const isMarks = ({ dataset }: Instance): boolean => isOfMarks(textOfTag(dataset, "00080016"));
  const pictures = studies.flatMap(({ dataset, series }) => {
    const left = series
      .map((one) => ({ ...one, instances: one.instances.filter((file) => !isMarks(file)) }))
      .filter(({ instances }) => instances.length > 0);
    return left.length > 0 ? [{ dataset, series: left }] : [];
  });
  return { pictures, marks: instancesOf(studies).filter(isMarks) };
}

/** What shows that a chunk is not the author's; other refusals are of what the author made. */
const FORGED: readonly string[] = ["altered", "cannot_open", "bad_signature", "mixed_recipients"];

const titled = (parts: readonly string[]): string =>
  parts.filter((part) => part !== "").join(" · ");

function titleOfPicture({ facts }: Picture): string {
  const said = (key: FactKey): string => facts.find((fact) => fact.key === key)?.value ?? "";
  return titled([said("patient"), said("study"), said("studyDate")]);
}

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
  return titled([name, textOfTag(tags, "00081030"), date]);
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
  needs: KeepingNeeds,
  drawn: Drawings = new Drawings(),
): ViewerModel => new Viewer(ranges, waiting, needs, drawn);
