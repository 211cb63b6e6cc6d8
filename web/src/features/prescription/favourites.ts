/** The lines that a doctor writes often, on this device. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { utf8 } from "../../sealing/encoding.ts";
import { inert } from "../inert.ts";
import type { Vaults } from "../ports.ts";
import { LIMITS } from "./limits.ts";
import type { Typed } from "./redraft.ts";

const SCOPE = "favourites";
const LIST = "list";

export interface Favourite {
  /** What tells it from the others. */
  readonly name: string;
  readonly line: Typed;
}

export interface Favourites {
  /** By name. */
  readonly list: ReadonlySignal<readonly Favourite[]>;
  /** Takes the place of one of that name. False where there are as many as may be. */
  add(line: Typed): Promise<boolean>;
  remove(name: string): Promise<void>;
}

/** `Amoxicilline · 500 mg · 1 × 3 · 7`. */
const nameOf = ({ substance, strength, dose, count, duration, packs }: Typed): string =>
  inert(
    [substance, strength, dose && `${dose} × ${count}`, duration || packs]
      .filter(Boolean)
      .join(" · "),
    120,
  );

export function createFavourites({ vaults }: { readonly vaults: Vaults }): Favourites {
  const list = signal<readonly Favourite[]>([]);

  async function open(): Promise<void> {
    const bytes = await vaults.look(SCOPE).load(LIST);
    if (bytes) list.value = JSON.parse(new TextDecoder().decode(bytes));
  }

  /**
   * Changes what another tab may have changed meanwhile. Where the browser keeps nothing they serve
   * until the page closes.
   */
  async function change(next: (now: readonly Favourite[]) => readonly Favourite[]): Promise<void> {
    await open().catch(() => undefined);
    const changed = [...next(list.peek())];
    list.value = changed.sort((one, other) => one.name.localeCompare(other.name, "fr"));
    const vault = await vaults.open(SCOPE);
    await vault.save(LIST, utf8(JSON.stringify(list.peek())));
  }

  open().catch(() => undefined);
  return {
    list,
    async add(line) {
      const name = nameOf(line);
      const others = (now: readonly Favourite[]) => now.filter((one) => one.name !== name);
      if (others(list.peek()).length >= LIMITS.favourites) return false;
      // In which zone it stands is a matter of the patient.
      const kept = { name, line: { ...line, zone: "" } } as const;
      await change((now) => [...others(now), kept]).catch(() => undefined);
      return true;
    },
    remove: (name) =>
      change((now) => now.filter((one) => one.name !== name)).catch(() => undefined),
  };
}
