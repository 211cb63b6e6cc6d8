import { useEffect, useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import type { Progress } from "../../ports.ts";
import { useBytes } from "./bytes.ts";
import "./files.css";

/** Seconds over which the speed is taken. */
const WINDOW = 8;

interface BarProps {
  readonly progress: Progress;
  readonly length: number;
  readonly label: string;
  readonly going: boolean;
}

/** How far it is, how fast, and how long it will take. */
export function Bar({ progress, length, label, going }: BarProps) {
  const say = useTexts("files");
  const bytes = useBytes();
  const { done, waiting } = progress;
  const rate = useRate(done, going && !waiting);
  const left = rate > 0 ? Math.ceil((length - done) / rate) : null;
  return (
    <div class="files-progress">
      <progress aria-label={label} value={length === 0 ? 1 : done} max={Math.max(length, 1)} />
      <p class="small soft">
        {say("progress", { done: bytes(done), length: bytes(length) })}
        {going && !waiting && left !== null && done < length && (
          <>
            {" "}
            ·{" "}
            {left < 90
              ? say("secondsLeft", { count: left })
              : say("minutesLeft", { count: Math.ceil(left / 60) })}
          </>
        )}
      </p>
      <p class="small" role="status">
        {going && waiting && say("waiting")}
      </p>
    </div>
  );
}

/** Bytes a second, over the last few. */
function useRate(done: number, going: boolean): number {
  const [seen, see] = useState<readonly { readonly at: number; readonly done: number }[]>([]);
  useEffect(() => {
    if (!going) return see([]);
    const now = performance.now() / 1000;
    // The last one stays, whatever its age: on a slow line a piece takes longer than that.
    see((before) => {
      const recent = before.filter(({ at }) => now - at < WINDOW);
      return [...(recent.length > 0 ? recent : before.slice(-1)), { at: now, done }];
    });
  }, [done, going]);
  const [first, last] = [seen[0], seen.at(-1)];
  if (!first || !last || last.at - first.at < 1) return 0;
  return (last.done - first.done) / (last.at - first.at);
}
