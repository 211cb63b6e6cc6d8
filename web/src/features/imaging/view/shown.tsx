import { type ReadonlySignal, useComputed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { TextArea, TextField } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { CallModel } from "../../consult/call.ts";
import type { LookNeeds } from "../looking.ts";
import { Showing } from "../showing.ts";
import { openLink, openShown, type Trouble, troubleOf } from "../shown.ts";
import { Viewer } from "./viewer.tsx";

interface ShownProps {
  readonly needs: LookNeeds;
  /** With those who look. */
  readonly calls: ReadonlySignal<readonly CallModel[]>;
  /** The doctor's side: offers to show something. */
  readonly host: boolean;
}

/** Images that the people of a consult look at together. */
export function Shown({ needs, calls, host }: ShownProps) {
  const say = useTexts("imaging");
  const [choosing, choose] = useState(false);
  const sides = useComputed(() => calls.value.flatMap(({ beside }) => beside ?? []));
  const model = useMemo(() => {
    const { clock, random } = needs;
    return new Showing({ clock, random, open: (handed) => openShown(needs, handed) }, sides, host);
  }, [needs, sides, host]);
  useEffect(() => model.end, [model]);
  const viewer = model.viewer.value;
  const state = model.state.value;
  return (
    <>
      {host && (
        <Button compact icon="photo" onPress={() => choose(true)}>
          {say("lookTogether")}
        </Button>
      )}
      {(state === "offered" || state === "failed") && (
        <Notice
          tone={state === "failed" ? "warn" : "calm"}
          actions={
            <Button compact look="main" onPress={() => model.look()}>
              {say("shownLook")}
            </Button>
          }
        >
          <p>{say(state === "failed" ? "shownFailed" : "shown")}</p>
        </Notice>
      )}
      {state === "refused" && (
        <Notice tone="alert">
          <p>{say("showRefused")}</p>
        </Notice>
      )}
      {choosing && (
        <Choose
          show={async (link, words) => {
            await model.show(await openLink(needs, link, words));
            choose(false);
          }}
          onClose={() => choose(false)}
        />
      )}
      {viewer && <Viewer model={viewer} onClose={model.close} together={model} />}
    </>
  );
}

interface ChooseProps {
  readonly show: (link: string, words: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Which study: one that came by a sealed link. */
function Choose({ show, onClose }: ChooseProps) {
  const say = useTexts("imaging");
  const [link, setLink] = useState("");
  const [words, setWords] = useState("");
  const [opening, setOpening] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  return (
    <Dialog title={say("showTitle")} onClose={onClose}>
      <form
        class="stack"
        onSubmit={async (event) => {
          event.preventDefault();
          if (opening) return;
          setOpening(true);
          setTrouble(null);
          try {
            await show(link, words);
          } catch (error) {
            setTrouble(troubleOf(error));
          }
          setOpening(false);
        }}
      >
        <p>{say("showLead")}</p>
        <TextField label={say("showLink")} value={link} onInput={setLink} />
        <TextArea label={say("showWords")} value={words} onInput={setWords} rows={2} secret />
        {trouble && (
          <Notice tone="warn">
            <p>{say(trouble)}</p>
          </Notice>
        )}
        <div class="actions">
          <Button look="main" icon="unlock" submit disabled={opening}>
            {say("showOpen")}
          </Button>
        </div>
        <p class="soft" role="status">
          {opening && say("showOpening")}
        </p>
      </form>
    </Dialog>
  );
}
