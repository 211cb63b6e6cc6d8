import { useEffect, useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import type { LinksModel } from "../model.ts";
import { HandOver } from "./hand-over.tsx";
import { List } from "./list.tsx";
import { NewSending } from "./new-sending.tsx";
import "./links.css";

interface LinksDialogProps {
  readonly links: LinksModel;
  /** Whether the one who sits here may sign. */
  readonly confirm: () => Promise<boolean>;
  /** Who is to get something: the id of somebody seen. */
  readonly person?: string | undefined;
  readonly onClose: () => void;
}

/** Files for people with and without an address here: new ones, and those that were sent. */
export function LinksDialog({ links, confirm, person, onClose }: LinksDialogProps) {
  const say = useTexts("links");
  const [chosen, choose] = useState<string | null>(null);
  const [sent, tell] = useState(0);
  const listed = chosen === null;
  useEffect(() => {
    if (listed) void links.load();
  }, [links, listed]);
  const made = (ids: readonly string[]): void => {
    tell(ids.length);
    const [only, ...more] = links.list.value.filter(({ id }) => ids.includes(id));
    // One link is handed over at once; what lies in a mailbox needs nothing more.
    if (only && more.length === 0 && only.mailed !== true) choose(only.id);
  };
  const shown = links.list.value.find(({ id }) => id === chosen);
  return (
    <Dialog title={say(shown ? "handTitle" : "title")} onClose={onClose} large>
      {shown ? (
        <HandOver links={links} link={shown} onBack={() => choose(null)} />
      ) : (
        <div class="stack loose">
          {sent > 0 && (
            <Notice>
              <p>{say("made", { count: sent })}</p>
            </Notice>
          )}
          <NewSending links={links} confirm={confirm} person={person} onMade={made} />
          <ProblemNotice problem={links.problem.value} />
          <List links={links} onShow={choose} />
        </div>
      )}
    </Dialog>
  );
}
