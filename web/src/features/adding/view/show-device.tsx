import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { CopyField } from "../../../ui/copy.tsx";
import { TextField } from "../../../ui/field.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import { Qr } from "../../../ui/qr.tsx";
import type { ShowingModel } from "../showing.ts";
import "./adding.css";

/** What is said on the screen that shows the QR. */
export interface ShowingWords {
  readonly scan: string;
  readonly qr: string;
  readonly scanHint: string;
  readonly scanLink: string;
  readonly codeLead: string;
  readonly code: string;
  readonly codeHint: string;
  readonly confirm: string;
  readonly granting: string;
  readonly keeping: string;
  readonly void: string;
  readonly done: string;
  /** Nothing pays for the way between the two. */
  readonly full: string;
  readonly finish: string;
}

interface ShowCodeProps {
  readonly model: ShowingModel;
  readonly words: ShowingWords;
  /** Begins anew, with another QR. */
  readonly onAgain: () => void;
  readonly onDone: () => void;
}

/** On the device that is there already: the QR, then the code of the new one. */
export function ShowDevice(props: Omit<ShowCodeProps, "words">) {
  const say = useTexts("adding");
  const label = props.model.label.value;
  const words: ShowingWords = {
    scan: say("scan"),
    qr: say("qr"),
    scanHint: say("scanHint"),
    scanLink: say("scanLink"),
    codeLead: say("codeLead", { label }),
    code: say("code"),
    codeHint: say("codeHint"),
    confirm: say("confirm"),
    granting: say("granting"),
    keeping: say("granting"),
    void: say("voidShowing"),
    done: say("doneLead", { label }),
    full: say("full"),
    finish: say("done"),
  };
  return <ShowCode {...props} words={words} />;
}

/** The QR, then the code that the other screen shows. */
export function ShowCode({ model, words, onAgain, onDone }: ShowCodeProps) {
  const say = useTexts("adding");
  useEffect(() => () => model.close(), [model]);
  const phase = model.phase.value;
  const waiting = { making: say("making"), granting: words.granting, keeping: words.keeping };
  const problem = model.problem.value;
  return (
    <div class="stack loose adding">
      {!problem && (phase === "making" || phase === "granting" || phase === "keeping") && (
        <p class="soft" role="status">
          {waiting[phase]}
        </p>
      )}
      {phase === "showing" && <Scan link={model.link.value} words={words} />}
      {phase === "code" && <TypeCode model={model} words={words} />}
      {phase === "void" && (
        <>
          <p class="lead">{say("void")}</p>
          <p role="alert">{words.void}</p>
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
            {words.done}
          </p>
          <div class="actions end">
            <Button look="main" onPress={onDone}>
              {words.finish}
            </Button>
          </div>
        </>
      )}
      {problem?.key === "quota_exceeded" ? (
        <Notice tone="warn">
          <p>{words.full}</p>
        </Notice>
      ) : (
        <ProblemNotice problem={problem} />
      )}
    </div>
  );
}

function Scan({ link, words }: { link: string; words: ShowingWords }) {
  const say = useTexts("adding");
  return (
    <>
      <p class="lead">{words.scan}</p>
      <Qr text={link} label={words.qr} />
      <p class="small soft">{words.scanHint}</p>
      <CopyField label={words.scanLink} text={link} copy={say("copy")} />
    </>
  );
}

function TypeCode({ model, words }: { model: ShowingModel; words: ShowingWords }) {
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
      <p class="lead">{words.codeLead}</p>
      <TextField
        label={words.code}
        hint={words.codeHint}
        value={typed}
        onInput={setTyped}
        inputMode="numeric"
        maxLength={9}
      />
      {attempts < 3 && <p class="small">{say("attempts", { count: attempts })}</p>}
      <div class="actions end">
        <Button look="main" submit>
          {words.confirm}
        </Button>
      </div>
    </form>
  );
}
