import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import { PRACTICE_OPENINGS } from "../../files/limits.ts";
import { useBytes } from "../../files/view/bytes.ts";
import type { Problem } from "../../problems.ts";
import type { Arrived, ArrivedLine, PermitsModel } from "../model.ts";
import { GivenPermit, NewPermit } from "./new-permit.tsx";
import { PermitList } from "./permit-list.tsx";
import "./permits.css";

const LinkAndWords = later(
  async () => (await import("../../links/view/hand-over.tsx")).LinkAndWords,
  "links",
);

/** Opens what came: large, and fetched when there is something. */
export type OpenArrived = ComponentType<{ readonly arrived: Arrived }>;

interface PermitsDialogProps {
  readonly permits: PermitsModel;
  readonly Opened: OpenArrived;
  readonly onClose: () => void;
}

/** Files that came, and permits with which more may. */
export function PermitsDialog({ permits, Opened, onClose }: PermitsDialogProps) {
  const say = useTexts("files");
  const [opened, open] = useState<(Arrived & Pick<ArrivedLine, "id" | "name">) | null>(null);
  const [shown, show] = useState<string | null>(null);
  useEffect(() => void permits.load(), [permits]);
  const permit = permits.list.value.find(({ id }) => id === shown);
  const back = (): void => {
    open(null);
    show(null);
  };
  return (
    <Dialog title={titleOf(say, opened?.name, permit !== undefined)} onClose={onClose} large>
      {opened || permit ? (
        <div class="stack loose">
          {opened && <Opened arrived={opened} />}
          {opened && <HandOn permits={permits} id={opened.id} />}
          {permit && <GivenPermit permit={permit} />}
          <div class="actions">
            <Button icon="back" onPress={back}>
              {say("permitBack")}
            </Button>
          </div>
        </div>
      ) : (
        <div class="stack loose">
          <ArrivedList
            permits={permits}
            onOpen={async ({ id, name }) => {
              const found = await permits.open(id);
              if (found) open({ ...found, id, name });
            }}
          />
          <NewPermit permits={permits} onMade={({ id }) => show(id)} />
          <PermitsProblem problem={permits.problem.value} />
          <PermitList permits={permits} onShow={show} />
        </div>
      )}
    </Dialog>
  );
}

/** Space that is held by permits is said otherwise than a consult's. */
function PermitsProblem({ problem }: { readonly problem: Problem | null }) {
  const say = useTexts("files");
  if (problem?.key !== "quota_exceeded") return <ProblemNotice problem={problem} />;
  return (
    <Notice tone="warn">
      <p>{say("permitFull")}</p>
    </Notice>
  );
}

type Say = ReturnType<typeof useTexts<"files">>;

const titleOf = (say: Say, opened: string | undefined, given: boolean): string =>
  opened ?? say(given ? "permitGivenTitle" : "permitTitle");

interface HandOnProps {
  readonly permits: PermitsModel;
  readonly id: string;
}

/** Where images are looked at together a link and words are asked for. */
function HandOn({ permits, id }: HandOnProps) {
  const say = useTexts("files");
  const [shown, show] = useState(false);
  const line = permits.arrived.value.find((one) => one.id === id);
  if (!line) return null;
  if (shown) {
    const { url, name, until } = line;
    return (
      <LinkAndWords
        link={{ url, name, expires: until, openings: PRACTICE_OPENINGS }}
        words={(language) => permits.words(id, language)}
      />
    );
  }
  return (
    <div class="actions">
      <Button compact look="quiet" icon="share" onPress={() => show(true)}>
        {say("permitHandOn")}
      </Button>
    </div>
  );
}

interface ArrivedListProps {
  readonly permits: PermitsModel;
  readonly onOpen: (line: ArrivedLine) => Promise<void>;
}

function ArrivedList({ permits, onOpen }: ArrivedListProps) {
  const say = useTexts("files");
  const bytes = useBytes();
  const moment = useMoment({ dateStyle: "medium", timeStyle: "short" });
  const all = permits.arrived.value;
  return (
    <section class="stack" aria-label={say("permitArrived")}>
      <h3>{say("permitArrived")}</h3>
      {all.length === 0 && <p class="soft">{say("permitArrivedNone")}</p>}
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" class="permits-list">
        {all.map((line) => (
          <li key={line.id} class="permits-line">
            <div>
              <strong class="permits-name" id={`arrived-${line.id}`}>
                {line.name}
              </strong>
              <p class="small soft">
                {!line.seen && <>{say("permitNew")} · </>}
                {line.label === null
                  ? say("permitFromUnknown")
                  : say("permitFrom", { label: line.label })}
                {" · "}
                {bytes(line.size)} · {moment(new Date(line.at))}
              </p>
            </div>
            <div class="row">
              <Button
                compact
                look={line.seen ? "plain" : "main"}
                icon="unlock"
                describedBy={`arrived-${line.id}`}
                onPress={() => onOpen(line)}
              >
                {say("permitOpen")}
              </Button>
              <Button
                compact
                look="quiet"
                icon="trash"
                describedBy={`arrived-${line.id}`}
                onPress={() => permits.drop(line.id)}
              >
                {say("permitDrop")}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
