import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import { ScreenTitle } from "../../../ui/page.tsx";
import type { GuestModel, GuestPhase } from "../guest.ts";
import { GuestDocuments } from "./guest-documents.tsx";

const WORDS = {
  "bad-link": ["badLinkTitle", "badLinkText"],
  refused: ["refusedTitle", "refusedText"],
  ended: ["endedTitle", "endedText"],
  expired: ["expiredTitle", "expiredText"],
  unknown: ["unknownTitle", "unknownText"],
  left: ["leftTitle", "leftText"],
  elsewhere: ["elsewhereTitle", "elsewhereText"],
} as const;

interface EndingProps {
  readonly guest: GuestModel;
  readonly phase: Exclude<GuestPhase, "start" | "preview" | "waiting" | "held" | "consult">;
}

/** Where a visit stops: what happened, what to do, and the documents that were received. */
export function Ending({ guest, phase }: EndingProps) {
  const say = useTexts("guest");
  const [title, text] = WORDS[phase];
  // Then the page must not be closed, which is what the text allows.
  const pending = guest.problem.value?.key === "documents_pending";
  const call = guest.call.value;
  const received = call?.documents.value.some(({ mine }) => !mine) ?? false;
  return (
    <div class="stack loose">
      <div class="aside ending">
        <div class="stack">
          <ScreenTitle>{say(title)}</ScreenTitle>
          {!pending && <p class="lead">{say(text)}</p>}
        </div>
      </div>
      <ProblemNotice problem={guest.problem.value} />
      {(phase === "left" || phase === "elsewhere") && (
        <Button look="main" wide onPress={() => guest.comeBack()}>
          {say(phase === "left" ? "comeBack" : "continueHere")}
        </Button>
      )}
      {phase === "refused" && guest.pausing.value && <p role="status">{say("askAgainSoon")}</p>}
      {phase === "refused" && !guest.pausing.value && (
        <Button look="main" wide onPress={() => guest.comeBack()}>
          {say("askAgain")}
        </Button>
      )}
      {call && received && (
        <>
          {!guest.keepOnDevice.value && (
            <Notice tone="warn">
              <p>{say("saveFirst")}</p>
            </Notice>
          )}
          <GuestDocuments guest={guest} call={call} />
        </>
      )}
    </div>
  );
}
