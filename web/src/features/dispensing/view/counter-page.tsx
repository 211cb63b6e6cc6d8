import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import { Page, ScreenTitle } from "../../../ui/page.tsx";
import { Attested, Stated } from "../../practitioners/view/card.tsx";
import type { CounterModel, Shown } from "../model.ts";
import { Lines } from "./lines.tsx";
import "./dispensing.css";

/** The whole document, with its PDF: fetched while the lines are read. */
const Opened = later(
  async () => (await import("../../documents/view/documents.tsx")).Opened,
  "documents",
);

/** A prescription at the counter. It shows nothing of it before everything was checked. */
export function CounterPage({
  model,
  looking = false,
}: {
  readonly model: CounterModel;
  /** The patient looks: nothing is dispensed. */
  readonly looking?: boolean;
}) {
  const say = useTexts("dispensing");
  const state = model.state.value;
  const shown = model.shown.value;
  const why = model.why.value;
  return (
    <Page foot={say("foot")}>
      <div class="column stack loose">
        <ScreenTitle key={state}>
          {say(
            state === "over"
              ? "overTitle"
              : state === "open" && !looking
                ? "title"
                : "lookingTitle",
          )}
        </ScreenTitle>
        {state === "looking" && !model.problem.value && (
          <p class="soft" role="status">
            {say("looking")}
          </p>
        )}
        {why && (
          <Notice tone="alert">
            <p>{say(why === "unknown" ? "overUnknown" : "overForged")}</p>
          </Notice>
        )}
        <ProblemNotice problem={model.problem.value} />
        {state === "open" && shown && (
          <Prescription model={model} shown={shown} looking={looking} />
        )}
      </div>
    </Page>
  );
}

function Prescription({
  model,
  shown,
  looking,
}: {
  readonly model: CounterModel;
  readonly shown: Shown;
  readonly looking: boolean;
}) {
  const say = useTexts("dispensing");
  return (
    <>
      {shown.device === "revoked" && (
        <Notice tone="alert">
          <p>{say("deviceRevoked")}</p>
        </Notice>
      )}
      <Lines model={model} shown={shown} looking={looking} />
      <div>
        <Button icon="flip" onPress={model.refresh}>
          {say("refresh")}
        </Button>
      </div>
      <Checked shown={shown} />
      <details class="counter-document">
        <summary>{say("document")}</summary>
        <div class="document">
          <Opened opened={shown.document} newest stated={say("stated")} />
        </div>
      </details>
    </>
  );
}

/** Who wrote it, what was checked, and what could not be. */
function Checked({ shown }: { readonly shown: Shown }) {
  const say = useTexts("dispensing");
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  const { card, attestation, signedAt, device } = shown;
  return (
    <section class="panel stack" aria-label={say("prescriber")}>
      <h2>{say("prescriber")}</h2>
      <Stated card={card} />
      <Attested attestation={attestation} none="directoryUnchecked" />
      <h3>{say("checked")}</h3>
      <ul class="counter-checks">
        <li>{say("checkedSignature", { at: moment(signedAt) })}</li>
        {device === "in-force" && <li>{say("checkedDevice")}</li>}
        <li>{say("checkedLines")}</li>
      </ul>
      <h3>{say("unchecked")}</h3>
      <ul class="counter-checks">
        {device === "unasked" && <li>{say("uncheckedDevice")}</li>}
        <li>{say("uncheckedPatient")}</li>
        <li>{say("uncheckedRight")}</li>
        <li>{say("uncheckedServer")}</li>
      </ul>
    </section>
  );
}
