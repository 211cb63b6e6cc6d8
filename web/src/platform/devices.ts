/** Camera, microphone, speaker, screen. */
import type { MediaDevicesPort } from "../features/ports.ts";
import { playChime, watchLevel } from "./sound.ts";
import { drawTestPicture } from "./test-picture.ts";

// Browsers inside other apps: they say who they are, and many have no camera for pages.
const IN_APP =
  /\b(FBAN|FBAV|FB_IAB|Instagram|Line|MicroMessenger|Snapchat|TikTok|Twitter|GSA)\b|; wv\)/;

const mediaDevices = (): MediaDevices | undefined =>
  "mediaDevices" in navigator ? navigator.mediaDevices : undefined;

function present(): MediaDevices {
  const devices = mediaDevices();
  if (!devices) throw new DOMException("no media devices here", "NotSupportedError");
  return devices;
}

export const devices: MediaDevicesPort = {
  get available() {
    return typeof mediaDevices()?.getUserMedia === "function";
  },
  get inApp() {
    return IN_APP.test(navigator.userAgent);
  },
  get canShareScreen() {
    return typeof mediaDevices()?.getDisplayMedia === "function";
  },
  picture:
    navigator.hardwareConcurrency > 4 ? { width: 1280, height: 720 } : { width: 640, height: 480 },
  get canChooseSpeaker() {
    return "setSinkId" in HTMLMediaElement.prototype;
  },
  user: async (constraints) => await present().getUserMedia(constraints),
  display: async () =>
    await present().getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false }),
  list: async () => (await mediaDevices()?.enumerateDevices()) ?? [],
  changed(told) {
    const target = mediaDevices();
    target?.addEventListener("devicechange", told);
    return () => target?.removeEventListener("devicechange", told);
  },
  stream: (tracks) => new MediaStream([...tracks]),
  testPicture: drawTestPicture,
  level: watchLevel,
  chime: playChime,
};
