/** The worker that decodes images, and the codecs that the page fetches for it. */
import jpegLs from "@cornerstonejs/codec-charls/decodewasm?url";
import jpeg from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm?url";
import jpeg2000 from "@cornerstonejs/codec-openjpeg/decodewasm?url";
import type { DecoderNeeds, FromWorker } from "../features/imaging/decoder.ts";
import { clock } from "./basics.ts";
import { startWorker } from "./workers.ts";

const CODES = { jpeg, "jpeg-ls": jpegLs, "jpeg-2000": jpeg2000 };

export const decoders: DecoderNeeds = {
  clock,
  startDecoder(told, failed) {
    const worker = startWorker("imaging");
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => told(data);
    worker.onerror = failed;
    return {
      post: (message, moved) => worker.postMessage(message, [...moved]),
      end: () => worker.terminate(),
    };
  },
  async codecCode(name) {
    const answer = await fetch(CODES[name], { credentials: "omit", redirect: "error" });
    if (!answer.ok) throw new TypeError(`no codec: ${answer.status}`);
    return await answer.arrayBuffer();
  },
};
