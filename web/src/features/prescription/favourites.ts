/** The lines that a doctor writes often, on every device of the practice. */
import * as v from "valibot";
import { textOf } from "../../sealing/forms.ts";
import { inert } from "../inert.ts";
import { createKeptList, type Kept, type KeptList } from "../paper/kept-list.ts";
import { emptyLine } from "./draft.ts";
import { LIMITS } from "./limits.ts";
import type { Typed } from "./redraft.ts";
import {
  DOSE_UNITS,
  DURATIONS,
  FORMS,
  NARCOTIC_LIMITS,
  REASONS,
  RHYTHMS,
  ROUTES,
  ZONES,
} from "./vocabulary.ts";

export interface Favourite {
  readonly name: string;
  readonly line: Typed;
}

export interface Favourites extends Pick<KeptList<Favourite>, "list" | "remove"> {
  /** Takes the place of one of that name. False where there is no room. */
  add(line: Typed): Promise<boolean>;
}

/** What a field is for is checked when the line is used; what no field could hold is left out. */
const typed = v.fallback(textOf(LIMITS.typed), "");
const flag = v.fallback(v.boolean(), false);
/** A word that is not known here, since another version kept it, is chosen anew. */
const oneOf = <K extends string, D extends string>(rows: Readonly<Record<K, unknown>>, none: D) =>
  v.fallback(v.picklist([...(Object.keys(rows) as K[]), none]), none);

const { rhythm, durationUnit, renewals, limit } = emptyLine(0);

/** Its members in the order in which they are kept; one that is missing has not been typed. */
const FORM = v.object({
  name: v.pipe(textOf(LIMITS.favouriteName), v.minLength(1)),
  line: v.object({
    substance: typed,
    strength: typed,
    brand: typed,
    form: oneOf({ ...FORMS, other: null }, ""),
    otherForm: typed,
    route: oneOf(ROUTES, ""),
    dose: typed,
    unit: oneOf(DOSE_UNITS, ""),
    count: typed,
    rhythm: oneOf(RHYTHMS, rhythm),
    asNeeded: flag,
    maximum: typed,
    advice: typed,
    duration: typed,
    durationUnit: oneOf(DURATIONS, durationUnit),
    packs: typed,
    renewals: v.fallback(textOf(LIMITS.typed), renewals),
    substitution: oneOf(REASONS, ""),
    narcotic: flag,
    overlap: flag,
    limit: oneOf(NARCOTIC_LIMITS, limit),
    delivery: v.fallback(v.picklist(["once", "split", ""]), ""),
    deliveryDays: typed,
    pharmacy: typed,
    zone: oneOf(ZONES, ""),
  }),
});

/** `Amoxicilline · 500 mg · 1 × 3 · 7`. */
const nameOf = ({ substance, strength, dose, count, duration, packs }: Typed): string =>
  inert(
    [substance, strength, dose && `${dose} × ${count}`, duration || packs]
      .filter(Boolean)
      .join(" · "),
    LIMITS.favouriteName,
  );

export function createFavourites(kept: Kept): Favourites {
  const all = createKeptList<Favourite>(kept, "favourite", FORM);
  return {
    ...all,
    // In which zone it stands, and where it is dispensed, is a matter of the patient.
    add: (line) => all.add({ name: nameOf(line), line: { ...line, zone: "", pharmacy: "" } }),
  };
}
