import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { TextField } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { Line as Prescribed } from "../../prescription/model.ts";
import { titleWords } from "../../prescription/wording.ts";
import type { CounterLine, CounterModel } from "../model.ts";

/** Takes back what is left of a line. It cannot be undone. */
export function RevokeDialog({
  revoke,
  line,
  prescribed,
  onClose,
}: {
  readonly revoke: NonNullable<CounterModel["revoke"]>;
  readonly line: CounterLine;
  readonly prescribed: Prescribed | undefined;
  readonly onClose: () => void;
}) {
  const say = useTexts("dispensing");
  const lang = useAllTexts().language.value;
  const [reason, setReason] = useState("");
  const [failed, fail] = useState(false);
  return (
    <Dialog title={say("revokeTitle")} onClose={onClose}>
      <p>
        <strong>
          {prescribed ? titleWords(prescribed, lang) : say("line", { number: line.number })}
        </strong>
      </p>
      <p>{say("revokeText")}</p>
      <TextField
        label={say("revokeReason")}
        hint={say("revokeHint")}
        value={reason}
        onInput={setReason}
        maxLength={200}
      />
      <div role="alert">{failed && <Notice tone="warn">{say("revokeFailed")}</Notice>}</div>
      <div class="actions end">
        <Button onPress={onClose}>{say("cancel")}</Button>
        <Button
          look="danger"
          onPress={async () => {
            if (await revoke(line.number, reason)) onClose();
            else fail(true);
          }}
        >
          {say("revokeNow")}
        </Button>
      </div>
    </Dialog>
  );
}
