import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { Icon } from "../../../ui/icons.tsx";
import type { MediaModel } from "../../media/devices.ts";
import { Video } from "../../media/view/video.tsx";

const CORNERS = ["bottom right", "bottom left", "top left", "top right"] as const;

/** A drag shorter than this is a press. */
const PRESS_PX = 6;

/**
 * One's own picture. Dragged, it goes to the nearest corner; a press or a key moves it to the next
 * one. It stays inside the picture, so it never covers the controls.
 */
export function OwnVideo({ media }: { media: MediaModel }) {
  const say = useTexts("consult");
  const sayMedia = useTexts("media");
  const corner = useSignal<(typeof CORNERS)[number]>("bottom right");
  const box = useRef<HTMLDivElement>(null);
  const from = useRef<{ x: number; y: number } | null>(null);
  const dragged = useRef(false);

  const drop = (event: PointerEvent): void => {
    const own = box.current;
    const stage = own?.parentElement?.getBoundingClientRect();
    const start = from.current;
    from.current = null;
    if (!own || !stage || !start) return;
    own.style.transform = "";
    dragged.current = Math.hypot(event.clientX - start.x, event.clientY - start.y) > PRESS_PX;
    if (!dragged.current) return;
    const vertical = event.clientY < stage.top + stage.height / 2 ? "top" : "bottom";
    const horizontal = event.clientX < stage.left + stage.width / 2 ? "left" : "right";
    corner.value = `${vertical} ${horizontal}`;
  };

  const off = !media.video.value && !media.screen.value;
  return (
    <div ref={box} class={`own ${corner.value}`}>
      <Video
        stream={media.stream.value}
        label={sayMedia("yourVideo")}
        own
        mirrored={!media.screen.value && !media.testPicture.value}
      />
      {off && (
        <span class="own-off">
          <Icon name="cameraOff" />
        </span>
      )}
      <button
        type="button"
        class="own-move"
        aria-label={say("moveOwn")}
        onPointerDown={(event) => {
          from.current = { x: event.clientX, y: event.clientY };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          const start = from.current;
          if (!start || !box.current) return;
          const [x, y] = [event.clientX - start.x, event.clientY - start.y];
          box.current.style.transform = `translate(${x}px, ${y}px)`;
        }}
        onPointerUp={drop}
        onPointerCancel={drop}
        onClick={() => {
          if (dragged.current) dragged.current = false;
          else
            corner.value =
              CORNERS[(CORNERS.indexOf(corner.value) + 1) % CORNERS.length] ?? CORNERS[0];
        }}
      />
    </div>
  );
}
