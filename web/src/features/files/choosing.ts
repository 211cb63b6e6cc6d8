/** What somebody chooses to send: looked at for images, and told what it would be. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { Shape } from "../../sealing/streamed.ts";
import type { Contents } from "../imaging/collecting.ts";
import type { RunJob, RunningJob, Taking } from "./jobs.ts";
import { MOST_FILES } from "./limits.ts";
import { type Chosen, filesSource } from "./source.ts";

/** What is to be sent: the name it will have, bytes of all, and how many files. */
export interface ChosenFiles {
  readonly name: string;
  readonly length: number;
  readonly count: number;
  /** The images that are among them. */
  readonly study: Contents | null;
  readonly taking: Taking;
}

export interface ChoosingModel {
  readonly chosen: ReadonlySignal<ChosenFiles | null>;
  /** Why what was chosen is not sent; `another`: than what was begun. */
  readonly trouble: ReadonlySignal<
    "none" | "many" | "large" | "another" | "twice" | "unreadable" | null
  >;
  /** What was chosen is being looked at. */
  readonly reading: ReadonlySignal<boolean>;
  choose(files: FileList | null): Promise<void>;
  drop(dropped: DataTransfer): Promise<void>;
  /** The images alone, as a study, or all files as they are. */
  take(taking: Taking): void;
}

/** How a page gets at files. */
export interface FilesPlatform {
  readonly runJob: RunJob;
  chosenFiles(files: FileList | null): readonly Chosen[];
  /** Must be called while a drop is handled; rejects where a folder cannot be read. */
  droppedFiles(dropped: DataTransfer): Promise<readonly Chosen[]>;
}

interface Bounds {
  /** How many bytes may be stored. */
  most(): number;
  /** What was begun, and is gone on with. */
  begun(): { readonly file: string; readonly length: number } | null;
  /** Something else was chosen. */
  changed(): void;
}

const hasTwice = (paths: readonly string[]): boolean => new Set(paths).size < paths.length;

export class Choosing implements ChoosingModel {
  readonly chosen = signal<ChosenFiles | null>(null);
  readonly trouble = signal<ChoosingModel["trouble"]["value"]>(null);
  readonly reading = signal(false);
  readonly #platform: FilesPlatform;
  readonly #bounds: Bounds;
  #files: readonly Chosen[] = [];
  /** As what they can be sent, the better first. */
  #offers: readonly ChosenFiles[] = [];
  #looking: RunningJob | undefined;
  #settled: Promise<void> | undefined;

  constructor(platform: FilesPlatform, bounds: Bounds) {
    this.#platform = platform;
    this.#bounds = bounds;
  }

  /** What was chosen, once it has been looked at; undefined, and said, where it cannot be sent. */
  async toSend(): Promise<{ chosen: ChosenFiles; files: readonly Chosen[] } | undefined> {
    await this.#settled;
    const chosen = this.chosen.peek();
    if (!chosen) this.trouble.value ??= "none";
    return chosen && !this.trouble.peek() ? { chosen, files: this.#files } : undefined;
  }

  readonly choose = (files: FileList | null): Promise<void> => {
    this.#settled = this.#look(this.#platform.chosenFiles(files));
    return this.#settled;
  };

  readonly drop = async (dropped: DataTransfer): Promise<void> => {
    try {
      const files = await this.#platform.droppedFiles(dropped);
      this.#settled = this.#look(files);
      await this.#settled;
    } catch {
      this.trouble.value = "unreadable";
    }
  };

  readonly take = (taking: Taking): void => {
    const found = this.#offers.find((one) => one.taking === taking);
    if (found && this.chosen.peek()?.taking !== taking) this.#offer(found);
  };

  /** Nothing is chosen any more. */
  clear(): void {
    this.#looking?.stop();
    this.#looking = undefined;
    this.#files = [];
    batch(() => {
      this.chosen.value = null;
      this.trouble.value = null;
      this.reading.value = false;
    });
  }

  /** Looks for images among them, in the worker: a study is offered first. */
  async #look(files: readonly Chosen[]): Promise<void> {
    if (files.length === 0) return;
    const many = files.length > MOST_FILES;
    const wrong = many ? "many" : hasTwice(files.map(({ path }) => path)) ? "twice" : null;
    batch(() => {
      this.clear();
      this.trouble.value = wrong;
      this.reading.value = wrong === null;
      this.#bounds.changed();
    });
    if (wrong) return;
    const looking = this.#platform.runJob({ kind: "look", files }, () => undefined);
    this.#looking = looking;
    // What could not be looked at can be sent as it is.
    const { looked } = await looking.done;
    if (this.#looking !== looking) return;
    this.#files = files;
    const { name, length } = filesSource(files);
    const count = files.length;
    const study = looked?.contents ?? null;
    const asFiles = { name, length, count, study, taking: "files" } as const;
    this.#offers = looked
      ? [{ name: looked.name, length: looked.length, count, study, taking: "study" }, asFiles]
      : [asFiles];
    batch(() => {
      this.reading.value = false;
      this.#offer(this.#offers.find((one) => this.#isBegun(one)) ?? this.#offers[0] ?? asFiles);
    });
  }

  /** Whether it may go on with this: another is refused where something was begun. */
  #isBegun({ name, length }: ChosenFiles): boolean {
    const begun = this.#bounds.begun();
    return begun !== null && begun.file === name && begun.length === length;
  }

  #offer(chosen: ChosenFiles): void {
    const large = new Shape(chosen.length).blob > this.#bounds.most();
    const another = this.#bounds.begun() !== null && !this.#isBegun(chosen);
    const trouble = large ? "large" : another ? "another" : null;
    // What is too large as all files may fit as its images alone.
    const shown = trouble && this.#offers.length === 1 ? null : chosen;
    batch(() => {
      this.trouble.value = trouble;
      this.chosen.value = shown;
    });
  }
}
