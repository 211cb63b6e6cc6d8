import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextField } from "../../../ui/field.tsx";
import { ShowCode } from "../../adding/view/show-device.tsx";
import { StepTitle } from "../../recovery/view/step-title.tsx";
import type { HelperMaking, WaysBackModel } from "../../recovery/ways-back.ts";
import { NAME_UNITS } from "../offer.ts";

/** As many UTF-16 units as a ring keeps of a name. */
const LABEL_UNITS = 20;

interface MakeHelperProps {
  readonly model: WaysBackModel;
  readonly making: HelperMaking;
}

/** Whom to ask; then a QR for them, and the digits that they read out. */
export function MakeHelper({ model, making }: MakeHelperProps) {
  const say = useTexts("helping");
  const [own, setOwn] = useState(model.own);
  const { showing, label } = making;
  const trusted = model.helpers === "trusted";
  const title = say(trusted ? "makeTitleTrusted" : "makeTitle");
  if (!showing) {
    return (
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          model.askHelper(own.trim());
        }}
      >
        <StepTitle>{title}</StepTitle>
        <p>{say("makeLead")}</p>
        <p>{say(trusted ? "makeWhomTrusted" : "makeWhom")}</p>
        <TextField
          label={say("label")}
          hint={say("labelHint")}
          value={label}
          maxLength={LABEL_UNITS}
          onInput={(name) => model.setLabel(name)}
        />
        <TextField
          label={say("own")}
          hint={say("ownHint")}
          value={own}
          maxLength={NAME_UNITS}
          onInput={setOwn}
        />
        <div class="actions end">
          <Button onPress={() => model.cancel()}>{say("leave")}</Button>
          <Button look="main" icon="personAdd" submit disabled={own.trim() === ""}>
            {say("ask")}
          </Button>
        </div>
      </form>
    );
  }
  const words = {
    scan: say("askScan"),
    qr: say("askQr"),
    scanHint: say("askHint"),
    scanLink: say("askLink"),
    codeLead: say("askCodeLead"),
    code: say("askCode"),
    codeHint: say("askCodeHint"),
    confirm: say("askConfirm"),
    granting: say("askSending"),
    keeping: say("askWaiting"),
    void: say("askVoid"),
    done: "",
    full: say(trusted ? "askFullTrusted" : "askFull"),
    finish: say("close"),
  };
  return (
    <div class="stack loose">
      <StepTitle>{title}</StepTitle>
      <ShowCode
        model={showing}
        words={words}
        onAgain={() => model.askHelper(own.trim())}
        onDone={() => undefined}
      />
      <div class="actions">
        <Button look="quiet" onPress={() => model.cancel()}>
          {say("leave")}
        </Button>
      </div>
    </div>
  );
}
