import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { TextArea } from "../../../ui/field.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import { Page, ScreenTitle } from "../../../ui/page.tsx";
import type { OpeningModel } from "../model.ts";
import "./links.css";

/** Fetched while somebody types. */
const FoundDocument = later(
  async () => (await import("./found.tsx")).FoundDocument,
  "documents",
  "practitioners",
);

/** The page that a sealed link opens. It says nothing of who sent it before it is open. */
export function OpeningPage({ model }: { readonly model: OpeningModel }) {
  const say = useTexts("links");
  const state = model.state.value;
  const found = model.found.value;
  const why = model.why.value;
  const over = state === "over";
  return (
    <Page foot={say("openFoot")}>
      <div class="column stack loose">
        <ScreenTitle key={over ? "over" : found ? "open" : "asking"}>
          {say(titleOf(model))}
        </ScreenTitle>
        {state === "looking" && !model.problem.value && (
          <p class="soft" role="status">
            {say("looking")}
          </p>
        )}
        {(state === "asking" || state === "opening") && <Ask model={model} />}
        {found && <FoundDocument found={found} />}
        {why && (
          <Notice tone="alert">
            <p>{say(why === "unknown" ? "overUnknown" : "overForged")}</p>
          </Notice>
        )}
        <ProblemNotice problem={model.problem.value} />
      </div>
    </Page>
  );
}

function titleOf({
  state,
  found,
}: OpeningModel): "overTitle" | "askTitle" | "foundTitle" | "foundFiles" {
  if (state.value === "over") return "overTitle";
  if (!found.value) return "askTitle";
  return found.value.document ? "foundTitle" : "foundFiles";
}

function Ask({ model }: { readonly model: OpeningModel }) {
  const say = useTexts("links");
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  const [words, setWords] = useState("");
  const opening = model.state.value === "opening";
  const { left, expires } = model;
  return (
    <form
      class="stack loose"
      onSubmit={(event) => {
        event.preventDefault();
        void model.open(words);
      }}
    >
      <p class="lead">{say("askLead")}</p>
      <TextArea
        label={say("askWords")}
        hint={say("askHint")}
        value={words}
        onInput={setWords}
        error={useTrouble(model)}
        rows={2}
        secret
      />
      <div class="stack">
        <div class="actions">
          <Button look="main" icon="unlock" submit disabled={opening}>
            {say("open")}
          </Button>
        </div>
        <p class="soft" role="status">
          {opening && say("opening")}
        </p>
        {model.begun.value && <p class="soft small">{say("begun")}</p>}
        {left.value !== null && expires.value !== null && (
          <p class="soft small">
            {say("left", { count: left.value, until: moment(new Date(expires.value)) })}
          </p>
        )}
      </div>
    </form>
  );
}

/** What to do about the words, in a sentence. */
function useTrouble(model: OpeningModel): string | undefined {
  const say = useTexts("links");
  const trouble = model.trouble.value;
  if (!trouble) return undefined;
  if (trouble.what === "count") return say("troubleCount", { count: trouble.number });
  if (trouble.what === "check") return say("troubleCheck");
  if (trouble.what === "wrong") return say("troubleWrong");
  const { at, typed, nearest } = trouble;
  return say(nearest ? "troubleNearest" : "troubleUnknown", { at, typed, nearest });
}
