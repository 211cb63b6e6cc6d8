/** A list of medicines that do not exist. */

import { signal } from "@preact/signals";
import { readBdpm } from "../../src/features/medicines/bdpm.ts";
import type { Library } from "../../src/features/medicines/library.ts";
import { indexOf } from "../../src/features/medicines/search.ts";
import { COMPOSITIONS, CONDITIONS, file, SPECIALITIES } from "../medicines/published.ts";

const read = readBdpm([file("a", SPECIALITIES), file("b", COMPOSITIONS), file("c", CONDITIONS)]);
const medicines = read.ok ? read.medicines : [];
const index = indexOf(medicines);

export const library: Library = {
  shelf: signal({ kind: "ready", count: 15_432, loaded: Date.UTC(2026, 7, 3) }),
  refusal: signal(null),
  take: async () => undefined,
  forget: async () => undefined,
  find: (typed) => index.find(typed),
};
