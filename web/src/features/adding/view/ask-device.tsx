import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextField } from "../../../ui/field.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { ScreenTitle } from "../../../ui/page.tsx";
import type { AskingModel } from "../asking.ts";
import "./adding.css";

/** What fits beside the name of an owner's other devices. */
const LABEL_UNITS = 40;

/** On the new device, which the QR has opened: a name, then the code to type on the other screen. */
export function AskDevice({ model }: { model: AskingModel }) {
  const say = useTexts("adding");
  useEffect(() => () => model.close(), [model]);
  const phase = model.phase.value;
  return (
    <div class="stack loose adding">
      <ScreenTitle>{say(phase === "void" ? "void" : "addTitle")}</ScreenTitle>
      {phase === "naming" && <Name model={model} />}
      {phase === "code" && <Code code={model.code.value} caption={say("codeShown")} />}
      {phase === "void" ? (
        <p class="lead" role="alert">
          {say("voidAsking")}
        </p>
      ) : (
        phase !== "naming" && (
          <p class="soft" role="status">
            {say(phase === "asking" ? "asking" : "waiting")}
          </p>
        )
      )}
      <ProblemNotice problem={model.problem.value} />
    </div>
  );
}

function Name({ model }: { model: AskingModel }) {
  const say = useTexts("adding");
  const handheld = window.matchMedia("(pointer: coarse)").matches;
  const [name, setName] = useState(say(handheld ? "phone" : "computer"));
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void model.ask(name);
      }}
    >
      <p class="lead">{say("askLead")}</p>
      <TextField label={say("deviceName")} value={name} onInput={setName} maxLength={LABEL_UNITS} />
      <div class="actions end">
        <Button look="main" submit>
          {say("addDevice")}
        </Button>
      </div>
    </form>
  );
}

/** Six digits, large, and what to do with them. */
export function Code({ code, caption }: { code: string; caption: string }) {
  return (
    <figure class="adding-code">
      <figcaption class="lead">{caption}</figcaption>
      <output>
        {code.slice(0, 3)} {code.slice(3)}
      </output>
    </figure>
  );
}
