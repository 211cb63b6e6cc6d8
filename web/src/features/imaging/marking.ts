/** Tools, what is drawn with them, and the pictures that somebody wants to find again. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Point } from "./geometry.ts";
import type { Place } from "./loading.ts";
import {
  isWhole,
  type Mark,
  type MarkKind,
  MOST_KEY_IMAGES,
  MOST_MARKS,
  MOST_NOTE,
} from "./marks.ts";

export type Tool = "window" | "pan" | "zoom" | "scroll" | MarkKind;

const MARKS: readonly string[] = ["length", "angle", "note"];
export const isMark = (tool: Tool): tool is MarkKind => MARKS.includes(tool);

/** The picture of a place: by where its file begins, which no two files share. */
const nameOf = ({ instance, frame }: Place): string => `${instance.at}/${frame}`;

/** Where a key image is: both from 0. */
export interface KeyImage {
  readonly series: number;
  readonly slice: number;
}

/** What was drawn on a study: it stays as long as the page, however often the study is opened. */
export class Drawings {
  readonly marks = signal<ReadonlyMap<string, readonly Mark[]>>(new Map());
  readonly keys = signal<ReadonlyMap<string, KeyImage>>(new Map());
  last = 0;
}

export class Marking {
  readonly tool = signal<Tool>("window");
  /** Of the picture that is shown, the one that is being drawn last. */
  readonly marks: ReadonlySignal<readonly Mark[]>;
  readonly isKey: ReadonlySignal<boolean>;
  /** In the order in which they are in the study. */
  readonly keys: ReadonlySignal<readonly KeyImage[]>;
  readonly drawings: Drawings;
  readonly #name: ReadonlySignal<string>;

  /** `place`: that of the picture that is on the screen; null where there is none. */
  constructor(place: ReadonlySignal<Place | null>, drawings = new Drawings()) {
    this.drawings = drawings;
    this.keys = computed(() =>
      [...drawings.keys.value.values()].sort(
        (one, other) => one.series - other.series || one.slice - other.slice,
      ),
    );
    this.#name = computed(() => (place.value ? nameOf(place.value) : ""));
    this.marks = computed(() => drawings.marks.value.get(this.#name.value) ?? []);
    this.isKey = computed(() => drawings.keys.value.has(this.#name.value));
  }

  /** One more point, where the tool draws: of the mark that is begun, or of a new one. */
  point(point: Point, text = ""): void {
    const kind = this.tool.peek();
    if (!isMark(kind) || this.#name.peek() === "") return;
    const marks = this.marks.peek();
    const open = marks.find((mark) => !isWhole(mark));
    if (open?.kind === kind) {
      this.#replace({ ...open, points: [...open.points, point] });
      return;
    }
    const whole = marks.filter(isWhole);
    if (whole.length >= MOST_MARKS) return;
    this.drawings.last += 1;
    this.#put([
      ...whole,
      { id: this.drawings.last, kind, points: [point], text: text.slice(0, MOST_NOTE) },
    ]);
  }

  move(id: number, at: number, point: Point): void {
    const mark = this.marks.peek().find((one) => one.id === id);
    if (!mark) return;
    this.#replace({ ...mark, points: mark.points.map((old, n) => (n === at ? point : old)) });
  }

  rename(id: number, text: string): void {
    const mark = this.marks.peek().find((one) => one.id === id);
    if (mark) this.#replace({ ...mark, text: text.slice(0, MOST_NOTE) });
  }

  remove(id: number): void {
    this.#put(this.marks.peek().filter((one) => one.id !== id));
  }

  choose(tool: Tool): void {
    // What was begun with another tool is not gone on with.
    this.#put(this.marks.peek().filter(isWhole));
    this.tool.value = tool;
  }

  toggleKey(series: number, slice: number): void {
    const keys = new Map(this.drawings.keys.peek());
    const name = this.#name.peek();
    if (name === "") return;
    if (!keys.delete(name) && keys.size < MOST_KEY_IMAGES) keys.set(name, { series, slice });
    this.drawings.keys.value = keys;
  }

  #replace(mark: Mark): void {
    this.#put(this.marks.peek().map((one) => (one.id === mark.id ? mark : one)));
  }

  #put(marks: readonly Mark[]): void {
    if (marks.length === 0 && this.marks.peek().length === 0) return;
    const all = new Map(this.drawings.marks.peek());
    this.drawings.marks.value = all.set(this.#name.peek(), marks);
  }
}
