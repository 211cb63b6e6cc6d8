import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Icon } from "../../../ui/icons.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import type { MediaModel } from "../devices.ts";
import { Level } from "./level.tsx";
import { Video } from "./video.tsx";
import "./media.css";

/** One's own picture with what turns it on, off and around, and the microphone's level below. */
export function Preview({ media }: { media: MediaModel }) {
  const say = useTexts("media");
  const on = media.video.value && media.stream.value !== null;
  return (
    <div class="stack">
      <div class="preview">
        <Video
          stream={media.stream.value}
          label={say("yourVideo")}
          own
          mirrored={!media.testPicture.value}
        />
        {!on && (
          <p class="preview-off">
            <Icon name="cameraOff" />
            {say(
              media.stream.value
                ? "cameraIsOff"
                : media.problem.value
                  ? "noPicture"
                  : "cameraStarting",
            )}
          </p>
        )}
        {media.stream.value && (
          <div class="preview-tools">
            <Button
              compact
              iconOnly
              icon={media.audio.value ? "mic" : "micOff"}
              onPress={() => media.setAudio(!media.audio.value)}
            >
              {say(media.audio.value ? "mute" : "unmute")}
            </Button>
            <Button
              compact
              iconOnly
              icon={media.video.value ? "camera" : "cameraOff"}
              onPress={() => media.setVideo(!media.video.value)}
            >
              {say(media.video.value ? "cameraOff" : "cameraOn")}
            </Button>
            {media.cameras.value.length > 1 && (
              <Button compact iconOnly icon="flip" onPress={() => media.flipCamera()}>
                {say("flip")}
              </Button>
            )}
          </div>
        )}
      </div>
      <Level level={media.level} on={media.audio.value} />
      <ProblemNotice problem={media.problem.value} />
      {media.problem.value && !media.testPicture.value && (
        <Button icon="photo" onPress={() => media.useTestPicture()}>
          {say("useTestPicture")}
        </Button>
      )}
    </div>
  );
}
