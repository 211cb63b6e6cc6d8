import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { IDLE_MS } from "../limits.ts";
import type { LockModel } from "../lock.ts";
import { SetLock } from "./set-lock.tsx";

/** What the lock is, in the doctor's details: to be set, changed, and closed at once. */
export function LockSettings({ lock }: { readonly lock: LockModel }) {
  const say = useTexts("lock");
  const [changing, setChanging] = useState(false);
  const way = lock.way.value?.way;
  if (!lock.lasting) return null;
  const change = async (): Promise<void> => {
    if (await lock.confirm()) setChanging(true);
  };
  return (
    <section class="stack lock-settings">
      <h3>{say("settingsTitle")}</h3>
      {changing ? (
        <SetLock lock={lock} onDone={() => setChanging(false)} />
      ) : (
        <>
          <p>
            {!way && say("settingsNone")}
            {way === "passkey" && say("settingsPasskey", { minutes: IDLE_MS / 60_000 })}
            {way === "passphrase" && say("settingsPassphrase", { minutes: IDLE_MS / 60_000 })}
          </p>
          <div class="actions">
            <Button icon="pen" onPress={change}>
              {way ? say("change") : say("set")}
            </Button>
            {way && (
              <Button icon="lock" onPress={lock.cover}>
                {say("lockNow")}
              </Button>
            )}
          </div>
        </>
      )}
    </section>
  );
}
