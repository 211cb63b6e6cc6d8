/** One kind of what is kept to write again, as its panel shows it: a list by name. */
import { computed, type ReadonlySignal } from "@preact/signals";
import * as v from "valibot";
import type { KeptKind, KeptTexts } from "./kept.ts";

/** Null until the practice's records are open. */
export type Kept = ReadonlySignal<KeptTexts | null>;

export interface KeptList<T extends { readonly name: string }> {
  /** By name. Two devices may have kept one of the same name, each its own: both are there. */
  readonly list: ReadonlySignal<readonly (T & { readonly id: string })[]>;
  /** Takes the place of those of that name. False where there is no room. */
  add(one: T): Promise<boolean>;
  remove(id: string): Promise<void>;
}

/** `form`: what is kept has its members, in its order; what has another form is not shown. */
export function createKeptList<T extends { readonly name: string }>(
  kept: Kept,
  kind: KeptKind,
  form: v.GenericSchema<unknown, T>,
): KeptList<T> {
  const list = computed(() =>
    [...(kept.value?.all.value ?? [])]
      .flatMap(([id, { kind: its, data }]) => {
        const one = its === kind ? read(form, data) : null;
        return one ? [{ ...one, id }] : [];
      })
      .sort((one, other) => one.name.localeCompare(other.name, "fr")),
  );
  return {
    list,
    async add(one) {
      const made = v.safeParse(form, one);
      if (!made.success) return false;
      const instead = list.peek().filter(({ name }) => name === made.output.name);
      const text = { kind, data: JSON.stringify(made.output) };
      const ids = instead.map(({ id }) => id);
      return (await kept.peek()?.put(text, ids)) ?? false;
    },
    remove: async (id) =>
      await kept
        .peek()
        ?.remove(id)
        .catch(() => undefined),
  };
}

function read<T>(form: v.GenericSchema<unknown, T>, data: string): T | null {
  try {
    const found = v.safeParse(form, JSON.parse(data));
    return found.success ? found.output : null;
  } catch {
    return null;
  }
}
