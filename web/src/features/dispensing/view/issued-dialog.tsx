import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import type { CounterModel, IssuedModel } from "../model.ts";
import { Lines } from "./lines.tsx";
import "./dispensing.css";

/** The prescriptions that were issued: what became of one, and taking it back. */
export function IssuedDialog({
  issued,
  onClose,
}: {
  readonly issued: IssuedModel;
  readonly onClose: () => void;
}) {
  const say = useTexts("dispensing");
  const day = useMoment({ dateStyle: "long" });
  const [model, show] = useState<CounterModel | null>(null);
  useEffect(() => {
    issued.load().catch(() => undefined);
  }, [issued]);
  const list = issued.list.value;
  if (model) {
    return (
      <Dialog title={say("issuedOne")} onClose={onClose} large>
        <One model={model} onBack={() => show(null)} />
      </Dialog>
    );
  }
  return (
    <Dialog title={say("issuedTitle")} onClose={onClose} large>
      <div class="stack">
        <p class="soft">{say("issuedLead")}</p>
        {list.length === 0 && <p>{say("issuedNone")}</p>}
        {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
        <ul role="list" class="counter-lines">
          {list.map(({ id, patient, issued: at, until }) => (
            <li key={id} class="counter-issued">
              <div class="counter-medicine">
                <strong>{patient === "" ? say("patientUnknown") : patient}</strong>
                <span class="soft small">
                  {say("issuedAt", { day: day(at), until: day(until) })}
                </span>
              </div>
              <Button compact icon="document" onPress={async () => show(await issued.open(id))}>
                {say("issuedOpen")}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function One({ model, onBack }: { readonly model: CounterModel; readonly onBack: () => void }) {
  const say = useTexts("dispensing");
  useEffect(() => () => model.close(), [model]);
  const shown = model.shown.value;
  const why = model.why.value;
  return (
    <div class="stack loose">
      <div>
        <Button compact look="quiet" icon="back" onPress={onBack}>
          {say("issuedBack")}
        </Button>
      </div>
      {model.state.value === "looking" && !model.problem.value && (
        <p class="soft" role="status">
          {say("looking")}
        </p>
      )}
      {why && (
        <Notice tone="alert">
          <p>{say(why === "unknown" ? "issuedGone" : "issuedForged")}</p>
        </Notice>
      )}
      <ProblemNotice problem={model.problem.value} />
      {model.state.value === "open" && shown && <Lines model={model} shown={shown} />}
    </div>
  );
}
