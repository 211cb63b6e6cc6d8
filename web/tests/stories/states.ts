/** Every state of the two pages that a person can meet. */
import { signal } from "@preact/signals";
import type { DeskModel } from "../../src/features/desk/desk.ts";
import type { GuestModel, GuestPhase } from "../../src/features/guest/guest.ts";
import {
  conversation,
  fakeCall,
  fakeConsult,
  fakeDesk,
  fakeGuest,
  fakeMedia,
  fakePerson,
  problem,
  received,
  WAITING,
} from "./models.ts";
import { peopleSeen } from "./people.ts";
import { portrait } from "./pictures.ts";
import { seen } from "./reports.tsx";

type States<Model> = Readonly<Record<string, () => Model | Promise<Model>>>;

const ENDINGS: readonly GuestPhase[] = [
  "bad-link",
  "refused",
  "ended",
  "expired",
  "unknown",
  "left",
  "elsewhere",
];

const SACHA = { who: signal({ name: "Sacha Exemple" }), remote: signal(portrait(90)) };
const SILENT = { audio: false, video: true, screen: false };

export const guests: States<GuestModel> = {
  start: () => fakeGuest("start"),
  "start-in-app": () => fakeGuest("start", { problem: signal(problem("in_app_browser", true)) }),
  preview: () => fakeGuest("preview"),
  "preview-denied": () =>
    fakeGuest("preview", {
      media: fakeMedia({ stream: signal(null), problem: signal(problem("camera_denied")) }),
      test: { state: signal("failed"), run: async () => undefined },
    }),
  waiting: () => fakeGuest("waiting"),
  "waiting-unknown": () =>
    fakeGuest("waiting", { doctor: signal({ record: null, checked: "unknown" }) }),
  "consult-unchecked": () =>
    fakeGuest("consult", {
      call: signal(fakeCall()),
      doctor: signal({ record: null, checked: "unknown" }),
    }),
  "waiting-alone": () => fakeGuest("waiting", { hostPresent: signal(false) }),
  "waiting-second": () =>
    fakeGuest("waiting", {
      seatOwned: signal(true),
      connection: signal("reconnecting"),
      problem: signal(problem("storage_unavailable")),
    }),
  held: () => fakeGuest("held"),
  "refused-just-now": () => fakeGuest("refused", { pausing: signal(true) }),
  "held-with-words": async () =>
    fakeGuest("held", {
      call: signal(
        fakeCall({
          chat: signal(await conversation()),
          documents: signal([received("verified")]),
        }),
      ),
    }),
  consult: async () =>
    fakeGuest("consult", {
      call: signal(
        fakeCall({
          chat: signal(await conversation()),
          unread: signal(2),
          documents: signal([received("verified"), received("received")]),
        }),
      ),
    }),
  "consult-three": async () =>
    fakeGuest("consult", {
      call: signal(fakeCall({ chat: signal(await conversation()) })),
      others: signal([fakePerson("b", fakeCall(SACHA))]),
      news: signal({ what: "joined", name: "Sacha Exemple" }),
    }),
  "consult-four": () =>
    fakeGuest("consult", {
      call: signal(fakeCall()),
      others: signal([
        fakePerson("b", fakeCall({ ...SACHA, remoteState: signal(SILENT) })),
        fakePerson("c", null, "Maximilienne-Joséphine de Saint-Exemple-sur-Fiction"),
      ]),
    }),
  "consult-document-refused": () =>
    fakeGuest("consult", {
      call: signal(fakeCall({ documents: signal([received("refused")]) })),
    }),
  "ended-with-document": () =>
    fakeGuest("ended", {
      call: signal(fakeCall({ documents: signal([received("verified")]) })),
    }),
  "consult-quiet": () =>
    fakeGuest("consult", {
      media: fakeMedia({ video: signal(false), audio: signal(false) }),
      call: signal(
        fakeCall({
          remoteState: signal({ audio: false, video: false, screen: false }),
          quality: signal("poor"),
          problem: signal(problem("weak_network")),
        }),
      ),
    }),
  "consult-connecting": () =>
    fakeGuest("consult", {
      call: signal(
        fakeCall({
          remote: signal(null),
          link: signal("connecting"),
          quality: signal("unknown"),
          since: signal(null),
          authenticationString: signal(""),
        }),
      ),
    }),
  "consult-reconnecting": () =>
    fakeGuest("consult", {
      call: signal(
        fakeCall({
          link: signal("reconnecting"),
          quality: signal("fair"),
          problem: signal(problem("reconnecting")),
        }),
      ),
    }),
  "consult-refused": () =>
    fakeGuest("consult", {
      call: signal(
        fakeCall({ link: signal("refused"), problem: signal(problem("bad_fingerprint", true)) }),
      ),
    }),
  ...Object.fromEntries(ENDINGS.map((phase) => [phase, () => fakeGuest(phase)])),
};

function deskInCall(changes: Parameters<typeof fakeCall>[0] = {}): DeskModel {
  const call = fakeCall({
    who: signal({ name: "Alex Exemple", reason: "Toux depuis une semaine" }),
    ...changes,
  });
  const consult = fakeConsult("c1", "Mardi 9 h, A. E.", {
    calls: signal([{ peer: 7, key: "p7", call }]),
  });
  return fakeDesk({
    consults: signal([consult, fakeConsult("c2", "N. T.-F."), fakeConsult("c3", "")]),
    current: signal(consult),
    waiting: signal(WAITING),
    media: fakeMedia(),
    notifications: signal("on"),
  });
}

export const desks: States<DeskModel> = {
  people: () => fakeDesk({ people: signal(peopleSeen()) }),
  "people-full": () => fakeDesk({ people: signal(peopleSeen(undefined, true)) }),
  "people-none": () => fakeDesk({ people: signal(peopleSeen([])) }),
  loading: () => fakeDesk({ phase: signal("loading") }),
  stranger: () => fakeDesk({ phase: signal("no-practitioner"), practitioner: signal(null) }),
  enrolling: () => fakeDesk({ phase: signal("enrolling"), practitioner: signal(null) }),
  revoked: () => fakeDesk({ phase: signal("revoked") }),
  elsewhere: () => fakeDesk({ phase: signal("elsewhere"), problem: signal(problem("other_tab")) }),
  empty: () => fakeDesk(),
  check: () => fakeDesk({ media: fakeMedia() }),
  waiting: () =>
    fakeDesk({
      waiting: signal(WAITING),
      consults: signal([
        fakeConsult("c1", "Mardi 9 h, A. E."),
        fakeConsult("c2", "N. T.-F."),
        fakeConsult("c3", "", { state: signal("reconnecting") }),
        fakeConsult("c4", "Lundi, terminé", { state: signal("ended") }),
      ]),
    }),
  past: () => {
    const people = ["Alex Exemple-Prénom Composé de la Rivière", ""].map((name, at) => ({
      key: `p${at}`,
      call: { who: signal({ name }) },
      seen: seen(),
      documents: signal([]),
    }));
    const consult = fakeConsult("c1", "Mardi 9 h, A. E.", {
      state: signal("ended"),
      past: signal(people),
    });
    return fakeDesk({ consults: signal([consult]), current: signal(consult) });
  },
  offline: () =>
    fakeDesk({
      problem: signal(problem("offline")),
      consults: signal([fakeConsult("c1", "Mardi 9 h", { state: signal("reconnecting") })]),
    }),
  call: async () => deskInCall({ chat: signal(await conversation()), unread: signal(1) }),
  "call-sent": () => deskInCall({ documents: signal([{ ...received("verified"), mine: true }]) }),
  "call-changed": () =>
    deskInCall({ problem: signal(problem("sas_changed", true)), link: signal("secure") }),
  "call-three": async () => {
    const desk = deskInCall();
    const [first] = desk.current.value?.calls.value ?? [];
    if (!first) throw new Error("the story has a call");
    const second = fakeCall({
      who: signal({ name: "Sacha Exemple" }),
      remote: signal(portrait(90)),
      chat: signal(await conversation()),
    });
    const consult = fakeConsult("c1", "Famille E.", {
      calls: signal([first, { peer: 8, key: "p8", call: second }]),
      locked: signal(true),
    });
    return fakeDesk({
      consults: signal([consult]),
      current: signal(consult),
      media: fakeMedia({ screen: signal(true) }),
    });
  },
};
