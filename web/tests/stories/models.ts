/** Models in memory: the same interfaces as the real ones, and nothing behind them. */
import { computed, signal } from "@preact/signals";
import type { CallModel, ChatLine, DocumentLine } from "../../src/features/consult/call.ts";
import { type Attendee, Group } from "../../src/features/consult/group.ts";
import type { ConsultModel, DeskModel, WaitingGuest } from "../../src/features/desk/desk.ts";
import type { GuestModel, GuestPhase } from "../../src/features/guest/guest.ts";
import type { LockModel } from "../../src/features/lock/lock.ts";
import type { MediaModel } from "../../src/features/media/devices.ts";
import type { DirectoryModel } from "../../src/features/practitioners/directory.ts";
import type { Standing } from "../../src/features/practitioners/standing.ts";
import { prescriptionBundle } from "../../src/features/prescription/fhir/bundle.ts";
import {
  authorOf,
  FHIR_MEDIA,
  PDF_MEDIA,
  subjectOf,
} from "../../src/features/prescription/parts.ts";
import { checkDraft } from "../../src/features/prescription/rules.ts";
import type { Problem } from "../../src/features/problems.ts";
import { draft, PRESCRIBER, uuids, WHEN } from "../prescription/samples.ts";
import { photograph, portrait } from "./pictures.ts";

const nothing = async (): Promise<void> => undefined;
const MINUTE = 60_000;

export function problem(key: string, loud = false): Problem {
  return { key, loud, retry: () => undefined };
}

export function fakeMedia(changes: Partial<MediaModel> = {}): MediaModel {
  const audio = signal(true);
  const video = signal(true);
  const screen = signal(false);
  return {
    stream: signal(portrait(150)),
    level: signal(0.55),
    cameras: signal([
      { id: "front", label: "Front camera" },
      { id: "rear", label: "Rear camera" },
    ]),
    microphones: signal([{ id: "built-in", label: "Built-in microphone" }]),
    speakers: signal([
      { id: "loud", label: "Built-in speaker" },
      { id: "head", label: "Headset with quite a long name (Bluetooth)" },
    ]),
    camera: signal("front"),
    microphone: signal("built-in"),
    speaker: signal<string | null>(null),
    audio,
    video,
    screen,
    testPicture: signal(false),
    problem: signal(null),
    start: nothing,
    chooseCamera: nothing,
    chooseMicrophone: nothing,
    chooseSpeaker: nothing,
    flipCamera: nothing,
    useTestPicture: nothing,
    setAudio: (on) => {
      audio.value = on;
    },
    setVideo: (on) => {
      video.value = on;
    },
    shareScreen: async () => {
      screen.value = true;
    },
    stopScreen: () => {
      screen.value = false;
    },
    testSpeaker: nothing,
    stop: () => undefined,
    ...changes,
  };
}

const LINES: readonly ChatLine[] = [
  {
    id: "1",
    came: 1,
    mine: false,
    at: "2026-03-02T09:14:00Z",
    text: "Bonjour, je vous entends bien.",
    state: "sent",
  },
  {
    id: "2",
    came: 2,
    mine: true,
    at: "2026-03-02T09:15:00Z",
    text: "Moi aussi. Voici la rougeur dont je vous parlais, depuis dimanche :",
    state: "sent",
  },
];

export async function conversation(): Promise<readonly ChatLine[]> {
  return [
    ...LINES,
    {
      id: "3",
      came: 3,
      mine: true,
      at: "2026-03-02T09:15:30Z",
      photo: { url: await photograph(), state: "ready" },
      state: "sent",
    },
    {
      id: "4",
      came: 4,
      mine: false,
      at: "2026-03-02T09:16:00Z",
      photo: { url: null, state: "loading" },
      state: "sent",
    },
    { id: "5", came: 5, mine: true, at: "2026-03-02T09:16:20Z", text: "Merci !", state: "sending" },
  ];
}

let documents = 0;

/** A prescription as it arrived, in one of its states. */
export function received(state: DocumentLine["state"]): DocumentLine {
  const checked = checkDraft(draft(), WHEN);
  if (!checked.ok) throw new Error("the sample is wrong");
  const text = new TextEncoder();
  const bundle = JSON.stringify(prescriptionBundle(checked.value, uuids()));
  documents += 1;
  return {
    id: `document ${documents}`,
    mine: false,
    at: WHEN.issued,
    kind: "prescription",
    state,
    problem: state === "refused" ? { key: "altered", loud: true } : null,
    document: signal(
      state !== "verified"
        ? null
        : {
            kind: "prescription",
            issued: WHEN.issued,
            author: authorOf(PRESCRIBER),
            subject: subjectOf(checked.value.patient),
            twice: true,
            parts: [
              { name: "a.pdf", media: PDF_MEDIA, bytes: text.encode("%PDF-1.7 …") },
              { name: "a.json", media: FHIR_MEDIA, bytes: text.encode(bundle) },
            ],
          },
    ),
  };
}

export function fakeCall(changes: Partial<CallModel> = {}): CallModel {
  return {
    who: signal({
      name: "Dr Camille Démo",
      profession: "Médecin généraliste",
      rpps: "10101234567",
    }),
    remote: signal(portrait(205)),
    remoteState: signal({ audio: true, video: true, screen: false }),
    link: signal("secure"),
    quality: signal("good"),
    authenticationString: signal("4821 0937 5512"),
    security: signal({
      dtls: "DTLS 1.3, TLS_AES_128_GCM_SHA256",
      srtp: "AEAD_AES_128_GCM",
      route: "direct",
      fingerprintChecked: true,
    }),
    since: signal(Date.now() - 7 * MINUTE),
    chat: signal([]),
    unread: signal(0),
    documents: signal([]),
    problem: signal(null),
    sendChat: () => undefined,
    sendPhoto: nothing,
    passOn: () => undefined,
    markRead: () => undefined,
    sendDocument: nothing,
    tellOpened: () => undefined,
    ...changes,
  };
}

/** Somebody in a consult, with whom there is a call already. */
export function fakePerson(key: string, call: CallModel | null, name = ""): Attendee {
  return {
    key,
    name: computed(() => call?.who.value.name ?? name),
    call: signal(call),
    passOn: () => undefined,
  };
}

export function fakeGuest(phase: GuestPhase, changes: Partial<GuestModel> = {}): GuestModel {
  const [keepOnDevice, tellOpened] = [signal(false), signal(false)];
  const call = changes.call ?? signal(null);
  const others = changes.others ?? signal([]);
  const people = computed(() => [
    ...(call.value ? [fakePerson("host", call.value)] : []),
    ...others.value,
  ]);
  return {
    phase: signal(phase),
    connection: signal("open"),
    hostPresent: signal(true),
    seatOwned: signal(false),
    pausing: signal(false),
    media: fakeMedia(),
    test: { state: signal("good"), run: nothing },
    call,
    doctor: signal(STANDING),
    people,
    others,
    news: signal(null),
    chat: new Group(people),
    problem: signal(null),
    keepOnDevice,
    setKeepOnDevice: async (on) => {
      keepOnDevice.value = on;
    },
    tellOpened,
    setTellOpened: async (on) => {
      tellOpened.value = on;
    },
    keepable: () => null,
    begin: nothing,
    knock: nothing,
    leave: nothing,
    comeBack: nothing,
    ...changes,
  };
}

/** What the doctor's card says, and who has checked it. */
const STANDING: Standing = {
  checked: "fresh",
  record: {
    confirmed: Date.UTC(2026, 2, 2, 8, 12) / 1000,
    card: {
      version: 1,
      issued: "2026-01-12T09:00:00Z",
      name: PRESCRIBER.name,
      profession: PRESCRIBER.profession,
      speciality: PRESCRIBER.speciality,
      rpps: PRESCRIBER.rpps,
      address: PRESCRIBER.address,
      place: "Lyon",
      languages: ["fr", "en", "pt"],
      listed: true,
      second: "",
    },
    attestation: {
      card: new Uint8Array(32),
      issued: "2026-01-14T10:00:00Z",
      registrar: "Registre de démonstration",
      checked: ["identity", "register"],
    },
  },
};

export function fakeDirectory(): DirectoryModel {
  const { card, attestation } = STANDING.record ?? {};
  const first = card && {
    id: "a",
    card: { ...card, version: 1, issued: "", listed: true, second: "" },
    attestation,
  };
  const found = first
    ? [
        first,
        { ...first, id: "b", card: { ...first.card, name: "Dr Anna Müller-Fictive" } },
        { ...first, id: "c", attestation: undefined },
      ]
    : [];
  return {
    sought: signal({ name: "dr", profession: "", place: "", language: "" }),
    found: signal(found),
    state: signal("shown"),
    more: signal(true),
    problem: signal(null),
    seek: () => undefined,
    showMore: nothing,
  };
}

export const WAITING: readonly WaitingGuest[] = [
  {
    peer: 1,
    key: "a",
    name: "Nadia Test-Fictive",
    reason: "Renouvellement de traitement",
    lang: "fr",
    since: Date.now() - 14 * MINUTE,
    present: true,
    stranger: false,
    consult: "c2",
  },
  {
    peer: 2,
    key: "b",
    name: "Łukasz Şahin",
    reason: "",
    lang: "en",
    since: Date.now() - 3 * MINUTE,
    present: false,
    stranger: false,
    consult: "c3",
  },
  {
    peer: 3,
    key: "c",
    name: "Alex Exemple",
    reason: "Toux depuis une semaine",
    lang: "fr",
    since: Date.now(),
    present: true,
    stranger: true,
    consult: "c1",
  },
];

export function fakeConsult(
  id: string,
  label: string,
  changes: Partial<ConsultModel> = {},
): ConsultModel {
  const name = signal(label);
  const locked = signal(false);
  const calls = changes.calls ?? signal([]);
  const people = computed(() => calls.value.map(({ key, call }) => fakePerson(key, call)));
  const link = `https://consult.example/c/#1.${"A".repeat(22)}.${"B".repeat(43)}.${"C".repeat(22)}`;
  return {
    id,
    label: name,
    setLabel: (text) => {
      name.value = text;
    },
    expires: Date.UTC(2026, 3, 1),
    created: Date.UTC(2026, 2, 2, 8, 30),
    links: signal([link]),
    state: signal("open"),
    locked,
    waiting: signal([]),
    calls,
    people,
    seen: new Map(),
    past: signal([]),
    chat: new Group(people),
    problem: signal(null),
    admit: nothing,
    refuse: () => undefined,
    sendBack: () => undefined,
    lock: (on) => {
      locked.value = on;
    },
    addPerson: async () => link,
    end: nothing,
    ...changes,
  };
}

export function fakeLock(changes: Partial<LockModel> = {}): LockModel {
  return {
    state: signal("none"),
    way: signal(null),
    wanted: signal(false),
    asking: signal(false),
    trouble: signal(null),
    until: signal(0),
    lasting: true,
    now: () => 0,
    passkeysAvailable: async () => true,
    unlock: nothing,
    set: async () => true,
    cover: () => undefined,
    confirm: async () => true,
    cancel: () => undefined,
    erase: nothing,
    ...changes,
  };
}

export function fakeDesk(changes: Partial<DeskModel> = {}): DeskModel {
  const current = signal<ConsultModel | null>(null);
  const sound = signal(true);
  const made = fakeConsult("c9", "");
  const desk: DeskModel = {
    phase: signal("ready"),
    twice: signal(true),
    practitioner: signal({
      ...PRESCRIBER,
      place: "Lyon",
      languages: ["fr", "en"],
      listed: true,
    }),
    identity: signal("G4qbY4TtXm8s4wYH0vEbjVtK2mGxk0N1bq3mJv0QmZk"),
    savePractitioner: async () => null,
    consults: signal([]),
    current,
    select: (id) => {
      current.value = desk.consults.value.find((consult) => consult.id === id) ?? null;
    },
    waiting: signal([]),
    media: fakeMedia({ stream: signal(null) }),
    problem: signal(null),
    notifications: signal("ask"),
    askNotifications: nothing,
    sound,
    setSound: (on) => {
      sound.value = on;
    },
    enrol: nothing,
    joining: signal(null),
    recovering: signal(null),
    recover: nothing,
    lost: signal(false),
    devices: signal(null),
    links: signal(null),
    kept: signal(null),
    permits: signal(null),
    issued: signal(null),
    helping: signal(null),
    ways: signal(null),
    people: signal(null),
    away: signal(false),
    takeHere: nothing,
    newConsult: async () => made,
    forget: nothing,
    lock: fakeLock(),
    ...changes,
  };
  return desk;
}
