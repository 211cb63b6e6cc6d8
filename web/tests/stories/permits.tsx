/** Permits at the desk, and files that came with them. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import type { ArrivedLine, PermitLine, PermitsModel } from "../../src/features/permits/model.ts";
import { PermitsDialog } from "../../src/features/permits/view/permits-dialog.tsx";
import { Page, ScreenTitle } from "../../src/ui/page.tsx";
import { problem } from "./models.ts";

const nothing = async (): Promise<void> => undefined;
const DAY = 24 * 3600_000;
const NOW = Date.UTC(2026, 2, 2, 8, 30);

const permit = (id: string, label: string, state: PermitLine["state"]): PermitLine => ({
  id,
  label,
  state,
  size: 1_000_016_384,
  created: NOW,
  until: NOW + 7 * DAY,
  url: "https://consult.exemple.fr/send/#1.G4qbY4TtXm8s4wYH0vEbjVtK2mGxk0N1bq3mJv0QmZkAAAACgAAAAAAAAABrSdIABLk2f0YtXm8s4wYH0vEbjVs",
});

const PERMITS: readonly PermitLine[] = [
  permit("a", "Laboratoire de l’Exemple, IRM de Łukasz Şahin", "unused"),
  permit("b", "Nadia Test-Fictive", "used"),
  permit("c", "Confrère, radios", "begun"),
  permit("d", "Pharmacie", "withdrawn"),
  permit("e", "Une dame au téléphone", "expired"),
];

const arrived = (id: string, changes: Partial<ArrivedLine> = {}): ArrivedLine => ({
  id,
  name: "IRM genou gauche 2026-03-02.zip",
  size: 1.4e9,
  at: NOW,
  until: NOW + 7 * DAY,
  label: "Laboratoire de l’Exemple, IRM de Łukasz Şahin",
  seen: false,
  url: `https://consult.exemple.fr/link/#1.G4qbY4TtXm8s4wYH0vEbjVtK2mGxk0N1bq3mJv0QmZ${id}`,
  ...changes,
});

const ARRIVED: readonly ArrivedLine[] = [
  arrived("x"),
  arrived("y", { name: "bilan.pdf", size: 214_000, label: "Nadia Test-Fictive", seen: true }),
  arrived("z", { name: "radio.zip", size: 84e6, label: null }),
];

const permits = (changes: Partial<PermitsModel> = {}): PermitsModel => ({
  list: signal(PERMITS),
  arrived: signal(ARRIVED),
  problem: signal(null),
  load: nothing,
  make: async () => PERMITS[0] ?? null,
  bare: async () => null,
  withdraw: nothing,
  forget: nothing,
  open: async () => null,
  words: async () => [],
  drop: nothing,
  ...changes,
});

const dialog = (changes: Partial<PermitsModel> = {}): ComponentChild => (
  <Page>
    <ScreenTitle>Aparté</ScreenTitle>
    <PermitsDialog permits={permits(changes)} Opened={() => null} onClose={() => undefined} />
  </Page>
);

export const permitPages: Readonly<Record<string, () => ComponentChild>> = {
  desk: () => dialog(),
  first: () => dialog({ list: signal([]), arrived: signal([]) }),
  failed: () => dialog({ problem: signal(problem("quota_exceeded")) }),
};
