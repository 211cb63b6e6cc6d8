import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { ScreenTitle } from "../../../ui/page.tsx";
import type { LockModel } from "../lock.ts";
import { Unlock } from "./unlock.tsx";

/** All that a locked device shows: nobody's name, and the way in. */
export function LockScreen({ lock }: { readonly lock: LockModel }) {
  const say = useTexts("lock");
  const [erasing, setErasing] = useState(false);
  const running = lock.state.value === "covered";
  const passkey = lock.way.value?.way === "passkey";
  return (
    <div class="stack loose">
      <ScreenTitle>{say("lockedTitle")}</ScreenTitle>
      <p class="lead">{running ? say("coveredLead") : say("lockedLead")}</p>
      <Unlock lock={lock} action={say("unlock")} />
      <details class="lock-forgotten">
        <summary>{passkey ? say("lostPasskey") : say("forgotten")}</summary>
        <div class="stack">
          <p>{say("forgottenText")}</p>
          {running ? (
            <p>{say("eraseReload")}</p>
          ) : (
            <div class="actions">
              <Button look="danger" icon="trash" onPress={() => setErasing(true)}>
                {say("erase")}
              </Button>
            </div>
          )}
        </div>
      </details>
      {erasing && (
        <Confirm
          title={say("eraseTitle")}
          confirm={say("erase")}
          onConfirm={lock.erase}
          onClose={() => setErasing(false)}
        >
          {say("eraseText")}
        </Confirm>
      )}
    </div>
  );
}
