/** The people seen, as the desk lists them. */
import { signal } from "@preact/signals";
import type { PeopleModel, PersonModel } from "../../src/features/desk/desk.ts";
import { received } from "./models.ts";

const person = (id: string, name: string, seen: number): PersonModel => ({
  id,
  name: signal(name),
  seen: signal(seen),
  documents: signal([
    { ...received("verified"), mine: true },
    { ...received("received"), mine: true, state: "sent", at: "2026-03-04T16:20:00Z" },
  ]),
  guest: signal(id),
  problem: signal(null),
  call: { who: signal({ name }), sendDocument: async () => undefined },
  look: () => undefined,
});

const PEOPLE = [
  person("a", "Ana Martin", Date.UTC(2026, 2, 4)),
  person("b", "Maximilienne-Joséphine de Saint-Exemple-sur-Fiction", Date.UTC(2026, 1, 20)),
  person("c", "", Date.UTC(2026, 0, 12)),
];

export const peopleSeen = (list: readonly PersonModel[] = PEOPLE, full = false): PeopleModel => ({
  list: signal(list),
  full: signal(full),
  forget: async () => undefined,
});
