/** Tools, what is drawn with them, and the pictures that somebody wants to find again. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { textOfTag } from "../../sealing/study.ts";
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

/** The picture of a place, however the study is sent: by its UID and the frame's number. */
const nameOf = ({ instance, frame }: Place): string =>
  `${textOfTag(instance.dataset, "00080018") || instance.at}/${frame + 1}`;

export class Marking {
  readonly tool = signal<Tool>("window");
  /** Of the picture that is shown, the one that is being drawn last. */
  readonly marks: ReadonlySignal<readonly Mark[]>;
  readonly isKey: ReadonlySignal<boolean>;
  readonly keys = signal<ReadonlySet<string>>(new Set());
  readonly #all = signal<ReadonlyMap<string, readonly Mark[]>>(new Map());
  readonly #name: ReadonlySignal<string>;
  #last = 0;

  /** `place`: that of the picture that is on the screen; null where there is none. */
  constructor(place: ReadonlySignal<Place | null>) {
    this.#name = computed(() => (place.value ? nameOf(place.value) : ""));
    this.marks = computed(() => this.#all.value.get(this.#name.value) ?? []);
    this.isKey = computed(() => this.keys.value.has(this.#name.value));
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
    this.#last += 1;
    this.#put([
      ...whole,
      { id: this.#last, kind, points: [point], text: text.slice(0, MOST_NOTE) },
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
    const keys = new Set(this.keys.peek());
    const name = this.#name.peek();
    if (!keys.delete(name) && keys.size < MOST_KEY_IMAGES) keys.add(name);
    this.keys.value = keys;
  }

  #replace(mark: Mark): void {
    this.#put(this.marks.peek().map((one) => (one.id === mark.id ? mark : one)));
  }

  #put(marks: readonly Mark[]): void {
    if (marks.length === 0 && this.marks.peek().length === 0) return;
    this.#all.value = new Map(this.#all.peek()).set(this.#name.peek(), marks);
  }
}
