/** Decoders whose worker is the test itself; codecs are not to be had. */
import type { DecoderNeeds } from "../../../src/features/imaging/decoder.ts";
import { Codecs } from "../../../src/features/imaging/decoding/codecs.ts";
import { decode } from "../../../src/features/imaging/decoding/decode.ts";
import { Refused } from "../../../src/features/imaging/dicom/head.ts";
import { readMarks } from "../../../src/features/imaging/saved/reading.ts";
import type { Clock } from "../../../src/features/ports.ts";

/** A file of this many bytes is one whose decoding never ends. */
export const ENDLESS = 4242;

export function decodersOf(clock: Clock): DecoderNeeds {
  return {
    clock,
    startDecoder(told) {
      let held = new Uint8Array();
      let ended = false;
      queueMicrotask(() => ended || told({ ready: true }));
      const codecs = new Codecs(() => Promise.reject(new TypeError("no codec")));
      return {
        post(message) {
          if ("codec" in message) return;
          if ("marks" in message) {
            const { marks } = message;
            Promise.resolve()
              .then(() => readMarks(marks))
              .then(
                (saved) => ended || told({ saved }),
                (error: unknown) =>
                  ended || told({ refused: error instanceof Refused ? error.why : "broken" }),
              );
            return;
          }
          if (message.bytes) held = new Uint8Array(message.bytes);
          if (held.length === ENDLESS) return;
          decode(held, message.frame, codecs).then(
            (picture) => ended || told({ picture }),
            (error: unknown) =>
              ended || told({ refused: error instanceof Refused ? error.why : "broken" }),
          );
        },
        end: () => {
          ended = true;
        },
      };
    },
    codecCode: () => Promise.reject(new TypeError("no codec")),
  };
}
