/** What a doctor keeps on this device to write again: a list by name. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { utf8 } from "../../sealing/encoding.ts";
import type { Vaults } from "../ports.ts";

const LIST = "list";

export interface KeptList<T extends { readonly name: string }> {
  /** By name. */
  readonly list: ReadonlySignal<readonly T[]>;
  /** Takes the place of one of that name. False where there are as many as may be. */
  add(one: T): Promise<boolean>;
  remove(name: string): Promise<void>;
}

/** @param limit how many there may be */
export function createKeptList<T extends { readonly name: string }>(
  vaults: Vaults,
  scope: string,
  limit: number,
): KeptList<T> {
  const list = signal<readonly T[]>([]);

  async function open(): Promise<void> {
    const bytes = await vaults.look(scope).load(LIST);
    if (bytes) list.value = JSON.parse(new TextDecoder().decode(bytes));
  }

  /**
   * Changes what another tab may have changed meanwhile. Where the browser keeps nothing they serve
   * until the page closes.
   */
  async function change(next: (now: readonly T[]) => readonly T[]): Promise<void> {
    await open().catch(() => undefined);
    const changed = [...next(list.peek())];
    list.value = changed.sort((one, other) => one.name.localeCompare(other.name, "fr"));
    const vault = await vaults.open(scope);
    await vault.save(LIST, utf8(JSON.stringify(list.peek())));
  }

  open().catch(() => undefined);
  return {
    list,
    async add(kept) {
      const others = (now: readonly T[]) => now.filter(({ name }) => name !== kept.name);
      if (others(list.peek()).length >= limit) return false;
      await change((now) => [...others(now), kept]).catch(() => undefined);
      return true;
    },
    remove: (name) =>
      change((now) => now.filter((one) => one.name !== name)).catch(() => undefined),
  };
}
