import type { ComponentChildren } from "preact";
import { useTexts } from "../../../ui/context.tsx";
import { Icon } from "../../../ui/icons.tsx";
import type { MediaModel } from "../../media/devices.ts";
import { Video } from "../../media/view/video.tsx";
import type { CallModel } from "../call.ts";
import { OwnVideo } from "./own-video.tsx";

interface StageProps {
  readonly call: CallModel;
  readonly media: MediaModel;
  readonly controls: ComponentChildren;
}

/** The other's picture, large; one's own in a corner of it; what to press in a row below. */
export function Stage({ call, media, controls }: StageProps) {
  const say = useTexts("consult");
  const remote = call.remote.value;
  const { audio, video, screen } = call.remoteState.value;
  const link = call.link.value;
  const arrived = remote !== null && link !== "connecting";
  const seen = arrived && (video || screen) && link !== "refused";
  return (
    <section class="stage" aria-label={say("call")}>
      <div class={screen ? "stage-picture whole" : "stage-picture"}>
        <Video
          stream={link === "refused" ? null : remote}
          label={say("remoteVideo")}
          mirrored={false}
          speaker={media.speaker}
        />
        {!seen && <Unseen call={call} arrived={arrived} />}
        <div class="stage-flags">
          {screen && seen && (
            <p class="flag">
              <Icon name="screen" />
              {say("remoteScreen", { name: call.who.value.name })}
            </p>
          )}
          {arrived && !audio && (
            <p class="flag">
              <Icon name="micOff" />
              {say("remoteMuted", { name: call.who.value.name })}
            </p>
          )}
          {media.screen.value && (
            <p class="flag light">
              <Icon name="screen" />
              {say("sharingScreen")}
            </p>
          )}
          {link === "reconnecting" && (
            <p class="flag light" role="status">
              <Icon name="clock" />
              {say("reconnecting")}
            </p>
          )}
        </div>
        <OwnVideo media={media} />
      </div>
      {controls}
    </section>
  );
}

/** Instead of a picture: who it is, and why there is none. */
function Unseen({ call, arrived }: { call: CallModel; arrived: boolean }) {
  const say = useTexts("consult");
  const { name } = call.who.value;
  const link = call.link.value;
  const state =
    link === "refused"
      ? "pictureRefused"
      : link === "lost"
        ? "pictureLost"
        : arrived
          ? "remoteCameraOff"
          : "pictureComing";
  const initials = name
    .split(/\s+/)
    .filter((word) => /^\p{Lu}/u.test(word))
    .slice(-2)
    .map((word) => word.slice(0, 1))
    .join("");
  return (
    <div class="unseen">
      <span class="initials" aria-hidden="true">
        {initials}
      </span>
      <p role="status">{say(state, { name })}</p>
    </div>
  );
}
