/** Getting tracks from the devices, and saying in one word why not. */
import type { MediaDevicesPort } from "../ports.ts";
import type { LocalProblem } from "../problems.ts";

export interface Captured {
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
  readonly problem: LocalProblem | null;
}

export interface Wanted {
  readonly camera?: string | undefined;
  readonly facing?: "user" | "environment" | undefined;
  readonly microphone?: string | undefined;
}

function audioConstraints({ microphone }: Wanted): MediaTrackConstraints {
  return {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(microphone ? { deviceId: { exact: microphone } } : {}),
  };
}

function videoConstraints(
  { camera, facing = "user" }: Wanted,
  { width, height }: MediaDevicesPort["picture"],
): MediaTrackConstraints {
  return {
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: 30, max: 30 },
    ...(camera ? { deviceId: { exact: camera } } : { facingMode: { ideal: facing } }),
  };
}

/** What getUserMedia's error names mean for the person (Media Capture and Streams, section 10.2). */
export function problemOf(error: unknown): LocalProblem {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "camera_denied";
  if (name === "NotReadableError" || name === "AbortError") return "camera_busy";
  return "camera_missing";
}

export async function captureVideo(
  devices: MediaDevicesPort,
  wanted: Wanted,
): Promise<MediaStreamTrack | null> {
  const stream = await devices.user({ video: videoConstraints(wanted, devices.picture) });
  return stream.getVideoTracks()[0] ?? null;
}

export async function captureAudio(
  devices: MediaDevicesPort,
  wanted: Wanted,
): Promise<MediaStreamTrack | null> {
  const stream = await devices.user({ audio: audioConstraints(wanted) });
  return stream.getAudioTracks()[0] ?? null;
}

/**
 * Camera and microphone together, so that the browser asks once; else whichever of them there is,
 * with the reason why the other is not. Never rejects.
 */
export async function capture(devices: MediaDevicesPort, wanted: Wanted): Promise<Captured> {
  if (!devices.available) {
    const problem = devices.inApp ? "in_app_browser" : "no_media_devices";
    return { audio: null, video: null, problem };
  }
  try {
    const stream = await devices.user({
      audio: audioConstraints(wanted),
      video: videoConstraints(wanted, devices.picture),
    });
    const [audio = null] = stream.getAudioTracks();
    const [video = null] = stream.getVideoTracks();
    return { audio, video, problem: null };
  } catch (error) {
    const problem = problemOf(error);
    // A refusal stands for both: asking again at once would look like pestering.
    if (problem === "camera_denied") return { audio: null, video: null, problem };
    const audio = await captureAudio(devices, wanted).catch(() => null);
    const video = audio ? null : await captureVideo(devices, wanted).catch(() => null);
    return { audio, video, problem };
  }
}
