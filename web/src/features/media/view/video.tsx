import type { ReadonlySignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";

interface VideoProps {
  readonly stream: MediaStream | null;
  /** Null while there is nothing to show in it. */
  readonly label: string | null;
  /** One's own picture: silent, and turned as in a mirror unless `mirrored` is false. */
  readonly own?: boolean;
  readonly mirrored?: boolean;
  /** Where the sound comes out; null is the browser's default. */
  readonly speaker?: ReadonlySignal<string | null>;
  /** At the first frame of a stream. */
  readonly onFrame?: (() => void) | undefined;
}

/** A live picture. Where the browser refuses to play sound by itself, one tap brings it. */
export function Video({
  stream,
  label,
  own = false,
  mirrored = own,
  speaker,
  onFrame,
}: VideoProps) {
  const say = useTexts("media");
  const element = useRef<HTMLVideoElement>(null);
  const [silenced, setSilenced] = useState(false);
  const upright = useUpright(element);
  const sink = speaker?.value ?? "";

  // Before the page is painted: the browser takes its time to begin a stream.
  useLayoutEffect(() => {
    const video = element.current;
    if (!video) return;
    if (video.srcObject !== stream) video.srcObject = stream;
    if (!stream) return;
    video.play().catch((reason: unknown) => {
      // Anything but a refusal is an interrupted start: another one follows by itself.
      if (!(reason instanceof DOMException) || reason.name !== "NotAllowedError") return;
      video.muted = true;
      setSilenced(true);
      video.play().catch(() => undefined);
    });
  }, [stream]);

  useEffect(() => {
    const video = element.current;
    if (own || !video || !("setSinkId" in video)) return;
    // A speaker that was unplugged: the browser's default goes on.
    video.setSinkId(sink).catch(() => undefined);
  }, [own, sink]);

  useLayoutEffect(() => {
    const video = element.current;
    if (!video || !onFrame || !stream) return;
    // Firefox tells of single frames from version 132 on only.
    if (!Object.hasOwn(HTMLVideoElement.prototype, "requestVideoFrameCallback")) {
      video.addEventListener("loadeddata", onFrame, { once: true });
      return () => video.removeEventListener("loadeddata", onFrame);
    }
    const asked = video.requestVideoFrameCallback(onFrame);
    return () => video.cancelVideoFrameCallback(asked);
  }, [stream, onFrame]);

  const classes = ["video", mirrored && "mirrored", upright && "upright"].filter(Boolean);
  return (
    <>
      <video
        ref={element}
        class={classes.join(" ")}
        aria-label={label ?? undefined}
        autoplay
        playsInline
        muted={own}
      />
      {silenced && (
        <div class="video-silenced">
          <Button
            look="main"
            icon="sound"
            onPress={async () => {
              const video = element.current;
              if (!video) return;
              video.muted = false;
              await video.play();
              setSilenced(false);
            }}
          >
            {say("playSound")}
          </Button>
        </div>
      )}
    </>
  );
}

/** Whether an upright picture (a phone's) is shown in a wide box, which would cut most of it off. */
function useUpright(element: RefObject<HTMLVideoElement | null>): boolean {
  const [upright, setUpright] = useState(false);
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    const measure = (): void => {
      const { videoWidth, videoHeight, clientWidth, clientHeight } = video;
      setUpright(videoWidth < videoHeight && clientWidth > clientHeight);
    };
    video.addEventListener("resize", measure);
    const observer = new ResizeObserver(measure);
    observer.observe(video);
    return () => {
      video.removeEventListener("resize", measure);
      observer.disconnect();
    };
  }, [element]);
  return upright;
}
