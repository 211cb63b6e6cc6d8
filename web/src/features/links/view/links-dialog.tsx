import { useEffect, useId, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Confirm, Dialog } from "../../../ui/dialog.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import type { LinkLine, LinksModel } from "../model.ts";
import { HandOver } from "./hand-over.tsx";
import { NewLink } from "./new-link.tsx";
import { NewPermit } from "./new-permit.tsx";
import "./links.css";

interface LinksDialogProps {
  readonly links: LinksModel;
  /** Whether the one who sits here may sign. */
  readonly confirm: () => Promise<boolean>;
  readonly onClose: () => void;
}

/** Documents for people without an address here: a new one, and those that were sent. */
export function LinksDialog({ links, confirm, onClose }: LinksDialogProps) {
  const say = useTexts("links");
  const [chosen, choose] = useState<string | null>(null);
  const listed = chosen === null;
  useEffect(() => {
    if (listed) void links.load();
  }, [links, listed]);
  const shown = links.list.value.find(({ id }) => id === chosen);
  return (
    <Dialog title={say(shown ? "handTitle" : "title")} onClose={onClose} large>
      {shown ? (
        <HandOver links={links} link={shown} onBack={() => choose(null)} />
      ) : (
        <div class="stack loose">
          <NewLink links={links} confirm={confirm} onMade={({ id }) => choose(id)} />
          <NewPermit links={links} />
          <ProblemNotice problem={links.problem.value} />
          <List links={links} onShow={choose} />
        </div>
      )}
    </Dialog>
  );
}

interface ListProps {
  readonly links: LinksModel;
  readonly onShow: (id: string) => void;
}

function List({ links, onShow }: ListProps) {
  const say = useTexts("links");
  const all = links.list.value;
  if (all.length === 0) return null;
  return (
    <section class="stack" aria-label={say("sent")}>
      <h3>{say("sent")}</h3>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" class="links-list">
        {all.map((link) => (
          <li key={link.id}>
            <Line links={links} link={link} onShow={() => onShow(link.id)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface LineProps {
  readonly links: LinksModel;
  readonly link: LinkLine;
  readonly onShow: () => void;
}

function Line({ links, link, onShow }: LineProps) {
  const say = useTexts("links");
  const moment = useMoment({ dateStyle: "medium", timeStyle: "short" });
  const [asking, ask] = useState(false);
  const title = useId();
  const { name, openings, used, state } = link;
  const open = state === "open";
  const until = moment(new Date(link.expires));
  return (
    <div class="links-line">
      <div>
        <strong class="links-name" id={title}>
          {name}
        </strong>
        <p class="small soft">
          {used === null
            ? say("countUnknown", { openings })
            : say("count", { used, count: openings })}
          {" · "}
          {open ? say("until", { until }) : say(`state_${state}`)}
        </p>
      </div>
      <div class="row">
        {open ? (
          <>
            <Button compact icon="share" describedBy={title} onPress={onShow}>
              {say("show")}
            </Button>
            <Button compact look="quiet" icon="close" describedBy={title} onPress={() => ask(true)}>
              {say("withdraw")}
            </Button>
          </>
        ) : (
          <Button
            compact
            look="quiet"
            icon="trash"
            describedBy={title}
            onPress={() => links.forget(link.id)}
          >
            {say("forget")}
          </Button>
        )}
      </div>
      {asking && (
        <Confirm
          title={say("withdrawTitle")}
          confirm={say("withdraw")}
          onConfirm={() => links.withdraw(link.id)}
          onClose={() => ask(false)}
        >
          {say("withdrawText", { name })}
        </Confirm>
      )}
    </div>
  );
}
