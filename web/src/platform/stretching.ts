/** Argon2id in a worker of its own, for a worker that has something else to do. */
import type { Stretch } from "../features/files/finishing.ts";
import stretch from "../stretch.worker.ts?worker&url";
import { starter } from "./trusted.ts";

const start = starter({ stretch });

export const stretchBeside: Stretch = (secret, how) =>
  new Promise((done, failed) => {
    const worker = start("stretch");
    worker.onmessage = ({ data }: MessageEvent<Uint8Array>) => {
      worker.terminate();
      done(data);
    };
    worker.onerror = () => {
      worker.terminate();
      failed(new Error("the worker failed"));
    };
    worker.postMessage([secret, how]);
  });
