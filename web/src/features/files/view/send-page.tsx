import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { TextField } from "../../../ui/field.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { Page, ScreenTitle } from "../../../ui/page.tsx";
import type { Reader } from "../jobs.ts";
import type { SenderModel } from "../model.ts";
import { useBytes } from "./bytes.ts";
import { Drop } from "./choosing.tsx";
import { FilesProblem } from "./problem.tsx";
import { Bar } from "./progress.tsx";
import { NOBODY, Readers } from "./readers.tsx";
import "./files.css";

const LinkAndWords = later(
  async () => (await import("../../links/view/hand-over.tsx")).LinkAndWords,
  "links",
);

const Whose = later(async () => (await import("./whose.tsx")).Whose, "practitioners");

/** The page of whoever has a permit to send files. */
export function SendPage({ model }: { readonly model: SenderModel }) {
  const say = useTexts("files");
  const state = model.state.value;
  const choosing = state === "choosing" || state === "paused";
  const over = state === "over" || state === "forgotten";
  return (
    <Page foot={say("sendFoot")}>
      <div class="column stack loose">
        <ScreenTitle key={over ? "over" : state === "sent" ? "sent" : "sending"}>
          {say(over ? "overTitle" : state === "sent" ? "sentTitle" : "sendTitle")}
        </ScreenTitle>
        {state === "looking" && !model.problem.value && (
          <p class="soft" role="status">
            {say("looking")}
          </p>
        )}
        {choosing && model.practice.value && <Whose practice={model.practice.value} />}
        {choosing && <Choosing model={model} />}
        {state === "sending" && <Going model={model} />}
        {state === "sent" && <Sent model={model} />}
        {state === "forgotten" && <p>{say("forgotten")}</p>}
        <FilesProblem problem={model.problem.value} />
      </div>
    </Page>
  );
}

function Choosing({ model }: { readonly model: SenderModel }) {
  const say = useTexts("files");
  const bytes = useBytes();
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  const [name, setName] = useState("");
  const [nameless, complain] = useState(false);
  const told = model.practice.value !== null;
  const [readers, setReaders] = useState<readonly Reader[]>(told ? [] : [NOBODY]);
  const begun = model.begun.value;
  const paused = model.state.value === "paused";
  const send = (): void => {
    const named = readers.map(({ to, openings }) => ({ to: to.trim(), openings }));
    const several = told || named.length > 1;
    const missing = name.trim() === "" || (several && named.some(({ to }) => to === ""));
    complain(!begun && missing);
    if (begun || !missing) void model.send(name.trim(), named);
  };
  return (
    <form
      class="stack loose"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {begun && !paused && model.choosing.chosen.value === null ? (
        <Notice>
          <p>{say("begun", { name: begun.file })}</p>
        </Notice>
      ) : (
        <p class="lead">
          {say(told ? "sendLeadTold" : "sendLead", {
            size: bytes(model.size.value),
            until: moment(new Date(model.until.value)),
          })}
        </p>
      )}
      <Drop choosing={model.choosing} most={model.size.value} payer="permit" />
      {!begun && (
        <>
          <TextField
            label={say("name")}
            hint={say("nameHint")}
            error={nameless && name.trim() === "" ? say("nameMissing") : undefined}
            value={name}
            maxLength={100}
            autoComplete="name"
            onInput={setName}
          />
          <Readers
            readers={readers}
            most={model.links.value}
            least={told ? 0 : 1}
            nameless={nameless}
            onChange={setReaders}
          />
        </>
      )}
      {paused && model.choosing.chosen.value && (
        <Bar
          progress={model.progress.value}
          length={model.choosing.chosen.value.length}
          label={model.choosing.chosen.value.name}
          going={false}
        />
      )}
      <div class="actions">
        <Button look="main" icon="lock" submit>
          {say(begun || paused ? "goOn" : "send")}
        </Button>
        {begun && <TakeBack model={model} />}
      </div>
    </form>
  );
}

function Going({ model }: { readonly model: SenderModel }) {
  const say = useTexts("files");
  const chosen = model.choosing.chosen.value;
  const progress = model.progress.value;
  const { name, length } = chosen ?? { name: "", length: 0 };
  return (
    <div class="stack loose">
      <p class="lead">{say("going", { name })}</p>
      <Bar progress={progress} length={length} label={name} going />
      <p class="soft small">{say(progress.done >= length ? "finishing" : "goingText")}</p>
      <div class="actions">
        <Button icon="pause" onPress={model.pause}>
          {say("pause")}
        </Button>
      </div>
    </div>
  );
}

/** For the wrong file: nobody can open it from then on. */
function TakeBack({ model }: { readonly model: SenderModel }) {
  const say = useTexts("files");
  const [asking, ask] = useState(false);
  return (
    <>
      <Button look="quiet" icon="close" onPress={() => ask(true)}>
        {say("takeBack")}
      </Button>
      {asking && (
        <Confirm
          title={say("takeBackTitle")}
          confirm={say("takeBack")}
          onConfirm={model.takeBack}
          onClose={() => ask(false)}
        >
          {say("takeBackText")}
        </Confirm>
      )}
    </>
  );
}

function Sent({ model }: { readonly model: SenderModel }) {
  const say = useTexts("files");
  const [asking, ask] = useState(false);
  const sent = model.sent.value;
  if (!sent) return null;
  return (
    <div class="stack loose">
      {sent.practice !== "" && (
        <Notice icon="check">
          <p>{say("told", { name: sent.practice })}</p>
        </Notice>
      )}
      {sent.links.map((link, at) => (
        <div class="stack loose" key={link.url}>
          {link.to !== "" && <h2>{say("forReader", { name: link.to })}</h2>}
          <LinkAndWords
            link={{ ...link, expires: model.until.value }}
            to={link.to}
            words={(language) => model.words(at, language)}
            Heading={link.to === "" ? "h2" : "h3"}
          />
        </div>
      ))}
      {sent.links.length > 0 && <p class="soft">{say("sentText")}</p>}
      <div class="actions">
        <TakeBack model={model} />
        <Button look="quiet" icon="trash" onPress={() => ask(true)}>
          {say("forget")}
        </Button>
      </div>
      {asking && (
        <Confirm
          title={say("forgetTitle")}
          confirm={say("forget")}
          onConfirm={model.forget}
          onClose={() => ask(false)}
        >
          {say("forgetText")}
        </Confirm>
      )}
    </div>
  );
}
