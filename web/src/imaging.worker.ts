/**
 * The worker that reads images and nothing else. Its answer's own policy lets it compile codecs, and
 * lets it reach no server, nor start another worker, and it has none of what pages share: what a
 * hostile file made of it could tell nobody.
 */
import "./platform/alone.ts";

import type { CodecName, FromWorker, ToWorker } from "./features/imaging/decoder.ts";
import { Codecs } from "./features/imaging/decoding/codecs.ts";
import { decode } from "./features/imaging/decoding/decode.ts";
import { Refused } from "./features/imaging/dicom/head.ts";
import { readMarks } from "./features/imaging/saved/reading.ts";

/** What of a dedicated worker's scope is used; the types of a page's would be another's. */
interface Scope {
  postMessage(message: FromWorker, moved: readonly ArrayBufferLike[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

const scope = globalThis as unknown as Scope;
const wanted = new Map<CodecName, (code: ArrayBuffer) => void>();
const codecs = new Codecs(
  (name) =>
    new Promise((done) => {
      wanted.set(name, done);
      scope.postMessage({ wants: name }, []);
    }),
);
let held = new Uint8Array();

scope.postMessage({ ready: true }, []);
scope.onmessage = async ({ data: message }) => {
  if ("codec" in message) {
    wanted.get(message.codec)?.(message.code);
    return;
  }
  try {
    if ("marks" in message) {
      scope.postMessage({ saved: readMarks(message.marks) }, []);
      return;
    }
    if (message.bytes) held = new Uint8Array(message.bytes);
    const picture = await decode(held, message.frame, codecs);
    const { content } = picture;
    const { buffer } = content.color ? content.pixels : content.samples;
    scope.postMessage({ picture }, [buffer]);
  } catch (error) {
    scope.postMessage({ refused: error instanceof Refused ? error.why : "broken" }, []);
  }
};
