/** What waits for a worker: who has gone elsewhere by then is not kept waiting for. */
import { expect, it } from "vitest";
import { type Ask, Decoder, type ToWorker } from "../../src/features/imaging/decoder.ts";
import type { Picture } from "../../src/features/imaging/picture.ts";

const file = (byte: number): Uint8Array => new Uint8Array([byte]);

/** Which frame of which file the worker was asked for, and a way to answer it. */
function work() {
  const posted: string[] = [];
  let answer = (): void => undefined;
  let held = 0;
  const decoder = new Decoder({
    clock: { now: () => 0, after: () => () => undefined },
    startDecoder(told) {
      queueMicrotask(() => told({ ready: true }));
      answer = () => told({ picture: {} as Picture });
      return {
        post(message: ToWorker) {
          const { bytes, frame } = message as Ask;
          held = bytes?.[0] ?? held;
          posted.push(`${held}/${frame}`);
        },
        end: () => undefined,
      };
    },
    codecCode: () => Promise.reject(new TypeError("no codec")),
  });
  return { decoder, posted, answer: () => answer() };
}

it("drops what waits and was given up, and mistakes no file for another", async () => {
  const { decoder, posted, answer } = work();
  const gone = new AbortController();
  const first = decoder.decode({ bytes: file(1), frame: 0 });
  const dropped = [
    decoder.decode({ bytes: file(2), frame: 0 }, gone.signal),
    decoder.decode({ bytes: file(3), frame: 0 }, gone.signal),
    decoder.decode({ bytes: null, frame: 5 }, gone.signal),
  ];
  const last = decoder.decode({ bytes: null, frame: 7 });
  gone.abort();
  answer();
  await first;
  for (const one of dropped) await expect(one).rejects.toBe(gone.signal.reason);
  expect(posted).toEqual(["1/0", "3/7"]);
  answer();
  await last;
});

it("keeps the file of what was given up for a frame that is asked for later", async () => {
  const { decoder, posted, answer } = work();
  const gone = new AbortController();
  const first = decoder.decode({ bytes: file(1), frame: 0 });
  const dropped = decoder.decode({ bytes: file(2), frame: 0 }, gone.signal);
  gone.abort();
  answer();
  await first;
  await expect(dropped).rejects.toBe(gone.signal.reason);
  const later = decoder.decode({ bytes: null, frame: 1 });
  answer();
  await later;
  expect(posted).toEqual(["1/0", "2/1"]);
});
