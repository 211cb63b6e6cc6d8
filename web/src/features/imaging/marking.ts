/** Tools, what is drawn with them, and the pictures that somebody wants to find again. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Point } from "./geometry.ts";
import {
  isWhole,
  type Mark,
  type MarkKind,
  MOST_KEY_IMAGES,
  MOST_MARKS,
  MOST_NOTE,
} from "./marks.ts";
import { type Layer, nameOf, SavedLayers } from "./saved/layers.ts";
import type { Drawing, Drawn, Seen } from "./saved/model.ts";

export type Tool = "window" | "pan" | "zoom" | "scroll" | MarkKind;

const MARKS: readonly string[] = ["length", "angle", "note"];
export const isMark = (tool: Tool): tool is MarkKind => MARKS.includes(tool);

/** What was drawn on a study, however often the study is opened; it stays as long as the page, unless it is saved. */
export class Drawings {
  readonly marks = signal<ReadonlyMap<string, Drawn>>(new Map());
  readonly keys = signal<ReadonlyMap<string, Seen>>(new Map());
  readonly saved = new SavedLayers();
  last = 0;

  /** What nobody has saved yet: marks that are begun are none. */
  readonly drawing = computed<Drawing>(() => ({
    drawn: [...this.marks.value.values()].filter(({ marks }) => marks.some(isWhole)),
    chosen: [...this.keys.value.values()],
  }));

  /** What of a study is kept elsewhere now: what was drawn since stays. */
  clear(study: string, { drawn, chosen }: Drawing): void {
    const isKept = (seen: Seen): boolean => seen.origin.study === study;
    const marks = [...this.marks.value].filter(
      ([, one]) => !(isKept(one.seen) && drawn.includes(one)),
    );
    const keys = [...this.keys.value].filter(([, one]) => !(isKept(one) && chosen.includes(one)));
    this.marks.value = new Map(marks);
    this.keys.value = new Map(keys);
  }
}

/** A mark of somebody's who has saved it. */
interface Saved {
  readonly mark: Mark;
  readonly layer: Layer;
}

export class Marking {
  readonly tool = signal<Tool>("window");
  /** Of the picture that is shown, the one that is being drawn last. */
  readonly marks: ReadonlySignal<readonly Mark[]>;
  /** What was saved on that picture, without what is hidden. */
  readonly saved: ReadonlySignal<readonly Saved[]>;
  readonly isKey: ReadonlySignal<boolean>;
  readonly drawings: Drawings;
  readonly #seen: ReadonlySignal<Seen | null>;
  readonly #name: ReadonlySignal<string>;

  /** `seen`: the picture that is on the screen; null where there is none. */
  constructor(seen: ReadonlySignal<Seen | null>, drawings = new Drawings()) {
    this.drawings = drawings;
    this.#seen = seen;
    this.#name = computed(() => (seen.value ? nameOf(seen.value) : ""));
    this.marks = computed(() => drawings.marks.value.get(this.#name.value)?.marks ?? []);
    this.saved = computed(() => (seen.value ? drawings.saved.on(seen.value) : []));
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

  toggleKey(): void {
    const keys = new Map(this.drawings.keys.peek());
    const [name, seen] = [this.#name.peek(), this.#seen.peek()];
    if (name === "" || !seen) return;
    if (!keys.delete(name) && keys.size < MOST_KEY_IMAGES) keys.set(name, seen);
    this.drawings.keys.value = keys;
  }

  #replace(mark: Mark): void {
    this.#put(this.marks.peek().map((one) => (one.id === mark.id ? mark : one)));
  }

  #put(marks: readonly Mark[]): void {
    const seen = this.#seen.peek();
    if (!seen || (marks.length === 0 && this.marks.peek().length === 0)) return;
    const all = new Map(this.drawings.marks.peek());
    if (marks.length === 0) all.delete(this.#name.peek());
    else all.set(this.#name.peek(), { seen, marks });
    this.drawings.marks.value = all;
  }
}
