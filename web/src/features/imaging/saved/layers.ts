/** Marks that were saved before, by whoever: shown over the pictures that they are of, and not changed. */
import { signal } from "@preact/signals";
import { inert } from "../../inert.ts";
import type { Mark } from "../marks.ts";
import { MOST_DRAWN, MOST_FILES } from "./classes.ts";
import type { SavedMarks, Seen, Target } from "./model.ts";

/** One file of marks, or several that were saved at once. */
export interface Layer {
  readonly id: string;
  /** As stated; empty where nobody is. */
  readonly by: string;
  readonly at: string;
  /** How many marks and key images it has, and how many that cannot be shown. */
  readonly count: number;
  readonly left: number;
  /** A device of the practice has signed it: `by` is what the practice states. */
  readonly signed: boolean;
  readonly files: readonly SavedMarks[];
}

/** The picture, by what the file itself says that it is; empty where it says nothing. */
export const nameOf = ({ origin, frame }: Seen): string =>
  origin.instance === "" ? "" : `${origin.study} ${origin.instance} ${frame}`;

const wholeFile = ({ origin }: Seen): string => `${origin.study} ${origin.instance} *`;

const targetName = (study: string, { instance, frame }: Target): string =>
  `${study} ${instance} ${frame ?? "*"}`;

/** Of all layers together. */
const MOST_IN_ALL = 10 * MOST_DRAWN;

export class SavedLayers {
  readonly list = signal<readonly Layer[]>([]);
  /** Ids of layers. */
  readonly hidden = signal<ReadonlySet<string>>(new Set());
  /** What could not be read, or was too much. */
  readonly unread = signal(0);
  readonly #marks = signal<ReadonlyMap<string, readonly { mark: Mark; layer: Layer }[]>>(new Map());
  #count = 0;

  /** What is known already changes nothing: a study may be opened again. */
  add(id: string, files: readonly SavedMarks[], signer: string | null = null): void {
    const known = new Set(
      this.list.peek().flatMap((one) => one.files.map(({ instance }) => instance)),
    );
    const fresh = files.filter(({ instance }) => !known.has(instance));
    if (fresh.length === 0) return;
    const count = fresh.reduce((sum, { marks, chosen }) => sum + marks.length + chosen.length, 0);
    if (this.list.peek().length >= MOST_FILES || this.#count + count > MOST_IN_ALL) {
      this.unread.value += fresh.length;
      return;
    }
    const [{ by: said = "", at = "" } = {}] = fresh;
    const by = inert(signer ?? said, 120);
    const left = fresh.reduce((sum, one) => sum + one.left, 0);
    const layer = { id, by, at, count, left, signed: signer !== null, files: fresh };
    const marks = new Map([...this.#marks.peek()].map(([name, all]) => [name, [...all]]));
    for (const file of fresh) {
      for (const { on, ...mark } of file.marks) {
        this.#count += 1;
        const one = { mark: { ...mark, id: this.#count }, layer };
        for (const name of new Set(on.map((target) => targetName(file.study, target)))) {
          const there = marks.get(name);
          if (there) there.push(one);
          else marks.set(name, [one]);
        }
      }
    }
    this.#marks.value = marks;
    this.list.value = [...this.list.peek(), layer];
  }

  remove(id: string): void {
    const of = ({ layer }: { readonly layer: Layer }): boolean => layer.id !== id;
    this.#marks.value = new Map(
      [...this.#marks.peek()].map(([name, all]) => [name, all.filter(of)]),
    );
    this.list.value = this.list.peek().filter((one) => one.id !== id);
  }

  show(id: string, shown: boolean): void {
    const hidden = new Set(this.hidden.peek());
    if (shown) hidden.delete(id);
    else hidden.add(id);
    this.hidden.value = hidden;
  }

  on(seen: Seen): readonly { readonly mark: Mark; readonly layer: Layer }[] {
    const hidden = this.hidden.value;
    const all = this.#marks.value;
    const found = [...(all.get(nameOf(seen)) ?? []), ...(all.get(wholeFile(seen)) ?? [])];
    return found.filter(({ layer }) => !hidden.has(layer.id));
  }

  /** Key images of what is not hidden, each with its study. */
  chosen(): readonly (Target & { readonly study: string })[] {
    const hidden = this.hidden.value;
    return this.list.value
      .filter(({ id }) => !hidden.has(id))
      .flatMap(({ files }) =>
        files.flatMap(({ study, chosen }) => chosen.map((one) => ({ ...one, study }))),
      );
  }
}
