import type { ReadonlySignal } from "@preact/signals";
import { useTexts } from "../../../ui/context.tsx";
import { Icon } from "../../../ui/icons.tsx";

const STEPS = 14;

/** The microphone's level: steps that light up, so that a person sees that they are heard. */
export function Level({ level, on }: { level: ReadonlySignal<number>; on: boolean }) {
  const say = useTexts("media");
  const lit = on ? Math.round(Math.min(1, Math.max(0, level.value)) * STEPS) : 0;
  return (
    <div class="level">
      <Icon name={on ? "mic" : "micOff"} />
      <meter class="visually-hidden" aria-label={say("level")} min={0} max={STEPS} value={lit} />
      <div class="level-bar" aria-hidden="true">
        {Array.from({ length: STEPS }, (_, step) => (
          <span key={step} class={step < lit ? "lit" : ""} />
        ))}
      </div>
    </div>
  );
}
