import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextField } from "../../../ui/field.tsx";
import type { LockModel } from "../lock.ts";
import { Trouble } from "./trouble.tsx";

interface UnlockProps {
  readonly lock: LockModel;
  readonly action: string;
}

/** Asks for what opens the lock. */
export function Unlock({ lock, action }: UnlockProps) {
  const say = useTexts("lock");
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const seconds = useSecondsUntil(lock);
  const passkey = lock.way.value?.way === "passkey";
  const trouble = lock.trouble.value;
  useLayoutEffect(() => {
    // A dialog around it opens later, and looks for this mark.
    field.current?.setAttribute("autofocus", "");
    field.current?.focus();
  }, []);

  const give = async (): Promise<void> => {
    if (busy || seconds > 0) return;
    setBusy(true);
    try {
      await lock.unlock(typed);
    } finally {
      setBusy(false);
      setTyped("");
      field.current?.focus();
    }
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void give();
      }}
    >
      {!passkey && (
        <TextField
          label={say("passphrase")}
          type="password"
          value={typed}
          onInput={setTyped}
          inputRef={field}
          error={trouble === "wrong" ? say("wrong") : undefined}
          secret
        />
      )}
      {seconds > 0 && (
        <p class="soft" role="status">
          {say("pause", { count: seconds })}
        </p>
      )}
      {(trouble !== "wrong" || passkey) && <Trouble trouble={trouble} />}
      <div class="actions">
        <Button
          look="main"
          icon={passkey ? "passkey" : "unlock"}
          submit
          disabled={seconds > 0 || busy}
        >
          {busy ? say("opening") : action}
        </Button>
      </div>
    </form>
  );
}

/** How many seconds are left until the next try. */
function useSecondsUntil({ until, now }: LockModel): number {
  const end = until.value;
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const tell = (): void => setLeft(Math.max(0, Math.ceil((end - now()) / 1000)));
    tell();
    const timer = window.setInterval(tell, 500);
    return () => window.clearInterval(timer);
  }, [end, now]);
  return left;
}
