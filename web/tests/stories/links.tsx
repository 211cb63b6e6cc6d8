/** Sealed links: at the desk, and on the page of whoever opens one. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import type {
  Found,
  LinkLine,
  LinksModel,
  OpeningModel,
  OutgoingModel,
} from "../../src/features/links/model.ts";
import { HandOver } from "../../src/features/links/view/hand-over.tsx";
import { LinksDialog } from "../../src/features/links/view/links-dialog.tsx";
import { OpeningPage } from "../../src/features/links/view/opening-page.tsx";
import { Dialog } from "../../src/ui/dialog.tsx";
import { Page, ScreenTitle } from "../../src/ui/page.tsx";
import { choosing } from "./files.tsx";
import { fakeDesk, problem } from "./models.ts";

const nothing = async (): Promise<void> => undefined;
const DAY = 24 * 3600_000;
const NOW = Date.UTC(2026, 2, 2, 8, 30);

const line = (id: string, name: string, changes: Partial<LinkLine> = {}): LinkLine => ({
  id,
  name,
  size: 48e6,
  upload: id,
  to: "Cabinet de radiologie",
  mailed: null,
  created: NOW,
  expires: NOW + 7 * DAY,
  openings: 3,
  used: 1,
  state: "open",
  url: "https://consult.exemple.fr/link/#1.G4qbY4TtXm8s4wYH0vEbjVtK2mGxk0N1bq3mJv0QmZk",
  ...changes,
});

const STUDY = "IRM genou gauche 2026-03-02.zip";

const LINES: readonly LinkLine[] = [
  line("a", STUDY, { size: 1.4e9 }),
  line("a2", STUDY, { size: 1.4e9, upload: "a", to: "Zéphyrine Exemple", mailed: true, used: 0 }),
  line("a3", STUDY, {
    size: 1.4e9,
    upload: "a",
    to: "Łukasz Şahin-Exemple de la Très-Longue-Fiction",
    mailed: false,
    used: 0,
  }),
  line("a4", STUDY, { size: 1.4e9, upload: "a", to: "", used: null, state: "withdrawn" }),
  line("b", "radio-poignet-gauche.jpeg", { openings: 1, used: 0, expires: NOW + DAY, to: "" }),
  line("c", "conseils.txt", { used: null, size: 820 }),
  line("d", "courrier.pdf", { used: 3, state: "used-up" }),
  line("f", "ancien.png", { used: null, state: "expired", openings: 10 }),
];

const WORDS = {
  fr: ["abaisser", "éléphant", "mouton", "rivière", "zoologie"],
  en: ["abandon", "elephant", "mutton", "river", "zone"],
} as const;

const PEOPLE = [
  { id: "p", name: "Zéphyrine Exemple" },
  { id: "q", name: "" },
];

const outgoing = (changes: Partial<OutgoingModel> = {}): OutgoingModel => ({
  state: signal("idle"),
  choosing: choosing(),
  most: 10 * 1024 ** 3,
  people: signal(PEOPLE),
  begun: signal(null),
  progress: signal({ done: 0, waiting: false }),
  problem: signal(null),
  send: async () => [],
  pause: () => undefined,
  giveUp: nothing,
  ...changes,
});

const BEGUN = { file: STUDY, length: 1.4e9, whole: false, to: ["Zéphyrine Exemple", "Dr Exemple"] };
const HALF = { done: 0.6e9, waiting: false };

export const links = (changes: Partial<LinksModel> = {}): LinksModel => ({
  outgoing: outgoing(),
  list: signal(LINES),
  problem: signal(null),
  load: nothing,
  hand: async () => line("a", "Compte rendu.pdf"),
  words: async (_, language) => WORDS[language],
  withdraw: nothing,
  withdrawAll: nothing,
  forget: nothing,
  ...changes,
});

const { confirm } = fakeDesk().lock;

const dialog = (changes: Partial<LinksModel> = {}): ComponentChild => (
  <Page>
    <ScreenTitle>Aparté</ScreenTitle>
    <LinksDialog links={links(changes)} confirm={confirm} onClose={() => undefined} />
  </Page>
);

export const FOUND: Found = {
  document: {
    id: "1",
    mine: false,
    at: "2026-03-02T08:30:00Z",
    kind: "file",
    state: "verified",
    problem: null,
    document: signal({
      kind: "file",
      issued: "2026-03-02T08:30:00Z",
      author: { name: "Dr Camille Démo", profession: "Médecin", rpps: "10003456786" },
      subject: null,
      parts: [
        {
          name: "Compte rendu de consultation.pdf",
          media: "application/pdf",
          bytes: new TextEncoder().encode("%PDF-1.7 …"),
        },
      ],
    }),
  },
  files: [],
  says: "Dr Camille Démo",
  view: () => new Promise<never>(() => undefined),
  author: {
    identity: new Uint8Array(32),
    card: {
      version: 1,
      issued: "2026-01-01T08:00:00Z",
      name: "Dr Camille Démo",
      profession: "Médecin",
      speciality: "Médecine générale",
      rpps: "10003456786",
      address: "1 rue de l’Exemple, 75000 Paris, France",
      place: "Paris",
      languages: ["fr", "en"],
      listed: true,
      second: "",
    },
    attestation: {
      card: new Uint8Array(32),
      issued: "2026-01-04T08:00:00Z",
      registrar: "Ordre fictif de l’Exemple",
      checked: ["identity", "register"],
    },
    signedAt: NOW,
  },
};

const opening = (changes: Partial<OpeningModel> = {}): ComponentChild => (
  <OpeningPage
    model={{
      state: signal("asking"),
      left: signal(2),
      expires: signal(NOW + 7 * DAY),
      trouble: signal(null),
      problem: signal(null),
      why: signal(null),
      begun: signal(false),
      found: signal(null),
      open: nothing,
      ...changes,
    }}
  />
);

const over = (key: string): ComponentChild =>
  opening({ state: signal("over"), problem: signal({ key, loud: true }) });

export const linkPages: Readonly<Record<string, () => ComponentChild>> = {
  desk: () => dialog(),
  first: () => dialog({ list: signal([]) }),
  failed: () => dialog({ problem: signal(problem("quota_exceeded")) }),
  alone: () => dialog({ list: signal([]), outgoing: outgoing({ people: signal([]) }) }),
  going: () =>
    dialog({
      outgoing: outgoing({
        state: signal("sending"),
        begun: signal(BEGUN),
        progress: signal(HALF),
      }),
    }),
  finishing: () =>
    dialog({
      outgoing: outgoing({
        state: signal("sending"),
        begun: signal({ ...BEGUN, whole: true }),
        progress: signal({ done: 1.4e9, waiting: false }),
      }),
    }),
  begun: () => dialog({ outgoing: outgoing({ begun: signal(BEGUN) }) }),
  paused: () =>
    dialog({
      outgoing: outgoing({
        state: signal("paused"),
        begun: signal(BEGUN),
        progress: signal(HALF),
        problem: signal(problem("no_quota")),
      }),
    }),
  "too-large": () =>
    dialog({ outgoing: outgoing({ choosing: choosing({ trouble: signal("large") }) }) }),
  hand: () => (
    <Page>
      <ScreenTitle>Aparté</ScreenTitle>
      <Dialog title="Donner le lien et les mots" onClose={() => undefined} large>
        <HandOver links={links()} link={line("a", "Compte rendu.pdf")} onBack={() => undefined} />
      </Dialog>
    </Page>
  ),
  ask: () => opening(),
  looking: () => opening({ state: signal("looking") }),
  opening: () => opening({ state: signal("opening") }),
  nearest: () =>
    opening({
      trouble: signal({ what: "unknown", at: 3, typed: "mouto", nearest: "mouton" }),
    }),
  wrong: () => opening({ trouble: signal({ what: "wrong" }), left: signal(1) }),
  found: () => opening({ state: signal("open"), found: signal(FOUND) }),
  unattested: () =>
    opening({
      state: signal("open"),
      found: signal({
        ...FOUND,
        author: FOUND.author && { ...FOUND.author, attestation: undefined },
      }),
    }),
  "used-up": () => over("used_up"),
  withdrawn: () => over("withdrawn"),
  expired: () => over("expired"),
  unknown: () => opening({ state: signal("over"), why: signal("unknown") }),
  forged: () => opening({ state: signal("over"), why: signal("not-genuine") }),
  offline: () => opening({ state: signal("looking"), problem: signal(problem("offline")) }),
};
