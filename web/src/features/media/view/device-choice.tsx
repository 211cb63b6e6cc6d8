import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Select } from "../../../ui/field.tsx";
import type { Device, MediaModel } from "../devices.ts";

/** Which camera, microphone and speaker; a list of one needs no choice. */
export function DeviceChoice({ media }: { media: MediaModel }) {
  const say = useTexts("media");
  // A browser that has not been asked yet, or that hides names, gives empty labels.
  const named = (devices: readonly Device[], fallback: "camera" | "microphone" | "speaker") =>
    devices.map(({ id, label }, index) => ({
      id,
      label: label || `${say(fallback)} ${index + 1}`,
    }));
  const cameras = named(media.cameras.value, "camera");
  const microphones = named(media.microphones.value, "microphone");
  const speakers = [
    { id: "", label: say("defaultSpeaker") },
    ...named(media.speakers.value, "speaker").filter(({ id }) => id !== "default"),
  ];
  return (
    <div class="stack">
      {cameras.length > 0 && (
        <Select
          label={say("camera")}
          choices={cameras}
          value={media.camera.value}
          onChoose={(id) => media.chooseCamera(id)}
        />
      )}
      {microphones.length > 0 && (
        <Select
          label={say("microphone")}
          choices={microphones}
          value={media.microphone.value}
          onChoose={(id) => media.chooseMicrophone(id)}
        />
      )}
      {speakers.length > 1 && (
        <Select
          label={say("speaker")}
          choices={speakers}
          value={media.speaker.value}
          onChoose={(id) => media.chooseSpeaker(id)}
        />
      )}
      <div class="row">
        <Button compact icon="sound" onPress={() => media.testSpeaker()}>
          {say("testSpeaker")}
        </Button>
        {!media.testPicture.value && (
          <Button compact look="quiet" icon="photo" onPress={() => media.useTestPicture()}>
            {say("useTestPicture")}
          </Button>
        )}
      </div>
    </div>
  );
}
