import { useEffect } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import { ScreenTitle } from "../../../ui/page.tsx";
import type { Texts } from "../../../ui/texts.ts";
import { DeviceChoice } from "../../media/view/device-choice.tsx";
import { Preview } from "../../media/view/preview.tsx";
import type { GuestModel } from "../guest.ts";

const WaitingFor = later(
  async () => (await import("../../practitioners/view/waiting-for.tsx")).WaitingFor,
  "practitioners",
);

const Earlier = later(async () => (await import("./earlier.tsx")).Earlier, "consult");

interface WaitingProps {
  readonly guest: GuestModel;
  /** Fetches the consult's own part of the page, so that the call starts without a wait. */
  readonly preload: (texts: Texts) => void;
}

export function Waiting({ guest, preload }: WaitingProps) {
  const texts = useAllTexts();
  const say = useTexts("guest");
  const sayMedia = useTexts("media");
  useEffect(() => preload(texts), [preload, texts]);
  const doctor = guest.doctor.value.record;
  const held = guest.phase.value === "held";
  const told = guest.hostPresent.value;
  const problem = guest.problem.value;
  const back = guest.connection.value !== "open";
  return (
    <div class="stack loose waiting">
      <TwoDots told={told && !back} />
      <ScreenTitle>{say(held ? "heldTitle" : "waitingTitle")}</ScreenTitle>
      <p class="lead" role="status">
        {say(back ? "waitingReconnecting" : told ? "waitingTold" : "waitingAlone")}
      </p>
      {doctor && <WaitingFor record={doctor} />}
      {guest.seatOwned.value && (
        <Notice tone="warn">
          <p>{say("seatOwned")}</p>
        </Notice>
      )}
      {/* The sentence above has said already that the page is coming back. */}
      <ProblemNotice problem={problem?.key === "reconnecting" ? null : problem} />
      <p class="soft">{say("waitingStay")}</p>
      <div class="waiting-preview">
        <Preview media={guest.media} />
      </div>
      <details class="more">
        <summary>{sayMedia("devices")}</summary>
        <DeviceChoice media={guest.media} />
      </details>
      <div class="row">
        <Button look="quiet" icon="back" onPress={() => guest.leave()}>
          {say("leaveWaiting")}
        </Button>
      </div>
      {held && guest.call.value && <Earlier guest={guest} call={guest.call.value} />}
    </div>
  );
}

/** The mark, waiting: the second person's place is empty until the doctor has been told. */
function TwoDots({ told }: { told: boolean }) {
  return (
    <svg
      class={told ? "two-dots told" : "two-dots"}
      viewBox="0 0 64 64"
      aria-hidden="true"
      focusable="false"
    >
      <path class="left" d="M20 8C7 21 7 43 20 56" />
      <path class="right" d="M44 8C57 21 57 43 44 56" />
      <circle class="you" cx="32" cy="23" r="6" />
      <circle class="other" cx="32" cy="41" r="6" />
    </svg>
  );
}
