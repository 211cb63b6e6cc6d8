import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextField } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { PasskeyMaking, WaysBackModel } from "../ways-back.ts";
import { StepTitle } from "./step-title.tsx";

/** As many UTF-16 units as a ring keeps of a name. */
export const LABEL_UNITS = 20;

/** Says where a passkey is of use, then has the browser make it. */
export function MakePasskey({ model, making }: { model: WaysBackModel; making: PasskeyMaking }) {
  const say = useTexts("recovery");
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void model.makePasskey();
      }}
    >
      <StepTitle>{say("passkeyTitle")}</StepTitle>
      <p>{say("passkeyLead")}</p>
      <p>{say("passkeyNotLock")}</p>
      {making.replaces && <p>{say("replacing")}</p>}
      <TextField
        label={say("passkeyLabel")}
        value={making.label}
        maxLength={LABEL_UNITS}
        onInput={(label) => model.setLabel(label)}
      />
      {making.refused && (
        <Notice tone="warn">
          <p>{say(making.refused === "same" ? "passkeySame" : "declined")}</p>
        </Notice>
      )}
      <div class="actions end">
        <Button onPress={() => model.cancel()}>{say("cancelMaking")}</Button>
        <Button look="main" icon="passkey" submit>
          {say("passkeyMake")}
        </Button>
      </div>
    </form>
  );
}
