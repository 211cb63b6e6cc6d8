/** Long work in a worker of its own, one for each job. */
import type { Answer, Job, Result, RunJob } from "../features/files/jobs.ts";
import { startWorker } from "./workers.ts";

export const runJob: RunJob = (job: Job, told) => {
  const worker = startWorker("files");
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
