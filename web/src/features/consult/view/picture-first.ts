import { useCallback, useEffect, useState } from "preact/hooks";
import type { CallModel } from "../call.ts";

/** What stands around the picture waits for its first frame no longer than this. */
const PATIENCE = 600;

/**
 * Whether to draw what stands around the picture, and what to call at its first frame. Drawing a
 * whole consult at once takes a small machine as long as connecting does, and delays the face.
 * Once drawn it stays until there is no call; one that goes on after a reload is drawn at once.
 */
export function usePictureFirst(call: CallModel | null): readonly [boolean, () => void] {
  const [whole, setWhole] = useState(call !== null && call.since.peek() !== null);
  const show = useCallback(() => setWhole(true), []);
  const inside = call !== null;
  useEffect(() => {
    setWhole(inside && call.since.peek() !== null);
    if (!inside) return;
    const timer = setTimeout(show, PATIENCE);
    return () => clearTimeout(timer);
  }, [inside, show]);
  return [whole && inside, show];
}
