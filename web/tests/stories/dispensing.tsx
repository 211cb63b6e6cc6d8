/** A prescription at the counter of a pharmacy, over models in memory. */
import { signal } from "@preact/signals";
import { PDFDocument } from "pdf-lib";
import type { ComponentChild } from "preact";
import type {
  CounterLine,
  CounterModel,
  GivenCard,
  IssuedModel,
  OwnCard,
  Shown,
} from "../../src/features/dispensing/model.ts";
import { CounterPage } from "../../src/features/dispensing/view/counter-page.tsx";
import { DispenseDialog } from "../../src/features/dispensing/view/dispense-dialog.tsx";
import { IssuedDialog } from "../../src/features/dispensing/view/issued-dialog.tsx";
import { TicketDialog } from "../../src/features/dispensing/view/ticket-dialog.tsx";
import type { Line, Prescription } from "../../src/features/prescription/model.ts";
import type { Attestation, Card } from "../../src/sealing/card.ts";
import { Page, ScreenTitle } from "../../src/ui/page.tsx";
import { fakeLock, problem } from "./models.ts";

const nothing = async (): Promise<void> => undefined;
const SIGNED = new Date(Date.UTC(2026, 2, 2, 8, 30));
const UNTIL = new Date(Date.UTC(2027, 2, 2, 8, 30));

const medicine = (substance: string, value: number, changes: Partial<Line> = {}): Line => ({
  ingredients: [{ substance, strength: { value, unit: "mg", per: null } }],
  brand: "",
  form: "tablet",
  route: "oral",
  dose: 1,
  unit: "tablet",
  count: 3,
  rhythm: "day",
  asNeeded: null,
  advice: "au milieu du repas",
  duration: { value: 7, unit: "day" },
  packs: null,
  renewals: 0,
  notSubstitutable: null,
  narcotic: null,
  zone: null,
  ...changes,
});

const PRESCRIPTION: Prescription = {
  id: "0b7d5f6e-3d1c-4a6e-9a53-0d3f3c5b8a11",
  issued: "2026-03-02T08:30:00Z",
  date: "2026-03-02",
  prescriber: {
    name: "Dr Camille Démo",
    profession: "Médecin",
    speciality: "Médecine générale",
    rpps: "10003456786",
    address: "1 rue de l’Exemple, 75000 Paris, France",
    phone: "+33 1 23 45 67 89",
    email: "camille@exemple.fr",
  },
  patient: {
    family: "Şahin",
    given: "Łukasz",
    sex: "M",
    birth: "1984-02-29",
    weight: null,
    height: null,
  },
  lines: [
    medicine("Amoxicilline", 500),
    medicine("Lévothyroxine sodique", 75, { notSubstitutable: "MTE", renewals: 2 }),
    medicine("Paracétamol", 1000, { asNeeded: { maximum: 3 }, advice: "" }),
  ],
  instructions: "Boire beaucoup d’eau.",
};

const SHOWN: Shown = {
  document: {
    kind: "prescription",
    issued: PRESCRIPTION.issued,
    author: { name: "Dr Camille Démo", profession: "Médecin", rpps: "10003456786" },
    subject: { name: "Łukasz Şahin", birth: "1984-02-29" },
    parts: [
      {
        name: "ordonnance-2026-03-02.pdf",
        media: "application/pdf",
        bytes: new TextEncoder().encode("%PDF-1.7 …"),
      },
    ],
  },
  prescription: PRESCRIPTION,
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
  attestation: undefined,
  signedAt: SIGNED,
  until: UNTIL,
  device: "in-force",
};

const line = (number: number, changes: Partial<CounterLine> = {}): CounterLine => ({
  number,
  given: [],
  left: 1,
  deliveries: 1,
  state: "open",
  parts: true,
  reason: "",
  ...changes,
});

const given = (what: string, whole: boolean, card: GivenCard | null = null) => ({
  what,
  whole,
  at: new Date(Date.UTC(2026, 2, 3, 16, 5)),
  by: "Pharmacie de l’Exemple",
  place: "Paris",
  card,
});

const PHARMACIST: Card = {
  ...SHOWN.card,
  name: "Alix Fictive",
  profession: "Pharmacien",
  speciality: "",
  rpps: "",
  place: "Paris",
};
const ATTESTATION: Attestation = {
  card: new Uint8Array(32),
  issued: "2026-02-01T08:00:00Z",
  registrar: "Ordre fictif",
  checked: ["identity", "register"],
};

const carded = (standing: GivenCard["standing"]) => {
  const known = standing !== "asking" && standing !== "unasked" && standing !== "contradicted";
  const attestation = standing === "unattested" || !known ? undefined : ATTESTATION;
  const card: GivenCard = { standing, card: known ? PHARMACIST : null, attestation };
  return given("7 comprimés", false, card);
};

const STANDINGS = [
  "attested",
  "unattested",
  "revoked",
  "unasked",
  "contradicted",
  "asking",
] as const;
const CARDED = [
  line(1),
  line(2, { given: STANDINGS.map(carded), deliveries: 3, left: 3 }),
  line(3),
];

const PASSPHRASE = signal({
  way: "passphrase",
  salt: new Uint8Array(32),
  memory: 65_536,
  passes: 3,
} as const);

const ownCard = (state: OwnCard["state"]["value"]): OwnCard => ({
  state: signal(state),
  shown: signal(state === "ready" ? { card: PHARMACIST, attestation: ATTESTATION } : null),
  lock: fakeLock(),
  signer: undefined,
  confirm: async () => true,
  ask: nothing,
});

const withCard = (card: OwnCard): ComponentChild => {
  const dispensing = model({ lines: signal(FRESH), card });
  return (
    <Page>
      <DispenseDialog
        model={dispensing}
        line={line(1)}
        prescribed={PRESCRIPTION.lines[0]}
        onClose={() => undefined}
      />
    </Page>
  );
};

const FRESH = [line(1), line(2, { left: 3, deliveries: 3 }), line(3)];
const USED = [
  line(1, { given: [given("1 boîte de 12, marque fictive", true)], left: 0, state: "given" }),
  line(2, { given: [given("", true), given("14 comprimés", false)], left: 2, deliveries: 3 }),
  line(3, { state: "revoked", reason: "Allergie signalée par téléphone" }),
];

const counter = (changes: Partial<CounterModel> = {}): ComponentChild => (
  <CounterPage model={model({ lines: signal(FRESH), ...changes })} />
);

const over = (changes: Partial<CounterModel>): ComponentChild =>
  counter({ state: signal("over"), shown: signal(null), ...changes });

const model = (changes: Partial<CounterModel>): CounterModel => ({
  state: signal("open"),
  shown: signal(SHOWN),
  lines: signal(USED),
  outcome: signal(null),
  lied: signal(false),
  proofs: signal([]),
  problem: signal(null),
  why: signal(null),
  dispenser: signal({ name: "", place: "" }),
  card: null,
  dispense: nothing,
  refresh: nothing,
  close: () => undefined,
  ...changes,
});

const issued = (list: IssuedModel["list"]["value"]): ComponentChild => (
  <Page>
    <ScreenTitle>Aparté</ScreenTitle>
    <IssuedDialog
      issued={{
        list: signal(list),
        load: nothing,
        open: async () => model({ revoke: async () => true }),
      }}
      onClose={() => undefined}
    />
  </Page>
);

const ISSUED = ["Łukasz Şahin", "Alex Exemple-Prénom Composé de la Rivière", ""].map(
  (patient, at) => ({ id: `${at}`, patient, issued: SIGNED, until: UNTIL }),
);

/** In two zones, with a narcotic. */
const SPECIAL: Prescription = {
  ...PRESCRIPTION,
  lines: [
    medicine("Sulfate de morfictine", 10, {
      form: "prolongedCapsule",
      unit: "capsule",
      count: 12,
      rhythm: "hours",
      duration: { value: 28, unit: "day" },
      narcotic: { overlap: true, delivery: { days: 7 }, pharmacy: "Pharmacie de l’Exemple" },
      zone: "ald",
    }),
    medicine("Lévothyroxine sodique", 75, { notSubstitutable: "MTE", renewals: 2, zone: "ald" }),
    medicine("Paracétamol", 1000, { zone: "other" }),
  ],
};

export const counters: Readonly<Record<string, () => ComponentChild | Promise<ComponentChild>>> = {
  fresh: () => counter(),
  patient: () => <CounterPage model={model({})} looking />,
  ticket: () => (
    <Page>
      <ScreenTitle>Aparté</ScreenTitle>
      <TicketDialog
        ticket={new Uint8Array(32).fill(7)}
        pdf={new TextEncoder().encode("%PDF-1.7 …")}
        issued={PRESCRIPTION.issued}
        onClose={() => undefined}
      />
    </Page>
  ),
  paper: async () => {
    const pdf = await PDFDocument.create();
    pdf.addPage();
    return (
      <Page>
        <ScreenTitle>Aparté</ScreenTitle>
        <TicketDialog
          ticket={new Uint8Array(32).fill(7)}
          pdf={await pdf.save()}
          issued={PRESCRIPTION.issued}
          onClose={() => undefined}
        />
      </Page>
    );
  },
  special: () => counter({ shown: signal({ ...SHOWN, prescription: SPECIAL }) }),
  issued: () => issued(ISSUED),
  "issued-none": () => issued([]),
  used: () => counter({ lines: signal(USED), outcome: signal({ line: 1, what: "dispensed" }) }),
  lost: () => counter({ lines: signal(USED), outcome: signal({ line: 1, what: "lost" }) }),
  revoked: () => counter({ lines: signal(USED), outcome: signal({ line: 3, what: "revoked" }) }),
  stuck: () =>
    counter({
      lines: signal([
        line(1, { state: "unknown" }),
        line(2, { state: "spent", deliveries: 3 }),
        line(3, { state: "expired" }),
      ]),
    }),
  withdrawn: () => counter({ shown: signal({ ...SHOWN, device: "revoked" }) }),
  unasked: () =>
    counter({
      shown: signal({ ...SHOWN, device: "unasked" }),
      problem: signal(problem("offline")),
    }),
  cards: () => counter({ lines: signal(CARDED) }),
  "card-locked": () => withCard(ownCard("locked")),
  "card-unlocking": () =>
    withCard({ ...ownCard("locked"), lock: fakeLock({ way: PASSPHRASE, asking: signal(true) }) }),
  "card-ready": () => withCard(ownCard("ready")),
  "card-unattested": () =>
    withCard({ ...ownCard("ready"), shown: signal({ card: PHARMACIST, attestation: undefined }) }),
  "card-unasked": () => withCard(ownCard("unasked")),
  "card-revoked": () => withCard(ownCard("revoked")),
  unreadable: () => counter({ shown: signal({ ...SHOWN, prescription: null }) }),
  lied: () => counter({ lied: signal(true) }),
  proven: () => counter({ lied: signal(true), proofs: signal([new Uint8Array(700)]) }),
  looking: () => counter({ state: signal("looking"), shown: signal(null) }),
  offline: () =>
    counter({
      state: signal("looking"),
      shown: signal(null),
      problem: signal(problem("offline")),
    }),
  unknown: () => over({ why: signal("unknown") }),
  forged: () => over({ why: signal("not-genuine") }),
  broken: () => over({ problem: signal({ key: "bad_link", loud: true }) }),
};
