import { useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextField } from "../../../ui/field.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { ScreenTitle } from "../../../ui/page.tsx";
import { DeviceChoice } from "../../media/view/device-choice.tsx";
import { Preview } from "../../media/view/preview.tsx";
import type { GuestModel } from "../guest.ts";
import { ConnectionLine } from "./connection-line.tsx";

/** See and hear oneself, say one's name, and join: one screen. */
export function Ready({ guest }: { guest: GuestModel }) {
  const say = useTexts("guest");
  const sayMedia = useTexts("media");
  const [name, setName] = useState("");
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const [joining, setJoining] = useState(false);
  const nameInput = useRef<HTMLInputElement>(null);

  const join = async (): Promise<void> => {
    const stated = name.trim();
    setMissing(!stated);
    if (!stated) nameInput.current?.focus();
    if (!stated || joining) return;
    setJoining(true);
    try {
      await guest.knock(stated, reason.trim());
    } finally {
      setJoining(false);
    }
  };

  return (
    <div class="ready">
      <div class="ready-title">
        <ScreenTitle>{say("readyTitle")}</ScreenTitle>
      </div>
      <div class="ready-picture">
        <Preview media={guest.media} />
      </div>
      <form
        class="stack ready-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void join();
        }}
      >
        <TextField
          label={say("yourName")}
          value={name}
          onInput={setName}
          inputRef={nameInput}
          autoComplete="name"
          maxLength={120}
          required
          error={missing ? say("nameMissing") : undefined}
        />
        <TextField
          label={say("reason")}
          hint={say("reasonHint")}
          value={reason}
          onInput={setReason}
          maxLength={200}
        />
        <ProblemNotice problem={guest.problem.value} />
        <Button look="main" wide submit>
          {say("join")}
        </Button>
      </form>
      <div class="stack ready-more">
        <ConnectionLine test={guest.test} />
        <details class="more">
          <summary>{sayMedia("devices")}</summary>
          <DeviceChoice media={guest.media} />
        </details>
      </div>
    </div>
  );
}
