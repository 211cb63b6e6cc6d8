/** What happens around the page: it sleeps, wakes, changes networks, is left. */
import type { Surroundings } from "../features/ports.ts";

type Told = () => void;

function listen(pairs: readonly (readonly [EventTarget | undefined, string])[], told: Told): Told {
  for (const [target, type] of pairs) target?.addEventListener(type, told);
  return () => {
    for (const [target, type] of pairs) target?.removeEventListener(type, told);
  };
}

/** Network Information API: Chromium only. */
const connection = (): EventTarget | undefined =>
  "connection" in navigator && navigator.connection instanceof EventTarget
    ? navigator.connection
    : undefined;

export const surroundings: Surroundings = {
  woke(told) {
    const visible = (): void => {
      if (document.visibilityState === "visible") told();
    };
    return listen(
      [
        [document, "visibilitychange"],
        [window, "pageshow"],
        [document, "resume"],
      ],
      visible,
    );
  },
  networkChanged: (told) =>
    listen(
      [
        [window, "online"],
        [connection(), "change"],
      ],
      told,
    ),
  get online() {
    return navigator.onLine;
  },
  keepAwake() {
    let wanted = true;
    let lock: WakeLockSentinel | undefined;
    const take = async (): Promise<void> => {
      if (!wanted || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      try {
        lock = await navigator.wakeLock.request("screen");
        if (!wanted) await lock.release();
      } catch {
        // Refused on a low battery: the screen then sleeps as it always does.
      }
    };
    // The browser lets go of it whenever the page is hidden.
    const retake = (): void => void take();
    document.addEventListener("visibilitychange", retake);
    void take();
    return () => {
      wanted = false;
      document.removeEventListener("visibilitychange", retake);
      void lock?.release();
    };
  },
};
