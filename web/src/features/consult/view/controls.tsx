import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Icon, type IconName } from "../../../ui/icons.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import type { MediaModel } from "../../media/devices.ts";
import { DeviceChoice } from "../../media/view/device-choice.tsx";
import { Level } from "../../media/view/level.tsx";

interface ControlProps {
  readonly icon: IconName;
  readonly children: string;
  /** A shorter word under the icon; the children stay the accessible name. */
  readonly word?: string;
  readonly onPress: () => unknown;
  readonly look?: "on" | "off" | "end";
  readonly count?: number;
}

/** One round key of the row, its word below it. */
export function Control({ icon, children, word, onPress, look = "on", count = 0 }: ControlProps) {
  return (
    <button
      type="button"
      class={`control ${look}`}
      aria-label={word ? children : undefined}
      onClick={() => void onPress()}
    >
      <span class="control-key">
        <Icon name={icon} />
        {count > 0 && (
          <span class="count" aria-hidden="true">
            {count}
          </span>
        )}
      </span>
      <span class="control-word">{word ?? children}</span>
    </button>
  );
}

interface ControlsProps {
  readonly media: MediaModel;
  /** Where the browser can show its screen to others; phones cannot. */
  readonly canShareScreen: boolean;
  readonly children: ComponentChildren;
}

/** Microphone, camera, screen and devices; what else the page has, and the way out, come as children. */
export function Controls({ media, canShareScreen, children }: ControlsProps) {
  const say = useTexts("consult");
  const sayMedia = useTexts("media");
  const [choosing, setChoosing] = useState(false);
  const audio = media.audio.value;
  const video = media.video.value;
  const screen = media.screen.value;
  return (
    <div class="controls" role="toolbar" aria-label={say("controls")}>
      <Control
        icon={audio ? "mic" : "micOff"}
        look={audio ? "on" : "off"}
        word={say("mic")}
        onPress={() => media.setAudio(!audio)}
      >
        {sayMedia(audio ? "mute" : "unmute")}
      </Control>
      <Control
        icon={video ? "camera" : "cameraOff"}
        look={video ? "on" : "off"}
        word={say("camera")}
        onPress={() => media.setVideo(!video)}
      >
        {sayMedia(video ? "cameraOff" : "cameraOn")}
      </Control>
      {canShareScreen && (
        <Control
          icon={screen ? "screenOff" : "screen"}
          look={screen ? "off" : "on"}
          word={say("screen")}
          onPress={() => (screen ? media.stopScreen() : media.shareScreen())}
        >
          {say(screen ? "stopScreen" : "shareScreen")}
        </Control>
      )}
      <Control icon="sliders" word={say("settings")} onPress={() => setChoosing(true)}>
        {say("settingsOf", { what: sayMedia("devices") })}
      </Control>
      {children}
      {choosing && (
        <Dialog title={sayMedia("devices")} onClose={() => setChoosing(false)}>
          <Level level={media.level} on={audio} />
          <ProblemNotice problem={media.problem.value} />
          {media.cameras.value.length > 1 && (
            <div class="row">
              <button type="button" class="button" onClick={() => void media.flipCamera()}>
                <Icon name="flip" />
                {sayMedia("flip")}
              </button>
            </div>
          )}
          <DeviceChoice media={media} />
        </Dialog>
      )}
    </div>
  );
}
