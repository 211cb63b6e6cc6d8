/** One page of this browser asks, another one answers. */
import type { Line } from "../features/ports.ts";

interface Asked {
  readonly id: string;
  readonly question: unknown;
}

interface Answered {
  readonly id: string;
  readonly answer: unknown;
}

/** Any page of the origin may send anything. */
const isObject = (data: unknown): data is object => typeof data === "object" && data !== null;
const isAsked = (data: unknown): data is Asked =>
  isObject(data) && "id" in data && typeof data.id === "string" && "question" in data;
const isAnswered = (data: unknown): data is Answered =>
  isObject(data) && "id" in data && typeof data.id === "string" && "answer" in data;

/** Those of other names hear nothing of it. */
export function lineOf(name: string): Line {
  const channelOf = (): BroadcastChannel => new BroadcastChannel(`aparte line ${name}`);
  return {
    ask: (question, patience) =>
      new Promise((done) => {
        if (typeof BroadcastChannel === "undefined") {
          done(undefined);
          return;
        }
        const channel = channelOf();
        const id = crypto.randomUUID();
        const end = (answer: unknown): void => {
          clearTimeout(timer);
          channel.close();
          done(answer);
        };
        const timer = setTimeout(() => end(undefined), patience);
        channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
          if (isAnswered(data) && data.id === id) end(data.answer);
        });
        channel.postMessage({ id, question } satisfies Asked);
      }),
    answer(answering) {
      if (typeof BroadcastChannel === "undefined") return () => undefined;
      const channel = channelOf();
      let open = true;
      channel.addEventListener("message", async ({ data }: MessageEvent<unknown>) => {
        if (!isAsked(data)) return;
        const answer = await answering(data.question).catch(() => undefined);
        // Meanwhile it may have ended: a closed channel throws.
        if (open) channel.postMessage({ id: data.id, answer } satisfies Answered);
      });
      return () => {
        open = false;
        channel.close();
      };
    },
  };
}
