import { describe, expect, it } from "vitest";
import { createMedia } from "../../../src/features/media/media.ts";
import { FakeDevices } from "./fakes.ts";

function started(change: (devices: FakeDevices) => void = () => undefined) {
  const devices = new FakeDevices();
  change(devices);
  const media = createMedia(devices);
  return { devices, media, start: media.start() };
}

describe("the devices", () => {
  it("are asked for once, together, and then listed", async () => {
    const { devices, media, start } = started();
    await Promise.all([start, media.start()]);
    expect(devices.asked).toHaveLength(1);
    expect(media.stream.value?.getTracks()).toHaveLength(2);
    expect(media.cameras.value).toHaveLength(2);
    expect(media.camera.value).toBe("videoinput-1");
    expect([media.audio.value, media.video.value]).toEqual([true, true]);
    expect(media.problem.value).toBeNull();
  });

  it.each([
    ["NotAllowedError", "camera_denied"],
    ["NotFoundError", "camera_missing"],
    ["NotReadableError", "camera_busy"],
  ])("that fail with %s are a sentence: %s", async (error, key) => {
    const { media, start } = started((devices) => {
      devices.refuseAudio = error;
      devices.refuseVideo = error;
    });
    await start;
    expect(media.problem.value?.key).toBe(key);
    expect(media.stream.value).toBeNull();
  });

  it("give the sound alone where there is no camera, and everything after a retry", async () => {
    const { devices, media, start } = started((fakes) => {
      fakes.refuseVideo = "NotFoundError";
    });
    await start;
    expect(media.problem.value?.key).toBe("camera_missing");
    expect([media.audio.value, media.video.value]).toEqual([true, false]);
    devices.refuseVideo = undefined;
    media.problem.value?.retry?.();
    await media.start();
    expect(media.video.value).toBe(true);
    expect(media.problem.value).toBeNull();
  });

  it.each([
    [false, "no_media_devices"],
    [true, "in_app_browser"],
  ])("that a browser (inside an app: %s) has not are %s", async (inApp, key) => {
    const { media, start } = started((devices) => {
      devices.available = false;
      devices.inApp = inApp;
    });
    await start;
    expect(media.problem.value?.key).toBe(key);
  });

  it("say so when the camera is unplugged", async () => {
    const { devices, media, start } = started();
    await start;
    devices.given.find(({ kind }) => kind === "video")?.vanish();
    expect(media.video.value).toBe(false);
    expect(media.problem.value?.key).toBe("camera_missing");
  });
});

describe("a choice", () => {
  it("of a camera closes the old one first", async () => {
    const { devices, media, start } = started();
    await start;
    await media.chooseCamera("videoinput-2");
    const [first, second] = devices.given.filter(({ kind }) => kind === "video");
    expect(first?.readyState).toBe("ended");
    expect(second?.readyState).toBe("live");
    expect(media.camera.value).toBe("videoinput-2");
  });

  it("of the other side of a phone asks for what faces away", async () => {
    const { devices, media, start } = started();
    await start;
    await media.flipCamera();
    expect(devices.asked.at(-1)?.video).toMatchObject({ facingMode: { ideal: "environment" } });
    await media.flipCamera();
    expect(devices.asked.at(-1)?.video).toMatchObject({ facingMode: { ideal: "user" } });
  });

  it("of a microphone keeps it muted", async () => {
    const { devices, media, start } = started();
    await start;
    media.setAudio(false);
    await media.chooseMicrophone("audioinput-2");
    expect(devices.given.at(-1)?.enabled).toBe(false);
    expect(media.microphone.value).toBe("audioinput-2");
    expect(media.audio.value).toBe(false);
  });

  it("of a speaker is where the test plays", async () => {
    const { devices, media, start } = started();
    await start;
    await media.chooseSpeaker("audiooutput-2");
    await media.testSpeaker();
    expect(devices.chimes).toEqual(["audiooutput-2"]);
  });
});

describe("what is sent", () => {
  it("is muted without stopping", async () => {
    const { devices, media, start } = started();
    await start;
    media.setVideo(false);
    expect(devices.given.map(({ kind, enabled }) => [kind, enabled])).toEqual([
      ["audio", true],
      ["video", false],
    ]);
    expect(media.video.value).toBe(false);
    media.setVideo(true);
    expect(media.video.value).toBe(true);
  });

  it("is the screen while it is shared, then the camera again", async () => {
    const { devices, media, start } = started();
    await start;
    const camera = media.outgoing.value.video;
    await media.shareScreen();
    expect(media.screen.value).toBe(true);
    expect(media.outgoing.value.video?.id).toBe("screen");
    devices.given.at(-1)?.vanish();
    expect(media.screen.value).toBe(false);
    expect(media.outgoing.value.video).toBe(camera);
  });

  it("stays the camera when the person shares nothing after all", async () => {
    const { media, start } = started((devices) => {
      devices.refuseDisplay = "NotAllowedError";
    });
    await start;
    await media.shareScreen();
    expect(media.screen.value).toBe(false);
    expect(media.problem.value).toBeNull();
  });

  it("is a drawn picture for who has no camera", async () => {
    const { media, start } = started((devices) => {
      devices.refuseAudio = "NotFoundError";
      devices.refuseVideo = "NotFoundError";
    });
    await start;
    await media.useTestPicture();
    expect(media.testPicture.value).toBe(true);
    expect(media.video.value).toBe(true);
    expect(media.outgoing.value.video?.id).toBe("drawn");
    expect(media.problem.value).toBeNull();
  });

  it("ends with the page", async () => {
    const { devices, media, start } = started();
    await start;
    await media.shareScreen();
    media.stop();
    expect(devices.given.every(({ readyState }) => readyState === "ended")).toBe(true);
    expect(media.stream.value).toBeNull();
  });
});

it("the microphone's level falls silent while muted", async () => {
  const { devices, media, start } = started();
  await start;
  devices.tellLevel(0.5);
  expect(media.level.value).toBe(0.5);
  media.setAudio(false);
  devices.tellLevel(0.5);
  expect(media.level.value).toBe(0);
});
