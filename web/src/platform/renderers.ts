/** The workers that draw pictures and PDF, and the files of ours that the page fetches for them. */
import type { FromWorker, RendererNeeds } from "../features/viewing/renderer.ts";
import { clock } from "./basics.ts";
import { startWorker } from "./workers.ts";

export const renderers: RendererNeeds = {
  clock,
  startRenderer(kind, told, failed) {
    const worker = startWorker(kind === "pdf" ? "pdfs" : "pictures");
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => told(data);
    worker.onerror = failed;
    return {
      post: (message) => worker.postMessage(message),
      end: () => worker.terminate(),
    };
  },
  async asset(name) {
    const { addressOf } = await import("./pdf-assets.ts");
    const address = addressOf(name);
    if (!address) return null;
    const answer = await fetch(address, { credentials: "omit", redirect: "error" });
    if (!answer.ok) throw new TypeError(`no asset: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  },
};
