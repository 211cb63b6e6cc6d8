import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";

interface VideoProps {
  readonly stream: MediaStream | null;
  readonly label: string;
  /** One's own picture: silent, and turned as in a mirror unless `mirrored` is false. */
  readonly own?: boolean;
  readonly mirrored?: boolean;
  /** Where the sound comes out; null is the browser's default. */
  readonly speaker?: ReadonlySignal<string | null>;
}

/** A live picture. Where the browser refuses to play sound by itself, one tap starts it. */
export function Video({ stream, label, own = false, mirrored = own, speaker }: VideoProps) {
  const say = useTexts("media");
  const element = useRef<HTMLVideoElement>(null);
  const [blocked, setBlocked] = useState(false);
  const sink = speaker?.value ?? "";

  useEffect(() => {
    const video = element.current;
    if (!video) return;
    if (video.srcObject !== stream) video.srcObject = stream;
    if (!stream) return;
    video.play().then(
      () => setBlocked(false),
      (reason: unknown) => {
        // Anything but a refusal is an interrupted start: another one follows by itself.
        if (reason instanceof DOMException && reason.name === "NotAllowedError") setBlocked(true);
      },
    );
  }, [stream]);

  useEffect(() => {
    const video = element.current;
    if (own || !video || !("setSinkId" in video)) return;
    // A speaker that was unplugged: the browser's default goes on.
    video.setSinkId(sink).catch(() => undefined);
  }, [own, sink]);

  return (
    <>
      <video
        ref={element}
        class={mirrored ? "video mirrored" : "video"}
        aria-label={label}
        autoplay
        playsInline
        muted={own}
      />
      {blocked && (
        <div class="video-blocked">
          <Button
            look="main"
            icon="sound"
            onPress={async () => {
              await element.current?.play();
              setBlocked(false);
            }}
          >
            {say("playSound")}
          </Button>
        </div>
      )}
    </>
  );
}
