/**
 * The list of medicines that a practice has loaded, and the lines that a doctor writes often. Both
 * stay on this device: searching asks nobody, so that nobody learns what is searched for.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { utf8 } from "../../sealing/encoding.ts";
import type { Clock, Vaults } from "../ports.ts";
import { type PublishedFile, type Refusal, readBdpm } from "./bdpm.ts";
import { LIMITS } from "./limits.ts";
import type { Medicine } from "./medicine.ts";
import { type Index, indexOf } from "./search.ts";

export const SCOPE = "medicines";
const LIST = "list";

export type Shelf =
  | { readonly kind: "opening" | "empty" | "reading" }
  /** `loaded` is milliseconds since the Unix epoch. */
  | { readonly kind: "ready"; readonly count: number; readonly loaded: number };

/** A file that a person chose; `read` gives its bytes. */
export interface ChosenFile {
  readonly name: string;
  readonly size: number;
  readonly read: () => Promise<Uint8Array>;
}

export interface Library {
  readonly shelf: ReadonlySignal<Shelf>;
  /** Why the files that were chosen last were not taken; `unread` where the browser could not read them. */
  readonly refusal: ReadonlySignal<Refusal | { readonly key: "unread" | "unkept" } | null>;
  /** Takes the public files in place of those that are there, all of them or none. */
  take(files: readonly ChosenFile[]): Promise<void>;
  forget(): Promise<void>;
  find(typed: string): readonly Medicine[];
}

interface Kept {
  readonly loaded: number;
  readonly medicines: readonly Medicine[];
}

const NOTHING: Index = { find: () => [] };

/** What was written by a version of these pages that kept other things is as good as nothing. */
function kept(bytes: Uint8Array | undefined): Kept | null {
  if (!bytes) return null;
  try {
    const found: Kept = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(found.medicines) && typeof found.loaded === "number" ? found : null;
  } catch {
    return null;
  }
}

export function createLibrary(world: { readonly clock: Clock; readonly vaults: Vaults }): Library {
  const { clock, vaults } = world;
  const shelf = signal<Shelf>({ kind: "opening" });
  const refusal = signal<ReturnType<Library["refusal"]["peek"]>>(null);
  let index = NOTHING;

  const show = (list: Kept | null): void => {
    index = list ? indexOf(list.medicines) : NOTHING;
    shelf.value = list
      ? { kind: "ready", count: list.medicines.length, loaded: list.loaded }
      : { kind: "empty" };
  };

  async function open(): Promise<void> {
    try {
      show(kept(await vaults.look(SCOPE).load(LIST)));
    } catch {
      show(null);
    }
  }

  /** The page draws that it reads before it is busy with it. */
  const drawn = (): Promise<void> => new Promise((done) => void clock.after(30, done));

  async function read(files: readonly ChosenFile[]): Promise<PublishedFile[] | null> {
    const large = files.find(({ size }) => size > LIMITS.bytes);
    if (large) {
      refusal.value = { key: "large", name: large.name };
      return null;
    }
    try {
      return await Promise.all(
        files.map(async ({ name, read: bytes }) => ({ name, bytes: await bytes() })),
      );
    } catch {
      refusal.value = { key: "unread" };
      return null;
    }
  }

  async function take(files: readonly ChosenFile[]): Promise<void> {
    const before = shelf.peek();
    if (before.kind === "reading" || files.length === 0) return;
    shelf.value = { kind: "reading" };
    refusal.value = null;
    await drawn();
    const published = await read(files);
    const found = published && readBdpm(published);
    if (!found?.ok) {
      if (found) refusal.value = found.refusal;
      shelf.value = before;
      return;
    }
    const list = { loaded: clock.now(), medicines: found.medicines };
    show(list);
    try {
      const vault = await vaults.open(SCOPE);
      await vault.save(LIST, utf8(JSON.stringify(list)));
    } catch {
      // It serves until the page closes.
      refusal.value = { key: "unkept" };
    }
  }

  void open();
  return {
    shelf,
    refusal,
    take,
    async forget() {
      show(null);
      refusal.value = null;
      await vaults.erase(SCOPE);
    },
    find: (typed) => index.find(typed),
  };
}
