import { computed, type ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { TextArea, TextField } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { CallModel } from "../../consult/call.ts";
import type { LookNeeds } from "../looking.ts";
import { Showing } from "../showing.ts";
import { Links, openShown, type Trouble, troubleOf } from "../shown.ts";
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
  const drawn = useMemo(() => new Map(), []);
  const sides = useMemo(
    () => computed(() => calls.value.flatMap(({ beside }) => beside ?? [])),
    [calls],
  );
  const model = useMemo(() => {
    const { clock, random } = needs;
    const open = (handed: Uint8Array) => openShown(needs, handed, drawn);
    return new Showing({ clock, random, open }, sides, host);
  }, [needs, drawn, sides, host]);
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
            <>
              <Button compact look="main" onPress={() => model.look()}>
                {say("shownLook")}
              </Button>
              <NotNow dismiss={model.dismiss} />
            </>
          }
        >
          <p>{say(state === "failed" ? "shownFailed" : "shown")}</p>
        </Notice>
      )}
      {state === "refused" && (
        <Notice tone="alert" actions={<NotNow dismiss={model.dismiss} />}>
          <p>{say("showRefused")}</p>
        </Notice>
      )}
      {choosing && (
        <Choose
          needs={needs}
          show={async (handed, gone) => {
            await model.show(handed, gone);
            if (!gone.aborted) choose(false);
          }}
          onClose={() => choose(false)}
        />
      )}
      {viewer && <Viewer model={viewer} onClose={model.close} together={model.leading} />}
    </>
  );
}

function NotNow({ dismiss }: { readonly dismiss: () => void }) {
  const say = useTexts("imaging");
  return (
    <Button compact onPress={dismiss}>
      {say("shownNotNow")}
    </Button>
  );
}

interface ChooseProps {
  readonly needs: LookNeeds;
  /** Of what a link holds, unless it is given up. */
  readonly show: (handed: Uint8Array, gone: AbortSignal) => Promise<void>;
  readonly onClose: () => void;
}

/** Which study: one that came by a sealed link. */
function Choose({ needs, show, onClose }: ChooseProps) {
  const say = useTexts("imaging");
  const links = useMemo(() => new Links(needs), [needs]);
  const gone = useMemo(() => new AbortController(), []);
  useEffect(() => () => gone.abort(), [gone]);
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
            const handed = await links.open(link, words);
            if (gone.signal.aborted) return;
            await show(handed, gone.signal);
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
