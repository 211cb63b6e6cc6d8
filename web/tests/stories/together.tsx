/** Images that are looked at together, as what stands beside a call says it. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import type { CallModel } from "../../src/features/consult/call.ts";
import type { ChosenStudy, DiskModel } from "../../src/features/imaging/disk/model.ts";
import { Choose } from "../../src/features/imaging/view/choose.tsx";
import { OnItsWay } from "../../src/features/imaging/view/from-disk.tsx";
import { Shown } from "../../src/features/imaging/view/shown.tsx";
import type { HttpAnswer } from "../../src/features/ports.ts";
import { b64u, jsonBytes } from "../../src/sealing/encoding.ts";
import { SealError } from "../../src/sealing/errors.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { writeLooking } from "../../src/sealing/looking.ts";
import { Page } from "../../src/ui/page.tsx";

const SHOW = b64u(new Uint8Array(16));
const OFFER = writeLooking({ t: "show", show: SHOW, handed: "AA" });
const ASK = writeLooking({ t: "ask-permit", ask: SHOW, bytes: 612_000_000 });
const SERVER = { key: b64u(seedSigner(new Uint8Array(32)).publicKey), registrar: null };

const offline = (): Promise<HttpAnswer> => Promise.reject(new TypeError("network"));
const online = async (): Promise<HttpAnswer> => ({
  status: 200,
  headers: new Headers(),
  body: jsonBytes(SERVER),
});

const nothing = async (): Promise<void> => undefined;

function page(content: ComponentChild): ComponentChild {
  return (
    <Page>
      <h1 class="visually-hidden">Consultation</h1>
      {content}
    </Page>
  );
}

function shown(
  http: () => Promise<HttpAnswer>,
  heard: readonly Uint8Array[],
  permit: (() => Promise<string>) | null,
): ComponentChild {
  const beside: CallModel["beside"] = {
    heard: signal(heard),
    exchanges: signal(1),
    say: () => undefined,
    waiting: () => 0,
  };
  const needs = {
    http,
    clock: { now: () => 0, after: () => () => undefined },
    random: (n: number) => new Uint8Array(n),
    address: { origin: "https://consult.example.org" },
  };
  const who = signal({ name: "Dominique Exemple" });
  // What else there is of a call and of a page is not looked at.
  const calls = signal([{ beside, who } as unknown as CallModel]);
  return page(
    <Shown
      needs={needs as unknown as Parameters<typeof Shown>[0]["needs"]}
      calls={calls}
      host={permit && { permit }}
    />,
  );
}

const CHOSEN: ChosenStudy = {
  name: "IRM genou gauche 2026-03-02.zip",
  length: 612_000_000,
  contents: { images: 412, series: 5, studies: 1, others: 3, damaged: 1 },
};

const diskOf = (changes: Partial<DiskModel>): DiskModel => ({
  state: signal("none"),
  chosen: signal(null),
  trouble: signal(null),
  progress: signal({ done: 0, waiting: false }),
  refused: signal(null),
  problem: signal(null),
  sent: signal([]),
  choose: nothing,
  drop: nothing,
  send: nothing,
  pause: () => undefined,
  leave: nothing,
  show: nothing,
  hush: () => undefined,
  ...changes,
});

const onItsWay = (changes: Partial<DiskModel>): ComponentChild =>
  page(
    <OnItsWay disk={diskOf({ chosen: signal(CHOSEN), ...changes })} onChoose={() => undefined} />,
  );

const choosing = (changes: Partial<DiskModel>, host: boolean): ComponentChild =>
  page(
    <Choose
      disk={diskOf(changes)}
      host={host}
      open={async () => {
        throw new SealError("too_long");
      }}
      show={nothing}
      onClose={() => undefined}
    />,
  );

const SENT = { name: CHOSEN.name, handed: new Uint8Array() };
const going = { done: 220_000_000, waiting: false };

export const togethers: Readonly<Record<string, () => ComponentChild>> = {
  host: () => shown(offline, [], async () => ""),
  offered: () => shown(offline, [OFFER], null),
  aside: () => shown(offline, [OFFER], null),
  offeredToHost: () => shown(offline, [OFFER], async () => ""),
  failed: () => shown(offline, [OFFER], null),
  refused: () => shown(online, [OFFER], null),
  asked: () => shown(offline, [ASK], async () => "1.A"),
  // A link that holds more than a message does, once it is opened.
  tooLarge: () => choosing({}, true),
  chosen: () => choosing({ state: signal("chosen"), chosen: signal(CHOSEN) }, true),
  chosenByGuest: () =>
    choosing(
      { state: signal("chosen"), chosen: signal(CHOSEN), sent: signal([SENT, SENT]) },
      false,
    ),
  noImages: () => choosing({ trouble: signal("none") }, true),
  tooMuch: () => choosing({ trouble: signal("large") }, false),
  busy: () => choosing({ state: signal("sending"), chosen: signal(CHOSEN) }, true),
  asking: () => onItsWay({ state: signal("asking") }),
  sending: () => onItsWay({ state: signal("sending"), progress: signal(going) }),
  waiting: () =>
    onItsWay({ state: signal("sending"), progress: signal({ ...going, waiting: true }) }),
  paused: () => onItsWay({ state: signal("paused"), progress: signal(going) }),
  ready: () => onItsWay({ state: signal("ready"), sent: signal([SENT]) }),
  declined: () => onItsWay({ state: signal("chosen"), refused: signal("declined") }),
  unpaid: () =>
    onItsWay({ state: signal("chosen"), problem: signal({ key: "quota_exceeded", loud: false }) }),
  lost: () => onItsWay({ problem: signal({ key: "bad_voucher", loud: false }) }),
};
