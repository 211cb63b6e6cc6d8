import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextField } from "../../../ui/field.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { Code } from "../../adding/view/ask-device.tsx";
import type { OpenWithModel } from "../../recovery/open-with.ts";

/** Whoever comes back takes the address that their helper shows, and reads digits to them. */
export function AskHelper({ model, trouble }: { model: OpenWithModel; trouble?: string }) {
  const say = useTexts("helping");
  const [link, setLink] = useState("");
  const asking = model.helper.value;
  const trusted = model.helpers === "trusted";
  if (!asking) {
    return (
      <details open={trouble !== undefined}>
        <summary>{say(trusted ? "useHelperTrusted" : "useHelper")}</summary>
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void model.giveHelper(link);
          }}
        >
          <p>{say(trusted ? "useHowTrusted" : "useHow")}</p>
          <TextField label={say("useLink")} value={link} onInput={setLink} error={trouble} secret />
          <div class="actions end">
            <Button icon="personAdd" submit disabled={link.trim() === ""}>
              {say("use")}
            </Button>
          </div>
        </form>
      </details>
    );
  }
  const phase = asking.phase.value;
  return (
    <div class="stack">
      {phase === "code" ? (
        <Code code={asking.code.value} caption={say("useRead")} />
      ) : phase === "void" ? (
        <p role="alert">{say("useVoid")}</p>
      ) : (
        <p class="soft" role="status">
          {say("useWaiting")}
        </p>
      )}
      <ProblemNotice problem={asking.problem.value} />
      <div class="actions">
        <Button look="quiet" onPress={() => model.leaveHelper()}>
          {say("useOther")}
        </Button>
      </div>
    </div>
  );
}
