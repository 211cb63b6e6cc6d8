/** Other tabs of the same pages. */
import type { Tabs } from "../features/ports.ts";

export const tabs: Tabs = {
  take(scope, taken) {
    if (typeof BroadcastChannel === "undefined") return () => undefined;
    const channel = new BroadcastChannel(`aparte ${scope}`);
    channel.addEventListener("message", () => taken());
    // A channel does not hear itself.
    channel.postMessage("taken");
    return () => channel.close();
  },
};
