/** A device more, on both screens, and the list of them. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import type { AskingModel } from "../../src/features/adding/asking.ts";
import type { ShowingModel } from "../../src/features/adding/showing.ts";
import { AskDevice } from "../../src/features/adding/view/ask-device.tsx";
import { ShowDevice } from "../../src/features/adding/view/show-device.tsx";
import type { DevicesModel, OwnDevice, WaysModel } from "../../src/features/desk/desk.ts";
import { ProfileDialog } from "../../src/features/desk/view/profile-dialog.tsx";
import type { Problem } from "../../src/features/problems.ts";
import { Page, ScreenTitle } from "../../src/ui/page.tsx";
import { fakeDesk, problem } from "./models.ts";

const nothing = async (): Promise<void> => undefined;

const LINK =
  "https://consult.exemple.fr/desk/#add=1.8J2mZk3bq1N0xGm2KtVjbEv0HYw4s8mXtT4YbqG4aZk.G4qbY4TtXm8s4wYH0vEbjVtK2mGxk0N1bq3mJv0QmZk";

const showing = (
  phase: ShowingModel["phase"]["value"],
  found: Problem | null = null,
  attempts = 3,
): ShowingModel => ({
  phase: signal(phase),
  link: signal(LINK),
  label: signal("Téléphone de garde"),
  attempts: signal(attempts),
  problem: signal(found),
  start: nothing,
  enter: nothing,
  close: () => undefined,
});

const asking = (phase: AskingModel["phase"]["value"]): AskingModel => ({
  phase: signal(phase),
  code: signal(phase === "code" ? "402815" : ""),
  problem: signal(null),
  ask: nothing,
  close: () => undefined,
});

const device = (id: string, label: string, change: Partial<OwnDevice> = {}): OwnDevice => ({
  id,
  label,
  since: Date.UTC(2026, 2, 1),
  until: null,
  here: false,
  ...change,
});

const DEVICES: readonly OwnDevice[] = [
  device("a", "Ordinateur du cabinet", { here: true }),
  device("b", "Téléphone de garde", { since: Date.UTC(2026, 5, 14) }),
  device("c", ""),
  device("d", "Ancien portable", { until: Date.UTC(2026, 4, 20) }),
];

const devices = (changes: Partial<DevicesModel> = {}): DevicesModel => ({
  list: signal(DEVICES),
  adding: signal(null),
  problem: signal(null),
  unfinished: signal(null),
  load: nothing,
  add: () => undefined,
  stopAdding: () => undefined,
  rename: nothing,
  withdraw: nothing,
  ...changes,
});

const ways = (there: boolean): WaysModel => ({
  there: signal(there),
  opening: signal(null),
  changing: signal(null),
  change: nothing,
  leave: () => undefined,
  decline: () => undefined,
});

const shown = (model: ShowingModel): ComponentChild => (
  <Page>
    <div class="column">
      <ScreenTitle>Aparté</ScreenTitle>
      <ShowDevice model={model} onAgain={() => undefined} onDone={() => undefined} />
    </div>
  </Page>
);

const asked = (model: AskingModel): ComponentChild => (
  <Page>
    <div class="column">
      <AskDevice model={model} />
    </div>
  </Page>
);

const own = (
  part: "devices" | "waysBack",
  there: boolean,
  changes: Partial<DevicesModel> = {},
  lost = false,
): ComponentChild => (
  <Page>
    <div class="column">
      <ScreenTitle>Aparté</ScreenTitle>
      <ProfileDialog
        desk={fakeDesk({
          devices: signal(devices(changes)),
          ways: signal(ways(there)),
          lost: signal(lost),
        })}
        first={part}
        onClose={() => undefined}
      />
    </div>
  </Page>
);

export const devicePages: Readonly<Record<string, () => ComponentChild>> = {
  scan: () => shown(showing("showing")),
  type: () => shown(showing("code")),
  mistyped: () => shown(showing("code", problem("wrong_digits"), 1)),
  spoilt: () => shown(showing("void")),
  added: () => shown(showing("done")),
  name: () => asked(asking("naming")),
  code: () => asked(asking("code")),
  waiting: () => asked(asking("waiting")),
  void: () => asked(asking("void")),
  list: () => own("devices", true),
  "list-lost": () => own("devices", true, {}, true),
  "list-unfinished": () => own("devices", true, { unfinished: signal("d") }),
  "list-without-ways": () => own("devices", false),
  ways: () => own("waysBack", true),
  "ways-none": () => own("waysBack", false),
};
