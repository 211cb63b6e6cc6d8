/** Helping others to come back, and being helped, in every state. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import type { AskingModel } from "../../src/features/adding/asking.ts";
import type { ShowingModel } from "../../src/features/adding/showing.ts";
import { ProfileDialog } from "../../src/features/desk/view/profile-dialog.tsx";
import type { HelpingModel } from "../../src/features/helping/helping.ts";
import type { OfferModel } from "../../src/features/helping/offer.ts";
import type { Circle } from "../../src/features/helping/people.ts";
import { AskHelper } from "../../src/features/helping/view/ask-helper.tsx";
import { MakeHelper } from "../../src/features/helping/view/make-helper.tsx";
import { OfferDialog } from "../../src/features/helping/view/offer.tsx";
import type { OpenWithModel } from "../../src/features/recovery/open-with.ts";
import type { WaysBackModel } from "../../src/features/recovery/ways-back.ts";
import { Page, ScreenTitle } from "../../src/ui/page.tsx";
import { fakeDesk, problem } from "./models.ts";

const nothing = async (): Promise<void> => undefined;
const nobody = (): void => undefined;
const LINK = `https://consult.exemple.fr/desk/#help=1.${"Zk3v".repeat(10)}abc.${"q8Rt".repeat(10)}abc`;
const CAMILLE = { id: "c", name: "Dr Camille Démo", since: Date.UTC(2026, 4, 14), here: false };

const framed = (children: ComponentChild): ComponentChild => (
  <Page>
    <div class="column stack loose">
      <ScreenTitle>Aparté</ScreenTitle>
      {children}
    </div>
  </Page>
);

export const showing = (
  phase: ShowingModel["phase"]["value"],
  wrong = false,
  trouble: string | null = wrong ? "wrong_digits" : null,
): ShowingModel => ({
  phase: signal(phase),
  link: signal(LINK),
  label: signal(""),
  attempts: signal(wrong ? 2 : 3),
  problem: signal(trouble === null ? null : problem(trouble)),
  start: nothing,
  enter: nothing,
  close: nobody,
});

const asking = (phase: AskingModel["phase"]["value"]): AskingModel => ({
  phase: signal(phase),
  code: signal(phase === "code" ? "204817" : ""),
  problem: signal(null),
  ask: nothing,
  close: nobody,
});

const make = (shown: ShowingModel | null, helpers: Circle = "colleagues"): ComponentChild => {
  const own = helpers === "trusted" ? "" : "Dr Camille Démo";
  const label = helpers === "trusted" ? "Zoé" : "Dr Zoé Exemple";
  const model = { own, helpers, askHelper: nobody, setLabel: nobody, cancel: nothing };
  return framed(
    <MakeHelper
      model={model as unknown as WaysBackModel}
      making={{ kind: "helper", replaces: false, label, showing: shown }}
    />,
  );
};

function offer(
  phase: AskingModel["phase"]["value"],
  from: string | null = null,
  answer: OfferModel["answer"]["value"] = "none",
  full = false,
  circle: Circle = "colleagues",
  here = false,
): ComponentChild {
  const model: OfferModel = {
    circle,
    here: signal(here),
    asking: asking(phase),
    from: signal(from),
    answer: signal(answer),
    problem: signal(full ? problem("too_many_helped") : null),
    compare: nothing,
    accept: nobody,
    refuse: nobody,
    close: nobody,
  };
  return framed(<OfferDialog model={model} onClose={nobody} />);
}

function people(
  list: readonly (typeof CAMILLE)[],
  giving: HelpingModel["giving"]["value"] = null,
): ComponentChild {
  const helping: HelpingModel = {
    circle: "colleagues",
    people: signal(list),
    offer: signal(null),
    giving: signal(giving),
    problem: signal(null),
    giveBack: nobody,
    stopGiving: nobody,
    remove: nothing,
    leave: nobody,
  };
  const desk = fakeDesk({ helping: signal(helping) });
  return framed(<ProfileDialog desk={desk} first="helping" onClose={nobody} />);
}

const giving = (phase: ShowingModel["phase"]["value"], wrong = false): ComponentChild =>
  people([CAMILLE], { to: CAMILLE, showing: showing(phase, wrong) });

function use(
  phase: AskingModel["phase"]["value"] | null,
  trouble?: string,
  helpers: Circle = "colleagues",
): ComponentChild {
  const model = {
    helpers,
    helper: signal(phase && asking(phase)),
    giveHelper: nothing,
    leaveHelper: nobody,
  } as unknown as OpenWithModel;
  return framed(<AskHelper model={model} {...(trouble === undefined ? {} : { trouble })} />);
}

export const helping: Readonly<Record<string, () => ComponentChild>> = {
  make: () => make(null),
  "make-scan": () => make(showing("showing")),
  "make-type": () => make(showing("code", true)),
  "make-waiting": () => make(showing("keeping")),
  "make-void": () => make(showing("void")),
  offer: () => offer("naming"),
  "offer-full": () => offer("naming", null, "none", true),
  "offer-code": () => offer("code"),
  "offer-from": () => offer("code", CAMILLE.name),
  "offer-kept": () => offer("done", CAMILLE.name, "yes"),
  "offer-refused": () => offer("done", CAMILLE.name, "no"),
  "offer-void": () => offer("void"),
  people: () =>
    people([
      CAMILLE,
      { id: "z", name: "Dr Zoé Exemple", since: Date.UTC(2025, 10, 2), here: false },
    ]),
  "people-none": () => people([]),
  "give-scan": () => giving("showing"),
  "give-type": () => giving("code"),
  "give-void": () => giving("void"),
  "give-done": () => giving("done"),
  use: () => use(null, ""),
  "use-code": () => use("code"),
  "use-waiting": () => use("waiting"),
  "use-void": () => use("void"),
  "trusted-make": () => make(null, "trusted"),
  "trusted-make-full": () => make(showing("making", false, "quota_exceeded"), "trusted"),
  "trusted-offer-kept": () => offer("done", "Ana Démo", "yes", false, "trusted"),
  "trusted-offer-here": () => offer("done", "Ana Démo", "yes", false, "trusted", true),
  "trusted-use": () => use(null, "", "trusted"),
};
