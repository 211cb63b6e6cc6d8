/** The clipboard, the share sheet, files, and the language in the address: what views ask for themselves. */

import { openPdf, save } from "./files.ts";

export const hands = {
  save,
  openPdf,
  print: (): void => window.print(),
  async copy(text: string): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false; // Refused, or no clipboard on an insecure page: the text can be marked by hand.
    }
  },
  share:
    "share" in navigator
      ? async (text: string): Promise<void> => {
          // Rejects when the person closes the sheet, which is their answer.
          await navigator.share({ text }).catch(() => undefined);
        }
      : null,
  canShareScreen: "mediaDevices" in navigator && "getDisplayMedia" in navigator.mediaDevices,
};

/** `?lang=` of the address; null where it has none. */
export const languageInAddress = (): string | null =>
  new URLSearchParams(location.search).get("lang");

/** Writes a choice of language into the address, where a reload finds it; nothing else keeps it. */
export function putLanguageInAddress(language: string): void {
  const url = new URL(location.href);
  url.searchParams.set("lang", language);
  history.replaceState(history.state, "", url);
}
