import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { Drop } from "../../files/view/choosing.tsx";
import { FilesProblem } from "../../files/view/problem.tsx";
import { Bar } from "../../files/view/progress.tsx";
import { MOST_LINKS } from "../limits.ts";
import type { LinksModel, OutgoingModel, Wanted } from "../model.ts";
import { NOBODY, Recipients } from "./recipients.tsx";

interface NewSendingProps {
  readonly links: LinksModel;
  readonly confirm: () => Promise<boolean>;
  /** The id of somebody seen, who gets it first of all. */
  readonly person: string | undefined;
  /** The ids of the links that were made. */
  readonly onMade: (ids: readonly string[]) => void;
}

/** Files or a folder, and who gets them. */
export function NewSending({ links, ...rest }: NewSendingProps) {
  const { outgoing } = links;
  const say = useTexts("links");
  const sending = outgoing.state.value === "sending";
  return (
    <section class="stack loose" aria-label={say("newTitle")}>
      <p>{say("lead")}</p>
      {sending ? <Going outgoing={outgoing} /> : <Choose links={links} {...rest} />}
      <FilesProblem problem={outgoing.problem.value} />
    </section>
  );
}

function Choose({ links, confirm, person, onMade }: NewSendingProps) {
  const { outgoing } = links;
  const say = useTexts("links");
  const [wanted, want] = useState<readonly Wanted[]>(() => {
    const first = outgoing.people.peek().find(({ id }) => id === person);
    return [first ? { ...NOBODY, person: first.id, to: first.name } : NOBODY];
  });
  const [trouble, tell] = useState<"many" | "nameless" | null>(null);
  const begun = outgoing.begun.value;
  const send = async (): Promise<void> => {
    // One link alone needs no name; which of several is whose has to be said.
    const nameless = wanted.length > 1 && wanted.some(({ to }) => to.trim() === "");
    const many = links.list.value.length + wanted.length > MOST_LINKS;
    const wrong = begun ? null : many ? "many" : nameless ? "nameless" : null;
    tell(wrong);
    if (wrong || !(await confirm())) return;
    const made = await outgoing.send(wanted);
    if (made.length > 0) onMade(made);
  };
  return (
    <form
      class="stack loose"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {begun && <Begun outgoing={outgoing} begun={begun} />}
      {!begun?.whole && <Drop choosing={outgoing.choosing} most={outgoing.most} payer="own" />}
      {!begun && (
        <Recipients
          people={outgoing.people}
          all={wanted}
          nameless={trouble === "nameless"}
          onChange={want}
        />
      )}
      {trouble === "many" && (
        <Notice tone="alert">
          <p>{say("tooMany")}</p>
        </Notice>
      )}
      <div class="actions">
        <Button look="main" icon="lock" submit>
          {say(begun ? "goOn" : "make")}
        </Button>
        {begun && <GiveUp outgoing={outgoing} />}
      </div>
    </form>
  );
}

interface BegunProps {
  readonly outgoing: OutgoingModel;
  readonly begun: NonNullable<OutgoingModel["begun"]["value"]>;
}

/** What was begun, for whom, and how far it is. */
function Begun({ outgoing, begun: { file, length, whole, to } }: BegunProps) {
  const say = useTexts("links");
  const named = to.filter((name) => name !== "").join(", ");
  const chosen = outgoing.choosing.chosen.value;
  return (
    <div class="stack">
      <Notice>
        <p>{say(whole ? "begunWhole" : chosen ? "begunPaused" : "begunChoose", { name: file })}</p>
        {named !== "" && <p class="small">{say("begunFor", { to: named })}</p>}
      </Notice>
      {outgoing.progress.value.done > 0 && (
        <Bar progress={outgoing.progress.value} length={length} label={file} going={false} />
      )}
    </div>
  );
}

function Going({ outgoing }: { readonly outgoing: OutgoingModel }) {
  const say = useTexts("links");
  const begun = outgoing.begun.value;
  const progress = outgoing.progress.value;
  const { file, length } = begun ?? { file: "", length: 0 };
  const finishing = begun?.whole || (length > 0 && progress.done >= length);
  return (
    <div class="stack">
      <p role="status">{say("making", { name: file })}</p>
      {begun && <Bar progress={progress} length={length} label={file} going />}
      <p class="soft small">{say(finishing ? "finishing" : "makingText")}</p>
      {!finishing && (
        <div class="actions">
          <Button icon="pause" onPress={outgoing.pause}>
            {say("pause")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** For the wrong file. */
function GiveUp({ outgoing }: { readonly outgoing: OutgoingModel }) {
  const say = useTexts("links");
  const [asking, ask] = useState(false);
  return (
    <>
      <Button look="quiet" icon="close" onPress={() => ask(true)}>
        {say("giveUp")}
      </Button>
      {asking && (
        <Confirm
          title={say("giveUpTitle")}
          confirm={say("giveUp")}
          onConfirm={outgoing.giveUp}
          onClose={() => ask(false)}
        >
          {say("giveUpText")}
        </Confirm>
      )}
    </>
  );
}
