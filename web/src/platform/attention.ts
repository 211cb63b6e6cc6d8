/** Tells a doctor who looks elsewhere that somebody waits. */
import type { Attention } from "../features/ports.ts";
import { playChime } from "./sound.ts";

const supported = (): boolean => "Notification" in window;

function permission(): "ask" | "on" | "off" {
  if (!supported() || Notification.permission === "denied") return "off";
  return Notification.permission === "granted" ? "on" : "ask";
}

export const attention: Attention = {
  get notifications() {
    return permission();
  },
  async ask() {
    if (supported()) await Notification.requestPermission();
    return permission();
  },
  notify(title) {
    if (permission() !== "on" || document.visibilityState === "visible") return;
    try {
      const note = new Notification(title, { tag: "aparte" });
      note.addEventListener("click", () => {
        window.focus();
        note.close();
      });
    } catch {
      // Android's Chrome has notifications in service workers only; the sound remains.
    }
  },
  ring: () => void playChime(null).catch(() => undefined),
};
