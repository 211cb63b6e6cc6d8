import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { Page, ScreenTitle } from "../../../ui/page.tsx";
import type { DeskModel } from "../desk.ts";
import { Desk } from "./desk.tsx";
import { Enrolment } from "./enrolment.tsx";
import type { DeskSlots } from "./slots.ts";
import "../../consult/view/consult.css";
import "./desk.css";

const AskDevice = later(
  async () => (await import("../../adding/view/ask-device.tsx")).AskDevice,
  "adding",
);
const Recover = later(
  async () => (await import("../../recovery/view/open-with.tsx")).Recover,
  "recovery",
);
const WaysBack = later(
  async () => (await import("../../recovery/view/ways-back.tsx")).WaysBack,
  "recovery",
);

interface DeskPageProps {
  readonly desk: DeskModel;
  /** The one-time code of an enrolment link; empty where the page was opened without one. */
  readonly code: string;
  readonly slots: DeskSlots;
}

/** The doctor's page. */
export function DeskPage({ desk, code, slots }: DeskPageProps) {
  const say = useTexts("desk");
  const sayUi = useTexts("ui");
  const phase = desk.phase.value;
  const [joining, recovering] = [desk.joining.value, desk.recovering.value];
  const changing = desk.ways.value?.changing.value;
  if (phase === "ready") return <Desk desk={desk} slots={slots} />;
  return (
    <Page>
      <div class="column">
        {phase === "loading" && (
          <>
            <h1 class="visually-hidden">{say("deskTitle")}</h1>
            <p class="soft" role="status">
              {sayUi("loading")}
            </p>
          </>
        )}
        {phase === "enrolling" && <Enrolment desk={desk} code={code} />}
        {phase === "no-practitioner" && (
          <div class="stack">
            <ScreenTitle>{say("strangerTitle")}</ScreenTitle>
            <p class="lead">{say("strangerText")}</p>
            <p>{say("strangerAdd")}</p>
            <ProblemNotice problem={desk.problem.value} />
            <div class="actions">
              <Button onPress={() => desk.recover()}>{say("haveWays")}</Button>
            </div>
          </div>
        )}
        {phase === "joining" && joining && <AskDevice model={joining} />}
        {phase === "recovering" && recovering && <Recover model={recovering} />}
        {phase === "ways" && changing && (
          <div class="stack loose">
            <ScreenTitle>{say("waysTitle")}</ScreenTitle>
            <WaysBack model={changing} owner={desk.practitioner.value?.name ?? ""} />
          </div>
        )}
        {phase === "revoked" && (
          <div class="stack">
            <ScreenTitle>{say("revokedTitle")}</ScreenTitle>
            <p class="lead">{say("revokedText")}</p>
          </div>
        )}
        {phase === "elsewhere" && (
          <div class="stack">
            <ScreenTitle>{say("elsewhereTitle")}</ScreenTitle>
            <p class="lead">{say("elsewhereText")}</p>
            <ProblemNotice problem={desk.problem.value} retryLabel={say("useHere")} />
          </div>
        )}
      </div>
    </Page>
  );
}
