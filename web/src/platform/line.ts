/** One page of this browser asks, another one answers. */
import type { Line } from "../features/ports.ts";

type Message =
  | { readonly id: string; readonly question: unknown }
  | { readonly id: string; readonly answer: unknown };

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
        channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
          if (data.id === id && "answer" in data) end(data.answer);
        });
        channel.postMessage({ id, question } satisfies Message);
      }),
    answer(answering) {
      if (typeof BroadcastChannel === "undefined") return () => undefined;
      const channel = channelOf();
      channel.addEventListener("message", async ({ data }: MessageEvent<Message>) => {
        if (!("question" in data)) return;
        const answer = await answering(data.question).catch(() => undefined);
        channel.postMessage({ id: data.id, answer } satisfies Message);
      });
      return () => channel.close();
    },
  };
}
