/** A list of medicines that do not exist. */

import { signal } from "@preact/signals";
import { readBdpm } from "../../src/features/medicines/bdpm.ts";
import type { Library } from "../../src/features/medicines/library.ts";
import { indexOf } from "../../src/features/medicines/search.ts";
import { emptyLine } from "../../src/features/prescription/draft.ts";
import type { Typed } from "../../src/features/prescription/redraft.ts";
import type { WritingHelp } from "../../src/features/prescription/view/prescription.tsx";
import { COMPOSITIONS, CONDITIONS, file, SPECIALITIES } from "../medicines/published.ts";

const read = readBdpm([file("a", SPECIALITIES), file("b", COMPOSITIONS), file("c", CONDITIONS)]);
const medicines = read.ok ? read.medicines : [];
const index = indexOf(medicines);

const library: Library = {
  shelf: signal({ kind: "ready", count: 15_432, loaded: Date.UTC(2026, 7, 3) }),
  refusal: signal(null),
  take: async () => undefined,
  forget: async () => undefined,
  find: (typed) => index.find(typed),
};

const line = (substance: string, strength: string): Typed => {
  const { key: _key, ...typed } = { ...emptyLine(0), substance, strength, form: "tablet" as const };
  return typed;
};

export const writingHelp: WritingHelp = {
  library,
  favourites: {
    list: signal([
      { id: "1", name: "Amoxifictive · 500 mg · 1 × 3 · 7", line: line("Amoxifictive", "500 mg") },
      { id: "2", name: "Parafictamol · 1 g · 1 × 3 · 5", line: line("Parafictamol", "1 g") },
    ]),
    add: async () => true,
    remove: async () => undefined,
  },
  earlier: {
    list: signal([
      {
        id: "1",
        patient: "Alex Exemple",
        issued: new Date(Date.UTC(2026, 1, 2)),
        until: new Date(Date.UTC(2027, 1, 2)),
      },
    ]),
    load: async () => undefined,
    lines: async () => null,
  },
};
