/** The files of a zip that lies elsewhere: listed by its directory, each fetched when it is looked at. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { type FileEntry, Reader, ZipReader } from "@zip.js/zip.js/index-native.js";
import { SealError } from "../../sealing/errors.ts";
import { MOST_FILES } from "../files/limits.ts";
import { inert } from "../inert.ts";
import { mayBeShown } from "./kind.ts";
import { MOST_DIRECTORY, MOST_FILE } from "./limits.ts";
import type { SheetsModel } from "./model.ts";
import type { RendererNeeds } from "./renderer.ts";
import { type Source, showSheets } from "./viewer.ts";

export interface ArchiveEntry {
  readonly path: string;
  readonly length: number;
  /** Null for what has no name of what is shown, is packed, or too large. */
  readonly view: (() => SheetsModel) | null;
}

export interface ArchiveModel {
  readonly name: string;
  readonly state: ReadonlySignal<"opening" | "open" | "failed">;
  /** `broken`: no zip that is read here. */
  readonly wrong: ReadonlySignal<"broken" | "forged" | "gone" | null>;
  readonly waiting: ReadonlySignal<boolean>;
  readonly entries: ReadonlySignal<readonly ArchiveEntry[]>;
  retry(): Promise<void>;
  end(): void;
}

/** What stands before the content of each file (APPNOTE 4.3.7), its name and what follows it left out. */
const LOCAL_HEAD = 30;
const LOCAL_MAGIC = 0x04034b50;
const STORED = 0;

class Archive implements ArchiveModel {
  readonly name: string;
  readonly state = signal<ArchiveModel["state"]["value"]>("opening");
  readonly wrong = signal<ArchiveModel["wrong"]["value"]>(null);
  readonly waiting: ReadonlySignal<boolean>;
  readonly entries = signal<readonly ArchiveEntry[]>([]);
  readonly #needs: RendererNeeds;
  readonly #source: Source;
  readonly #gone = new AbortController();

  constructor(needs: RendererNeeds, source: Source) {
    this.#needs = needs;
    this.#source = source;
    this.name = source.name;
    this.waiting = source.waiting;
    void this.retry();
  }

  readonly retry = async (): Promise<void> => {
    batch(() => {
      this.state.value = "opening";
      this.wrong.value = null;
    });
    // What the network or the author does wrong, and not the zip: its reader says one thing of all.
    const failed: { error?: unknown } = {};
    try {
      const found = await this.#listed(failed);
      batch(() => {
        this.entries.value = found;
        this.state.value = "open";
      });
    } catch {
      if (this.#gone.signal.aborted) return;
      const { error } = failed;
      batch(() => {
        this.wrong.value =
          error === undefined ? "broken" : error instanceof SealError ? "forged" : "gone";
        this.state.value = "failed";
      });
    }
  };

  readonly end = (): void => this.#gone.abort();

  async #listed(failed: { error?: unknown }): Promise<readonly ArchiveEntry[]> {
    const source = this.#source;
    const { signal: gone } = this.#gone;
    class Ranged extends Reader<null> {
      override size = source.length;
      override async readUint8Array(from: number, length: number): Promise<Uint8Array> {
        if (length > MOST_DIRECTORY) throw new RangeError("more than a list of files");
        const to = Math.min(from + length, source.length);
        return await source.read(from, to, gone).catch((error: unknown) => {
          failed.error = error;
          throw error;
        });
      }
    }
    const reader = new ZipReader(new Ranged(null), { useWebWorkers: false });
    const found: ArchiveEntry[] = [];
    for await (const entry of reader.getEntriesGenerator()) {
      if (entry.directory) continue;
      if (found.length >= MOST_FILES) throw new RangeError("too many files");
      found.push(this.#entry(entry));
    }
    return found;
  }

  #entry(entry: FileEntry): ArchiveEntry {
    const { filename, uncompressedSize: length, compressedSize, compressionMethod } = entry;
    const path = inert(filename, 200);
    const plain = compressionMethod === STORED && !entry.encrypted && compressedSize === length;
    const viewed = plain && length <= MOST_FILE && mayBeShown(path);
    const view = (): SheetsModel => showSheets(this.#needs, this.#within(path, entry));
    return { path, length, view: viewed ? view : null };
  }

  /** A file of it, by where its own head says that it begins. */
  #within(path: string, { offset, uncompressedSize: length }: FileEntry): Source {
    const source = this.#source;
    let begins: number | undefined;
    return {
      name: path.split("/").at(-1) || path,
      length,
      waiting: source.waiting,
      read: async (from, to, gone) => {
        begins ??= await beginOf(source, offset, gone);
        if (begins + to > source.length) throw new SealError("bad_form", "a file beyond its zip");
        return await source.read(begins + from, begins + to, gone);
      },
    };
  }
}

/** Refuses with `bad_form` where no file is. */
async function beginOf(source: Source, offset: number, gone: AbortSignal): Promise<number> {
  const end = offset + LOCAL_HEAD;
  if (end > source.length) throw new SealError("bad_form", "a file beyond its zip");
  const head = await source.read(offset, end, gone);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint32(0, true) !== LOCAL_MAGIC) throw new SealError("bad_form", "no file there");
  return end + view.getUint16(26, true) + view.getUint16(28, true);
}

/** Nothing of it is fetched but its directory. */
export const openArchive = (needs: RendererNeeds, source: Source): ArchiveModel =>
  new Archive(needs, source);
