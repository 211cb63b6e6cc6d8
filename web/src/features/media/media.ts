/** The page's own camera, microphone and speaker: the model behind MediaModel. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { MediaDevicesPort } from "../ports.ts";
import type { LocalProblem, Problem } from "../problems.ts";
import { capture, captureAudio, captureVideo, problemOf, type Wanted } from "./capture.ts";
import type { Device, MediaModel } from "./devices.ts";

/** What a call sends: null where there is nothing to send. */
export interface Outgoing {
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
}

/** MediaModel, with what calls need and views do not. */
export interface LocalMedia extends MediaModel {
  readonly outgoing: ReadonlySignal<Outgoing>;
}

export function createMedia(devices: MediaDevicesPort): LocalMedia {
  const microphoneTrack = signal<MediaStreamTrack | null>(null);
  const cameraTrack = signal<MediaStreamTrack | null>(null);
  const screenTrack = signal<MediaStreamTrack | null>(null);
  const level = signal(0);
  const cameras = signal<readonly Device[]>([]);
  const microphones = signal<readonly Device[]>([]);
  const speakers = signal<readonly Device[]>([]);
  const speaker = signal<string | null>(null);
  const audio = signal(true);
  const video = signal(true);
  const testPicture = signal(false);
  const problem = signal<Problem | null>(null);
  let wanted: Wanted = {};
  let starting: Promise<void> | undefined;
  let stopLevel = (): void => undefined;
  let stopWatching = (): void => undefined;

  const outgoing = computed<Outgoing>(() => ({
    audio: microphoneTrack.value,
    video: screenTrack.value ?? cameraTrack.value,
  }));
  const stream = computed(() => {
    const tracks = Object.values(outgoing.value).filter((track) => track !== null);
    return tracks.length > 0 ? devices.stream(tracks) : null;
  });
  const idOf = (track: MediaStreamTrack | null): string | null =>
    track?.getSettings().deviceId ?? null;

  function say(key: LocalProblem | null): void {
    problem.value = key && { key, loud: false, retry: () => void restart() };
  }

  async function list(): Promise<void> {
    const found = await devices.list().catch(() => []);
    const of = (kind: MediaDeviceKind): Device[] =>
      found
        .filter((device) => device.kind === kind && device.deviceId !== "")
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    batch(() => {
      cameras.value = of("videoinput");
      microphones.value = of("audioinput");
      speakers.value = devices.canChooseSpeaker ? of("audiooutput") : [];
    });
  }

  function takeCamera(track: MediaStreamTrack | null, drawn = false): void {
    const old = cameraTrack.peek();
    batch(() => {
      cameraTrack.value = track;
      testPicture.value = drawn;
    });
    if (old !== track) old?.stop();
    // Unplugged, or taken by the system: `stop()` of our own raises no such event.
    track?.addEventListener("ended", () => {
      if (cameraTrack.peek() !== track) return;
      cameraTrack.value = null;
      say("camera_missing");
    });
  }

  function takeMicrophone(track: MediaStreamTrack | null): void {
    const old = microphoneTrack.peek();
    if (track) track.enabled = audio.peek();
    microphoneTrack.value = track;
    if (old !== track) old?.stop();
    stopLevel();
    level.value = 0;
    stopLevel = track
      ? devices.level(devices.stream([track]), (now) => {
          level.value = audio.peek() ? now : 0;
        })
      : () => undefined;
  }

  async function acquire(): Promise<void> {
    const captured = await capture(devices, wanted);
    batch(() => {
      takeMicrophone(captured.audio);
      takeCamera(captured.video);
      if (captured.video && !video.peek()) captured.video.enabled = false;
      say(captured.problem);
    });
    await list();
  }

  function start(): Promise<void> {
    if (microphoneTrack.peek() || cameraTrack.peek()) return Promise.resolve();
    stopWatching();
    stopWatching = devices.changed(() => void list());
    starting ??= acquire().finally(() => {
      starting = undefined;
    });
    return starting;
  }

  async function restart(): Promise<void> {
    if (starting) return await starting;
    takeCamera(null);
    takeMicrophone(null);
    await start();
  }

  async function openCamera(next: Wanted): Promise<void> {
    wanted = next;
    // Phones have one camera open at a time: the old one closes first.
    takeCamera(null);
    try {
      const track = await captureVideo(devices, wanted);
      batch(() => {
        takeCamera(track);
        video.value = true;
        say(null);
      });
    } catch (error) {
      say(problemOf(error));
    }
    await list();
  }

  function stopScreen(): void {
    screenTrack.peek()?.stop();
    screenTrack.value = null;
  }

  return {
    stream,
    outgoing,
    level,
    cameras,
    microphones,
    speakers,
    camera: computed(() => (testPicture.value ? null : idOf(cameraTrack.value))),
    microphone: computed(() => idOf(microphoneTrack.value)),
    speaker,
    audio: computed(() => audio.value && microphoneTrack.value !== null),
    video: computed(() => video.value && cameraTrack.value !== null),
    screen: computed(() => screenTrack.value !== null),
    testPicture,
    problem,
    start,
    chooseCamera: (id) => openCamera({ ...wanted, camera: id, facing: undefined }),
    flipCamera: () =>
      openCamera({
        ...wanted,
        camera: undefined,
        facing: wanted.facing === "environment" ? "user" : "environment",
      }),
    async chooseMicrophone(id) {
      wanted = { ...wanted, microphone: id };
      try {
        takeMicrophone(await captureAudio(devices, wanted));
        say(null);
      } catch (error) {
        say(problemOf(error));
      }
      await list();
    },
    async chooseSpeaker(id) {
      speaker.value = id;
    },
    async useTestPicture() {
      const drawn = devices.testPicture();
      const [picture = null] = drawn.getVideoTracks();
      const [silence = null] = drawn.getAudioTracks();
      batch(() => {
        takeCamera(picture, true);
        if (!microphoneTrack.peek()) takeMicrophone(silence);
        video.value = true;
        problem.value = null;
      });
    },
    setAudio(on) {
      const track = microphoneTrack.peek();
      if (track) track.enabled = on;
      audio.value = on;
    },
    setVideo(on) {
      const track = cameraTrack.peek();
      video.value = on;
      if (track) track.enabled = on;
      else if (on) void openCamera(wanted);
    },
    async shareScreen() {
      try {
        const [track] = (await devices.display()).getVideoTracks();
        if (!track) return;
        stopScreen();
        track.contentHint = "detail";
        track.addEventListener("ended", () => {
          if (screenTrack.peek() === track) screenTrack.value = null;
        });
        screenTrack.value = track;
      } catch {
        // The person closed the browser's question: that is an answer, not a problem.
      }
    },
    stopScreen,
    testSpeaker: () => devices.chime(speaker.peek()),
    stop() {
      stopWatching();
      stopScreen();
      takeCamera(null);
      takeMicrophone(null);
    },
  };
}
