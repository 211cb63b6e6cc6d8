import type { ComponentChildren } from "preact";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { DeviceChoice } from "../../media/view/device-choice.tsx";
import { Preview } from "../../media/view/preview.tsx";
import type { ConsultModel, DeskModel } from "../desk.ts";

interface ReadyPaneProps {
  readonly desk: DeskModel;
  readonly consult: ConsultModel | null;
  readonly children: ComponentChildren;
}

/** Between two calls: what to do next, and a look at one's own picture. */
export function ReadyPane({ desk, consult, children }: ReadyPaneProps) {
  const say = useTexts("desk");
  const { media } = desk;
  const waiting = desk.waiting.value.length;
  const title = waiting > 0 ? say("readyWaiting", { count: waiting }) : say("readyNobody");
  return (
    <div class="ready-pane">
      <div class="aside">
        <div class="stack">
          <h1>{title}</h1>
          <p class="lead">{say(waiting > 0 ? "readyAdmit" : "readyShare")}</p>
        </div>
      </div>
      <ProblemNotice problem={consult?.problem.value ?? null} />
      {children}
      <section class="panel stack" aria-label={say("checkTitle")}>
        <h2>{say("checkTitle")}</h2>
        {media.stream.value ? (
          <div class="ready-check">
            <Preview media={media} />
            <div class="stack">
              <DeviceChoice media={media} />
              <Button compact look="quiet" icon="cameraOff" onPress={() => media.stop()}>
                {say("checkStop")}
              </Button>
            </div>
          </div>
        ) : (
          <>
            <p class="soft">{say("checkText")}</p>
            <ProblemNotice problem={media.problem.value} />
            <div class="actions">
              <Button icon="camera" onPress={() => media.start()}>
                {say("checkStart")}
              </Button>
              {media.problem.value && (
                <Button icon="photo" onPress={() => media.useTestPicture()}>
                  {say("useTestPicture")}
                </Button>
              )}
            </div>
          </>
        )}
      </section>
    </div>
  );
}
