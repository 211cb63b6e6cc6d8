import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { TextField } from "../../../ui/field.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import { Code } from "../../adding/view/ask-device.tsx";
import { NAME_UNITS, type OfferModel } from "../offer.ts";

/** Somebody asks for help: first the digits, then who it is, then a yes or a no. */
export function OfferDialog({ model, onClose }: { model: OfferModel; onClose: () => void }) {
  const say = useTexts("helping");
  const { asking, from, answer } = model;
  const phase = asking.phase.value;
  const name = from.value;
  const done = answer.value === "yes" || answer.value === "no";
  return (
    <Dialog title={say("offerTitle")} onClose={onClose}>
      <div class="stack loose">
        {phase === "void" ? (
          <p role="alert">{say("offerVoid")}</p>
        ) : done ? (
          <Answered model={model} />
        ) : name !== null ? (
          <Decide model={model} name={name} />
        ) : phase === "naming" ? (
          <>
            <p>{say("offerLead")}</p>
            <p>{say("offerWhat")}</p>
            <div class="actions end">
              <Button onPress={onClose}>{say("offerNot")}</Button>
              <Button look="main" onPress={() => model.compare()}>
                {say("offerCompare")}
              </Button>
            </div>
          </>
        ) : phase === "code" ? (
          <>
            <Code code={asking.code.value} caption={say("offerRead")} />
            <p class="soft" role="status">
              {say("offerTyping")}
            </p>
          </>
        ) : (
          <p class="soft" role="status">
            {say("offerWaiting")}
          </p>
        )}
        <ProblemNotice problem={model.problem.value ?? asking.problem.value} />
        {(done || phase === "void") && (
          <div class="actions end">
            <Button look="main" onPress={onClose}>
              {say("close")}
            </Button>
          </div>
        )}
      </div>
    </Dialog>
  );
}

function Answered({ model: { answer, circle, here } }: { model: OfferModel }) {
  const say = useTexts("helping");
  const kept = circle === "trusted" ? "offerKeptTrusted" : "offerKept";
  return (
    <>
      <p class="lead" role="status">
        {say(answer.value === "yes" ? kept : "offerRefused")}
      </p>
      {here.value && (
        <Notice tone="warn">
          <p>{say("offerHere")}</p>
        </Notice>
      )}
    </>
  );
}

function Decide({ model, name }: { model: OfferModel; name: string }) {
  const say = useTexts("helping");
  const [called, call] = useState(name);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        model.accept(called);
      }}
    >
      <p class="lead">{say("offerFrom", { name })}</p>
      <p>{say("offerUnchecked")}</p>
      <TextField label={say("offerName")} value={called} maxLength={NAME_UNITS} onInput={call} />
      <div class="actions end">
        <Button onPress={() => model.refuse()}>{say("offerNo")}</Button>
        <Button look="main" submit disabled={model.answer.value === "storing"}>
          {say("offerYes")}
        </Button>
      </div>
    </form>
  );
}
