/** The printing half of the feature, fetched when the first preview asks for it. */
import { loadFonts } from "../paper/font-files.ts";
import type { Signature } from "../paper/model.ts";
import type { Http } from "../ports.ts";
import type { Report } from "./model.ts";

export interface Printing {
  /** The characters of a text that cannot be printed. */
  unprintable(text: string): string[];
  pdf(report: Report, signature: Signature): Promise<Uint8Array>;
}

/** Rejects where the server does not answer; the next call tries again. */
export async function loadPrinting(http: Http): Promise<Printing> {
  const [{ reportPdf }, { unprintable }, files] = await Promise.all([
    import("./pdf/document.ts"),
    import("../paper/pdf/fonts.ts"),
    loadFonts(http),
  ]);
  return {
    unprintable: (text) => unprintable(text, files),
    pdf: (report, signature) =>
      reportPdf(report, signature, files, (at) => localMoment(Date.parse(at))),
  };
}

/** `3 août 2026 à 10:05`, where the author is: documents are in French. */
export const localMoment = (at: number): string =>
  new Intl.DateTimeFormat("fr-FR", { dateStyle: "long", timeStyle: "short" }).format(at);
