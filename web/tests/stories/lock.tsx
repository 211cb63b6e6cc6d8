/** The lock of a practitioner's screen, in every state. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { DeskPage } from "../../src/features/desk/view/desk-page.tsx";
import type { LockModel } from "../../src/features/lock/lock.ts";
import { LockGate } from "../../src/features/lock/view/lock-gate.tsx";
import { LockSettings } from "../../src/features/lock/view/lock-settings.tsx";
import { useTexts } from "../../src/ui/context.tsx";
import { Page, ScreenTitle } from "../../src/ui/page.tsx";
import { fakeDesk, fakeLock } from "./models.ts";

const salt = new Uint8Array(32);
const PASSPHRASE = signal({ way: "passphrase", salt, memory: 65_536, passes: 3 } as const);
const PASSKEY = signal({ way: "passkey", salt, id: salt } as const);

/** Over a desk that has something to hide. */
const gate = (changes: Partial<LockModel>): ComponentChild => {
  const lock = fakeLock({ way: PASSPHRASE, ...changes });
  const desk = fakeDesk({ lock });
  return (
    <LockGate lock={lock}>
      <DeskPage
        desk={desk}
        code=""
        slots={{ Opened: () => null, Prescription: () => null, Report: () => null }}
      />
    </LockGate>
  );
};

function Settings({ lock }: { readonly lock: LockModel }) {
  const say = useTexts("desk");
  return (
    <Page>
      <div class="column">
        <ScreenTitle>{say("profileTitle")}</ScreenTitle>
        <h2>{say("cardNumber")}</h2>
        <LockSettings lock={lock} />
      </div>
    </Page>
  );
}

export const locks: Readonly<Record<string, () => ComponentChild>> = {
  set: () => gate({ wanted: signal(true) }),
  "set-passphrase": () =>
    gate({ wanted: signal(true), passkeysAvailable: async () => false, trouble: signal("short") }),
  locked: () => gate({ state: signal("locked") }),
  "locked-wrong": () =>
    gate({ state: signal("locked"), trouble: signal("wrong"), until: signal(32_000) }),
  "locked-passkey": () =>
    gate({ state: signal("locked"), way: PASSKEY, trouble: signal("declined") }),
  covered: () => gate({ state: signal("covered") }),
  confirm: () => gate({ state: signal("open"), asking: signal(true) }),
  "settings-none": () => <Settings lock={fakeLock()} />,
  settings: () => <Settings lock={fakeLock({ state: signal("open"), way: PASSKEY })} />,
};
