/** The lines that a doctor writes often, on this device. */
import { inert } from "../inert.ts";
import { createKeptList, type KeptList } from "../paper/kept-list.ts";
import type { Vaults } from "../ports.ts";
import { LIMITS } from "./limits.ts";
import type { Typed } from "./redraft.ts";

export interface Favourite {
  /** What tells it from the others. */
  readonly name: string;
  readonly line: Typed;
}

export interface Favourites extends Pick<KeptList<Favourite>, "list" | "remove"> {
  /** Takes the place of one of that name. False where there are as many as may be. */
  add(line: Typed): Promise<boolean>;
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
  const kept = createKeptList<Favourite>(vaults, "favourites", LIMITS.favourites);
  return {
    ...kept,
    // In which zone it stands is a matter of the patient.
    add: (line) => kept.add({ name: nameOf(line), line: { ...line, zone: "" } }),
  };
}
