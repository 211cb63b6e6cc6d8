/** The peer of `seal-upload-browser`: typage alone, in a worker, over bytes that are in memory. */
import address from "./worker.ts?worker&url";

declare global {
  interface Window {
    /** Seconds that sealing so many MiB takes. */
    typage?: (mebibytes: number) => Promise<number>;
  }
}

window.typage = (mebibytes) =>
  new Promise((done, failed) => {
    const worker = new Worker(address, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<number>) => done(data);
    worker.onerror = ({ message }) => failed(new Error(message));
    worker.postMessage(mebibytes);
  });
