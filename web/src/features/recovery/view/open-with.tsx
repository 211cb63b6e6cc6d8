import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { TextArea } from "../../../ui/field.tsx";
import { Icon } from "../../../ui/icons.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import { ScreenTitle } from "../../../ui/page.tsx";
import type { OpenWithModel, Trouble } from "../open-with.ts";
import { kindKey } from "./ways-back.tsx";
import "./ways-back.css";

const AskHelper = later(
  async () => (await import("../../helping/view/ask-helper.tsx")).AskHelper,
  "helping",
  "adding",
);

const LEADS = {
  nobody: "recoverLead",
  colleagues: "recoverLeadHelper",
  trusted: "recoverLeadTrusted",
} as const;

interface OpenWithProps {
  readonly model: OpenWithModel;
  /** Also called once it is open. */
  readonly onClose: () => void;
}

/** Asks for one way back besides this device. */
export function OpenWith({ model, onClose }: OpenWithProps) {
  const say = useTexts("recovery");
  const open = model.state.value === "open";
  useEffect(() => {
    if (open) onClose();
  }, [open, onClose]);
  return (
    <Dialog title={say("openTitle")} onClose={onClose}>
      <p>{say("openLead")}</p>
      <Giving model={model} />
    </Dialog>
  );
}

/** The screen of who has lost their devices: asks for two ways back. */
export function Recover({ model }: { model: OpenWithModel }) {
  const say = useTexts("recovery");
  return (
    <div class="stack loose">
      <ScreenTitle>{say("recoverTitle")}</ScreenTitle>
      <p class="lead">{say(LEADS[model.helpers ?? "nobody"])}</p>
      <Giving model={model} />
    </div>
  );
}

function Giving({ model }: { model: OpenWithModel }) {
  const say = useTexts("recovery");
  const given = model.given.value;
  const state = model.state.value;
  const asking = state === "asking" && given.length < model.wanted;
  return (
    <>
      {model.wanted > 1 && given.length > 0 && <Given model={model} />}
      {asking && <Asking key={given.length} model={model} />}
      {state === "opening" && (
        <p class="soft" role="status">
          {say("opening")}
        </p>
      )}
      <ProblemNotice problem={model.problem.value} />
    </>
  );
}

function Given({ model }: { model: OpenWithModel }) {
  const say = useTexts("recovery");
  return (
    <div class="given">
      <ul class="bare">
        {model.given.value.map((kind, at) => (
          <li key={`${at + 1}`}>
            <Icon name="check" />
            <strong>{say("given", { kind: say(kindKey(kind, model.helpers)) })}</strong>
          </li>
        ))}
      </ul>
      {model.state.value === "asking" && (
        <div class="row">
          <span role="status">{say("secondStill")}</span>
          <Button look="quiet" compact onPress={() => model.forget()}>
            {say("forget")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Asking({ model }: { model: OpenWithModel }) {
  const say = useTexts("recovery");
  const [words, setWords] = useState("");
  const trouble = useTrouble(model);
  const linked = model.trouble.value?.what === "no-link" ? { trouble: trouble ?? "" } : {};
  const helper = model.helpers && <AskHelper model={model} {...linked} />;
  const typing = ["count", "unknown", "check"].includes(model.trouble.value?.what ?? "");
  // Whoever waits for their helper has nothing else to do here.
  if (model.helper.value) return <>{helper}</>;
  return (
    <>
      {trouble && !typing && model.trouble.value?.what !== "no-link" && (
        <Notice tone="warn">
          <p>{trouble}</p>
        </Notice>
      )}
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void model.giveSheet(words);
        }}
      >
        <TextArea
          label={say("sheetWords")}
          hint={say("sheetWordsHint")}
          value={words}
          onInput={setWords}
          error={typing ? trouble : undefined}
          rows={3}
          secret
        />
        <div class="actions end">
          <Button look="main" icon="document" submit>
            {say("sheetUse")}
          </Button>
        </div>
      </form>
      {model.passkeys.value && (
        <>
          <p class="or">{say("or")}</p>
          <div class="stack">
            <p class="small soft">{say("passkeyUseHint")}</p>
            <div class="actions end">
              <Button icon="passkey" onPress={() => model.givePasskey()}>
                {say("passkeyUse")}
              </Button>
            </div>
          </div>
        </>
      )}
      {helper && (
        <>
          <p class="or">{say("or")}</p>
          {helper}
        </>
      )}
    </>
  );
}

/** What to do about it, in a sentence. */
function useTrouble(model: OpenWithModel): string | undefined {
  const say = useTexts("recovery");
  const trouble = model.trouble.value;
  if (!trouble) return undefined;
  const plain: Readonly<Record<Exclude<Trouble["what"], "count" | "unknown">, string>> = {
    check: say("troubleCheck"),
    twice: say("twice"),
    declined: say("declinedUse"),
    "no-link": say("noLink"),
    "unknown-way": say("unknownWay"),
    "taken-out": say("takenOut"),
    "no-pair": say(model.wanted === 1 ? "noPairDevice" : "noPair"),
  };
  if (trouble.what === "count") return say("troubleCount", { count: trouble.number });
  if (trouble.what !== "unknown") return plain[trouble.what];
  const { at, typed, nearest } = trouble;
  return say(nearest ? "troubleNearest" : "troubleUnknown", { at, typed, nearest });
}
