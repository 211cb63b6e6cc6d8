/**
 * A PDF, page by page. All of pdf.js is in this worker, what parses and what draws: the page gets
 * pictures and text out of it. No script of a file runs, no link of it leads anywhere, nothing is fetched.
 */
import "pdfjs-dist/legacy/build/pdf.worker.mjs";

import {
  AnnotationMode,
  getDocument,
  type PDFDocumentProxy,
  type PDFPageProxy,
  VerbosityLevel,
} from "pdfjs-dist/legacy/build/pdf.mjs";
import { MOST_DRAWN, MOST_PAGES, MOST_PIXELS, MOST_SIDE } from "../limits.ts";
import type { Bring, Opened } from "../serving.ts";
import { type Note, Refused, type Sheet } from "../sheet.ts";
import { beginPage, Canvases, Filters } from "./canvases.ts";
import { takeLost, wasRepaired } from "./said.ts";
import { textOf } from "./text.ts";

/** CSS pixels of a point. */
const CSS = 96 / 72;

/** Rejects with Refused. */
export async function openPdf(file: Blob, bring: Bring): Promise<Opened> {
  class Bringing {
    fetch = ({ kind, filename }: { readonly kind: string; readonly filename: string }) =>
      bring(`${kind}/${filename}`);
  }
  const opening = getDocument({
    data: new Uint8Array(await file.arrayBuffer()),
    BinaryDataFactory: Bringing,
    CanvasFactory: Canvases,
    FilterFactory: Filters,
    // Only whether there are any counts: they are asked for by their names.
    cMapUrl: "/",
    standardFontDataUrl: "/",
    wasmUrl: "/",
    canvasMaxAreaInBytes: 4 * MOST_DRAWN,
    disableFontFace: true,
    enableXfa: false,
    isEvalSupported: false,
    isImageDecoderSupported: false,
    isOffscreenCanvasSupported: true,
    maxImageSize: MOST_PIXELS,
    useSystemFonts: false,
    useWorkerFetch: false,
    verbosity: VerbosityLevel.WARNINGS,
  });
  const document = await opening.promise.catch((error: unknown) => {
    const locked = (error as { readonly name?: unknown } | null)?.name === "PasswordException";
    throw new Refused(locked ? "locked" : "broken");
  });
  const { numPages: pages } = document;
  if (pages > MOST_PAGES) throw new Refused("too_large");
  if (!(pages >= 1)) throw new Refused("broken");
  const inert = await hasMore(document);
  return {
    pages,
    async draw(number, scale) {
      const page = await document.getPage(number + 1);
      try {
        return await drawn(page, scale, inert);
      } finally {
        page.cleanup();
      }
    },
  };
}

async function drawn(page: PDFPageProxy, scale: number, inert: boolean): Promise<Sheet> {
  const whole = page.getViewport({ scale: CSS });
  const { width, height } = whole;
  if (!(width >= 1 && height >= 1)) throw new Refused("broken", "a page without a size");
  if (width > MOST_SIDE || height > MOST_SIDE) throw new Refused("too_large");
  const fitting = Math.min(scale, Math.sqrt(MOST_DRAWN / (width * height)));
  takeLost();
  beginPage();
  const canvases = new Canvases();
  const { canvas, context } = canvases.create(
    Math.max(1, Math.floor(width * fitting)),
    Math.max(1, Math.floor(height * fitting)),
  );
  await page.render({
    canvas: null,
    // It has all that pdf.js uses of a page's own.
    canvasContext: context as unknown as CanvasRenderingContext2D,
    viewport: page.getViewport({ scale: CSS * fitting }),
    annotationMode: AnnotationMode.ENABLE,
  }).promise;
  const notes: Note[] = takeLost() ? ["incomplete"] : [];
  if (wasRepaired()) notes.push("repaired");
  if (inert || (await isActive(page))) notes.push("inert");
  const text = await textOf(page, whole).catch(() => []);
  return { bitmap: canvas.transferToImageBitmap(), width, height, text, notes };
}

/** Whether another program would run scripts of it, fill in its form, or take files out of it. */
async function hasMore(document: PDFDocumentProxy): Promise<boolean> {
  try {
    if (await document.hasJSActions()) return true;
    if (await document.getAttachments()) return true;
    const { info } = await document.getMetadata();
    return (info as { readonly IsXFAPresent?: unknown }).IsXFAPresent === true;
  } catch {
    // What cannot be read does nothing either.
    return false;
  }
}

/** Whether another program would do something where somebody presses, or when the page opens. */
async function isActive(page: PDFPageProxy): Promise<boolean> {
  try {
    if (await page.getJSActions()) return true;
    const found = (await page.getAnnotations()) as readonly { readonly subtype?: unknown }[];
    return found.some(({ subtype }) => subtype === "Link");
  } catch {
    return false;
  }
}
