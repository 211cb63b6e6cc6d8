import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { CopyField } from "../../../ui/copy.tsx";
import { TextField } from "../../../ui/field.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { Qr } from "../../../ui/qr.tsx";
import type { ShowingModel } from "../showing.ts";
import "./adding.css";

interface ShowDeviceProps {
  readonly model: ShowingModel;
  /** Begins anew, with another QR. */
  readonly onAgain: () => void;
  readonly onDone: () => void;
}

/** On the device that is there already: the QR, then the code of the new one. */
export function ShowDevice({ model, onAgain, onDone }: ShowDeviceProps) {
  const say = useTexts("adding");
  useEffect(() => () => model.close(), [model]);
  const phase = model.phase.value;
  return (
    <div class="stack loose adding">
      {(phase === "making" || phase === "granting") && (
        <p class="soft" role="status">
          {say(phase)}
        </p>
      )}
      {phase === "showing" && <Scan link={model.link.value} />}
      {phase === "code" && <TypeCode model={model} />}
      {phase === "void" && (
        <>
          <p class="lead">{say("void")}</p>
          <p role="alert">{say("voidShowing")}</p>
          <div class="actions">
            <Button look="main" onPress={onAgain}>
              {say("again")}
            </Button>
          </div>
        </>
      )}
      {phase === "done" && (
        <>
          <p class="lead" role="status">
            {say("doneLead", { label: model.label.value })}
          </p>
          <div class="actions end">
            <Button look="main" onPress={onDone}>
              {say("done")}
            </Button>
          </div>
        </>
      )}
      <ProblemNotice problem={model.problem.value} />
    </div>
  );
}

function Scan({ link }: { link: string }) {
  const say = useTexts("adding");
  return (
    <>
      <p class="lead">{say("scan")}</p>
      <Qr text={link} label={say("qr")} />
      <p class="small soft">{say("scanHint")}</p>
      <CopyField label={say("scanLink")} text={link} copy={say("copy")} />
    </>
  );
}

function TypeCode({ model }: { model: ShowingModel }) {
  const say = useTexts("adding");
  const [typed, setTyped] = useState("");
  const attempts = model.attempts.value;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void model.enter(typed);
      }}
    >
      <p class="lead">{say("codeLead", { label: model.label.value })}</p>
      <TextField
        label={say("code")}
        hint={say("codeHint")}
        value={typed}
        onInput={setTyped}
        inputMode="numeric"
        maxLength={9}
      />
      {attempts < 3 && <p class="small">{say("attempts", { count: attempts })}</p>}
      <div class="actions end">
        <Button look="main" submit>
          {say("confirm")}
        </Button>
      </div>
    </form>
  );
}
