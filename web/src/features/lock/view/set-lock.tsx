import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextField } from "../../../ui/field.tsx";
import { ScreenTitle } from "../../../ui/page.tsx";
import { SHORTEST } from "../limits.ts";
import type { Choice, LockModel } from "../lock.ts";
import { Trouble } from "./trouble.tsx";

interface SetLockProps {
  readonly lock: LockModel;
  /** It is a step of its own, not a part of another screen. */
  readonly first?: boolean;
  readonly onDone?: () => void;
}

/** Sets how this device is unlocked, or changes it. */
export function SetLock({ lock, first = false, onDone }: SetLockProps) {
  const say = useTexts("lock");
  const [able, setAble] = useState<boolean | null>(null);
  const [way, setWay] = useState<Choice["way"]>("passkey");
  const [typed, setTyped] = useState("");
  const [again, setAgain] = useState("");
  const [differs, setDiffers] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    void lock.passkeysAvailable().then((can) => {
      setAble(can);
      if (!can) setWay("passphrase");
    });
  }, [lock]);

  const set = async (): Promise<void> => {
    if (busy) return;
    const other = way === "passphrase" && typed !== again;
    setDiffers(other);
    if (other) return;
    setBusy(true);
    const choice: Choice =
      way === "passkey" ? { way, label: say("passkeyLabel") } : { way, passphrase: typed };
    const done = await lock.set(choice);
    setBusy(false);
    if (done) onDone?.();
  };
  return (
    <form
      class="stack loose"
      onSubmit={(event) => {
        event.preventDefault();
        void set();
      }}
    >
      {first && <ScreenTitle>{say("setTitle")}</ScreenTitle>}
      <p class={first ? "lead" : "soft"}>{say("setLead")}</p>
      {able && (
        <fieldset class="lock-ways">
          <legend>{say("how")}</legend>
          {(["passkey", "passphrase"] as const).map((one) => (
            <label key={one} class="check">
              <input
                type="radio"
                name="lock-way"
                checked={way === one}
                onChange={() => setWay(one)}
              />
              <span>{one === "passkey" ? say("byPasskey") : say("byPassphrase")}</span>
            </label>
          ))}
        </fieldset>
      )}
      {way === "passkey" && able && <p class="soft">{say("passkeyText")}</p>}
      {way === "passphrase" && (
        <div class="stack">
          <p class="soft">{say("advice")}</p>
          <TextField
            label={say("newPassphrase")}
            hint={say("rule", { shortest: SHORTEST })}
            type="password"
            value={typed}
            onInput={setTyped}
            secret
          />
          <TextField
            label={say("again")}
            error={differs ? say("differs") : undefined}
            type="password"
            value={again}
            onInput={setAgain}
            secret
          />
        </div>
      )}
      <Trouble trouble={lock.trouble.value} />
      <div class="actions">
        <Button look="main" icon={way === "passkey" ? "passkey" : "lock"} submit disabled={busy}>
          {busy ? say("setting") : say("set")}
        </Button>
      </div>
    </form>
  );
}
