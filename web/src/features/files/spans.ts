/** Reads a streamed part in spans of a few megabytes, each chunk checked before it is given. */
import { HEAD_BYTES } from "../../sealing/agechunks.ts";
import type { Engine } from "../../sealing/engine.ts";
import { require } from "../../sealing/errors.ts";
import type { StreamedPart } from "../../sealing/forms.ts";
import { seedSigner } from "../../sealing/keys.ts";
import type { PartInfo } from "../../sealing/statement.ts";
import { type Chunks, openChunks, Shape } from "../../sealing/streamed.ts";
import type { Api } from "../rooms/api.ts";
import { LEAVES_BYTES, SPAN_CHUNKS } from "./limits.ts";
import { NoAnswer } from "./patience.ts";

export type Described = Pick<PartInfo, "length" | "tree">;

/** A part of which the leaves are known to be the author's. */
export interface OpenPart {
  readonly chunks: Chunks;
  /** The plaintext of chunks `first` to before `end`; `signal` gives it up. Rejects as `Api.request` does; refuses with `altered`. */
  read(first: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** Rejects as `Api.request` does; refuses as `openChunks` does, and with `too_long`. */
export async function openStreamed(
  api: Api,
  part: StreamedPart,
  key: Uint8Array,
  info: Described,
  engine?: Engine,
): Promise<OpenPart> {
  const { leaves: most, content } = new Shape(info.length);
  const sizes = part.length === content && part.leaves.length === most;
  require(sizes, "altered", "another length than the author's");
  require(most <= LEAVES_BYTES, "too_long", "more leaves than a page can hold");
  const signer = seedSigner(part.read);
  const target = `/v1/blobs/${part.blob}`;
  const bytes = async (from: number, to: number, signal?: AbortSignal): Promise<Uint8Array> => {
    const range = [from, to] as const;
    const found = await api.request({ method: "GET", target, signer, range, signal });
    // What stands in between may cut an answer, or leave the range out: nothing was altered by that.
    if (found.length !== to - from) throw new NoAnswer("another length than was asked for");
    return found;
  };
  const [head, leaves] = await Promise.all([
    bytes(0, HEAD_BYTES),
    bytes(part.length, part.length + part.leaves.length),
  ]);
  const chunks = await openChunks(head, leaves, key, part, info, engine);
  const { shape } = chunks;
  return {
    chunks,
    async read(first, end, signal) {
      const [from, to] = [shape.begin(first), shape.begin(end)];
      const sealed = await bytes(from, to, signal);
      const plain = new Uint8Array(shape.plain(end) - shape.plain(first));
      const opening = Array.from({ length: end - first }, async (_, at) => {
        const index = first + at;
        const [begin, stop] = [shape.begin(index) - from, shape.begin(index + 1) - from];
        const opened = await chunks.open(index, sealed.subarray(begin, stop));
        plain.set(opened, shape.plain(index) - shape.plain(first));
      });
      await Promise.all(opening);
      return plain;
    },
  };
}

/** The whole plaintext, of a part that a page may hold. Rejects and refuses as `openStreamed` does. */
export async function wholeOf(
  api: Api,
  part: StreamedPart,
  key: Uint8Array,
  info: Described,
): Promise<Uint8Array> {
  const opened = await openStreamed(api, part, key, info);
  const { shape } = opened.chunks;
  const plain = new Uint8Array(shape.length);
  for (let index = 0; index < shape.chunks; index += SPAN_CHUNKS) {
    const end = Math.min(index + SPAN_CHUNKS, shape.chunks);
    plain.set(await opened.read(index, end), shape.plain(index));
  }
  return plain;
}
