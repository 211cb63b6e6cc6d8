/** Files of any size: the page of whoever has a permit, and what comes out of a link. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import type { ChoosingModel } from "../../src/features/files/choosing.ts";
import type { SenderModel } from "../../src/features/files/model.ts";
import type { IncomingFile } from "../../src/features/files/receiving.ts";
import { SendPage } from "../../src/features/files/view/send-page.tsx";
import type { OpeningModel } from "../../src/features/links/model.ts";
import { OpeningPage } from "../../src/features/links/view/opening-page.tsx";
import type { Standing } from "../../src/features/practitioners/standing.ts";
import { problem } from "./models.ts";

const nothing = async (): Promise<void> => undefined;
const NOW = Date.UTC(2026, 2, 2, 8, 30);
const WEEK = 7 * 24 * 3600_000;
const GB = 1e9;
const CHOSEN = {
  name: "IRM genou gauche 2026-03-02.zip",
  length: 1.4 * GB,
  count: 412,
  study: null,
  taking: "files",
} as const;

const READERS = [{ to: "", openings: 3 }] as const;
const BEGUN = {
  file: CHOSEN.name,
  length: CHOSEN.length,
  name: "Laboratoire",
  readers: READERS,
};

const PRACTICE: Standing = {
  checked: "fresh",
  record: {
    confirmed: NOW / 1000,
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
  },
};

const link = (to: string) => ({
  url: `https://consult.exemple.fr/link/#1.G4qbY4TtXm8s4wYH0vEbjVtK2mGxk0N1bq3mJv0QmZ${to.length}`,
  name: CHOSEN.name,
  to,
  openings: 3,
});

const WORDS = {
  fr: ["abaisser", "éléphant", "mouton", "rivière", "zoologie"],
  en: ["abandon", "elephant", "mutton", "river", "zone"],
} as const;

export const choosing = (changes: Partial<ChoosingModel> = {}): ChoosingModel => ({
  chosen: signal(null),
  trouble: signal(null),
  reading: signal(false),
  choose: nothing,
  drop: nothing,
  take: () => undefined,
  ...changes,
});

const CHOICE = choosing({ chosen: signal(CHOSEN) });

const sender = (changes: Partial<SenderModel> = {}): ComponentChild => (
  <SendPage
    model={{
      state: signal("choosing"),
      size: signal(10.7 * GB),
      until: signal(NOW + WEEK),
      choosing: choosing(),
      begun: signal(null),
      progress: signal({ done: 0, waiting: false }),
      problem: signal(null),
      sent: signal(null),
      links: signal(1),
      practice: signal(null),
      send: nothing,
      pause: () => undefined,
      words: async (_at, language) => WORDS[language],
      takeBack: nothing,
      forget: nothing,
      ...changes,
    }}
  />
);

export const incoming = (changes: Partial<IncomingFile> = {}): IncomingFile => ({
  name: CHOSEN.name,
  length: CHOSEN.length,
  state: signal("idle"),
  progress: signal({ done: 0, waiting: false }),
  problem: signal(null),
  start: nothing,
  pause: () => undefined,
  erase: nothing,
  look: null,
  view: null,
  inside: null,
  ...changes,
});

const received = (file: IncomingFile): ComponentChild => {
  const model: OpeningModel = {
    state: signal("open"),
    left: signal(2),
    expires: signal(NOW + WEEK),
    trouble: signal(null),
    problem: signal(null),
    why: signal(null),
    begun: signal(false),
    found: signal({
      document: null,
      files: [file],
      author: null,
      says: "Laboratoire de l’Exemple",
      view: () => new Promise<never>(() => undefined),
    }),
    open: nothing,
  };
  return <OpeningPage model={model} />;
};

const half = { done: 0.6 * GB, waiting: false };

export const filePages: Readonly<Record<string, () => ComponentChild>> = {
  choose: () => sender(),
  chosen: () => sender({ choosing: CHOICE }),
  study: () =>
    sender({
      choosing: choosing({
        chosen: signal({
          ...CHOSEN,
          study: { images: 371, series: 4, studies: 1, others: 41, damaged: 2 },
          taking: "study",
        }),
      }),
    }),
  reading: () => sender({ choosing: choosing({ reading: signal(true) }) }),
  large: () => sender({ choosing: choosing({ trouble: signal("large") }) }),
  begun: () => sender({ begun: signal(BEGUN) }),
  sending: () => sender({ state: signal("sending"), choosing: CHOICE, progress: signal(half) }),
  waiting: () =>
    sender({
      state: signal("sending"),
      choosing: CHOICE,
      progress: signal({ ...half, waiting: true }),
    }),
  paused: () =>
    sender({
      state: signal("paused"),
      choosing: CHOICE,
      progress: signal(half),
      begun: signal(BEGUN),
    }),
  changed: () =>
    sender({
      state: signal("paused"),
      choosing: CHOICE,
      problem: signal(problem("file_changed")),
    }),
  sent: () =>
    sender({
      state: signal("sent"),
      sent: signal({ links: [link("")], practice: "" }),
    }),
  whose: () => sender({ practice: signal(PRACTICE), links: signal(3), choosing: CHOICE }),
  unchecked: () =>
    sender({
      links: signal(3),
      practice: signal({
        checked: "unknown",
        record: PRACTICE.record && { ...PRACTICE.record, attestation: undefined },
      }),
    }),
  told: () =>
    sender({ state: signal("sent"), sent: signal({ links: [], practice: "Dr Camille Démo" }) }),
  several: () =>
    sender({
      state: signal("sent"),
      sent: signal({
        links: [link("Dr Autre, hôpital de l’Exemple"), link("Łukasz Şahin")],
        practice: "Dr Camille Démo",
      }),
    }),
  full: () =>
    sender({
      state: signal("paused"),
      choosing: CHOICE,
      progress: signal({ done: CHOSEN.length, waiting: false }),
      begun: signal(BEGUN),
      practice: signal(PRACTICE),
      problem: signal(problem("practice_full")),
    }),
  forged: () =>
    sender({ state: signal("over"), problem: signal({ key: "permit_forged", loud: true }) }),
  revoked: () =>
    sender({ state: signal("over"), problem: signal({ key: "permit_revoked", loud: true }) }),
  withdrawn: () =>
    sender({ state: signal("over"), problem: signal({ key: "permit_withdrawn", loud: true }) }),
  forgotten: () => sender({ state: signal("forgotten") }),
  used: () =>
    sender({ state: signal("over"), problem: signal({ key: "permit_used", loud: true }) }),
  incoming: () => received(incoming()),
  images: () => received(incoming({ look: () => new Promise<never>(() => undefined) })),
  letter: () =>
    received(
      incoming({
        name: "Analyses du 3 août 2026.pdf",
        length: 240_000,
        view: () => new Promise<never>(() => undefined),
      }),
    ),
  archive: () => received(incoming({ inside: () => new Promise<never>(() => undefined) })),
  fetching: () => received(incoming({ state: signal("going"), progress: signal(half) })),
  stopped: () =>
    received(
      incoming({
        state: signal("paused"),
        progress: signal(half),
        problem: signal(problem("no_room")),
      }),
    ),
  altered: () =>
    received(
      incoming({
        problem: signal({ key: "altered", loud: true }),
      }),
    ),
  saved: () =>
    received(
      incoming({
        state: signal("saved"),
        progress: signal({ done: CHOSEN.length, waiting: false }),
      }),
    ),
};
