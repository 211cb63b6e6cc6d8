/** Long work in a worker of its own, one for each job. */
import type { Answer, Job, Result, RunJob } from "../features/files/jobs.ts";
import address from "../files.worker.ts?worker&url";

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

/** The one Trusted Types policy that the server allows: it passes the address of our own worker. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy("aparte-worker", { createScriptURL: own });
  return policy ? policy.createScriptURL(url) : url;
}

let policy: { createScriptURL(url: string): string } | undefined;

function own(url: string): string {
  if (url !== address) throw new TypeError("not a worker of ours");
  return url;
}

export const runJob: RunJob = (job: Job, told) => {
  const worker = new Worker(trusted(address), { type: "module" });
  const done = new Promise<Result>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ("progress" in data) return told(data.progress);
      worker.terminate();
      resolve(data.done);
    };
    worker.onerror = () => {
      worker.terminate();
      resolve({ failed: { key: "internal", loud: false } });
    };
  });
  worker.postMessage(job);
  return { done, stop: () => worker.terminate() };
};
