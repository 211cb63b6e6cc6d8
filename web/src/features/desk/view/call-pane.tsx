import { useComputed } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Confirm, Dialog } from "../../../ui/dialog.tsx";
import { useHands } from "../../../ui/hands.ts";
import { ProblemNotices } from "../../../ui/notice.tsx";
import { ScreenTitle } from "../../../ui/page.tsx";
import type { CallModel } from "../../consult/call.ts";
import { Badge } from "../../consult/view/badge.tsx";
import { Control, Controls } from "../../consult/view/controls.tsx";
import { Stage } from "../../consult/view/stage.tsx";
import { CallStatus } from "../../consult/view/status.tsx";
import type { ConsultModel, DeskModel } from "../desk.ts";
import { SharePane } from "./share-pane.tsx";
import { SidePanel, type SideTab } from "./side-panel.tsx";
import type { DeskSlots } from "./slots.ts";

interface CallPaneProps {
  readonly desk: DeskModel;
  readonly consult: ConsultModel;
  readonly slots: DeskSlots;
}

/** The call with the people of a consult; what is written to them, or to one of them, beside it. */
export function CallPane({ desk, consult, slots }: CallPaneProps) {
  const say = useTexts("desk");
  const sayConsult = useTexts("consult");
  const hands = useHands();
  const calls = consult.calls.value;
  const everybody = useComputed(() => consult.calls.value.map(({ call }) => call));
  const [chosen, choose] = useState<string | null>(null);
  const [tab, setTab] = useState<SideTab>("messages");
  const [dialog, setDialog] = useState<"end" | "add" | null>(null);
  const [link, setLink] = useState("");
  const pane = useRef<HTMLDivElement>(null);
  const shown = calls.find(({ key }) => key === chosen) ?? calls[0];
  if (!shown) return null;
  const { peer, key, call } = shown;
  const people = consult.people.value;
  const many = calls.length > 1;
  const { name, reason } = call.who.value;
  const locked = consult.locked.value;

  return (
    <div ref={pane} class={tab === "messages" ? "call-pane" : "call-pane writing"}>
      <header class="call-head">
        <div class="call-who">
          <ScreenTitle>{people.map((person) => person.name.value).join(", ")}</ScreenTitle>
          <p class="small soft">{many && reason ? say("reasonOf", { name, reason }) : reason}</p>
        </div>
        <CallStatus call={call} />
        <Badge call={call} who={<WhoGuest call={call} label={consult.label.value} />} />
      </header>
      <div class="call-notices">
        <ProblemNotices
          problems={[
            call.problem.value,
            consult.problem.value,
            ...calls.map((other) => other.call.problem.value),
          ]}
        />
      </div>
      <div class="call-stage">
        <Stage
          people={people}
          media={desk.media}
          choice={{ chosen: key, choose }}
          controls={
            <Controls media={desk.media} canShareScreen={hands.canShareScreen}>
              <Control
                icon="hangUp"
                look="end"
                word={say("endWord")}
                onPress={() => setDialog("end")}
              >
                {sayConsult("endConsult")}
              </Control>
            </Controls>
          }
        />
      </div>
      <div class="call-tools">
        {many && (
          <p class="call-chosen small" role="status">
            {say("chosen", { name })}
          </p>
        )}
        <Button
          compact
          look={tab === "messages" ? "main" : "plain"}
          icon="pen"
          onPress={() => setTab("prescription")}
        >
          {say("writePrescription")}
        </Button>
        <Button compact icon="document" onPress={() => setTab("report")}>
          {say("writeReport")}
        </Button>
        {slots.Images && <slots.Images calls={everybody} pane={pane} />}
        <Button
          compact
          icon={locked ? "lock" : "unlock"}
          pressed={locked}
          onPress={() => consult.lock(!locked)}
        >
          {say("lock")}
        </Button>
        <Button
          compact
          icon="personAdd"
          onPress={async () => {
            setLink(await consult.addPerson());
            setDialog("add");
          }}
        >
          {say("addPerson")}
        </Button>
        <Button compact icon="door" onPress={() => consult.sendBack(peer)}>
          {say("sendBack")}
        </Button>
      </div>
      <SidePanel
        desk={desk}
        consult={consult}
        chosen={shown}
        slots={slots}
        tab={tab}
        onTab={setTab}
      />
      {dialog === "end" && (
        <Confirm
          title={say("endTitle")}
          confirm={say("endConfirm")}
          onConfirm={() => consult.end()}
          onClose={() => setDialog(null)}
        >
          {say("endText")}
        </Confirm>
      )}
      {dialog === "add" && (
        <Dialog title={say("addTitle")} onClose={() => setDialog(null)} large>
          <SharePane consult={consult} link={link} />
        </Dialog>
      )}
    </div>
  );
}

/** What a doctor can know of a guest: they hold the link; the rest is stated. */
function WhoGuest({ call, label }: { call: CallModel; label: string }) {
  const say = useTexts("desk");
  return (
    <>
      <p>{say("whoGuest")}</p>
      <p>
        <strong>{call.who.value.name}</strong>
        {label && ` · ${say("whoLabel", { label })}`}
      </p>
      <p class="soft">{say("whoStated")}</p>
    </>
  );
}
