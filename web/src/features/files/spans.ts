/** Reads a streamed part in spans of a few megabytes, each chunk checked before it is given. */
import { HEAD_BYTES } from "../../sealing/agechunks.ts";
import { require } from "../../sealing/errors.ts";
import type { StreamedPart } from "../../sealing/forms.ts";
import { seedSigner } from "../../sealing/keys.ts";
import type { PartInfo } from "../../sealing/statement.ts";
import { type Chunks, openChunks } from "../../sealing/streamed.ts";
import type { Api } from "../rooms/api.ts";
import { LEAVES_BYTES, SPAN_CHUNKS } from "./limits.ts";

export type Described = Pick<PartInfo, "length" | "tree">;

/** A part of which the leaves are known to be the author's. */
export interface OpenPart {
  readonly chunks: Chunks;
  /** The plaintext of chunks `first` to before `end`. Rejects as `Api.request` does; refuses with `altered`. */
  read(first: number, end: number): Promise<Uint8Array>;
}

/** Rejects as `Api.request` does; refuses as `openChunks` does, and with `too_long`. */
export async function openStreamed(
  api: Api,
  part: StreamedPart,
  key: Uint8Array,
  info: Described,
): Promise<OpenPart> {
  require(part.leaves.length <= LEAVES_BYTES, "too_long", "more leaves than a page can hold");
  const signer = seedSigner(part.read);
  const target = `/v1/blobs/${part.blob}`;
  const bytes = (from: number, to: number): Promise<Uint8Array> =>
    api.request({ method: "GET", target, signer, range: [from, to] });
  const head = await bytes(0, HEAD_BYTES);
  const leaves = await bytes(part.length, part.length + part.leaves.length);
  const chunks = await openChunks(head, leaves, key, part, info);
  const { shape } = chunks;
  return {
    chunks,
    async read(first, end) {
      const [from, to] = [shape.begin(first), shape.begin(end)];
      const sealed = await bytes(from, to);
      require(sealed.length === to - from, "altered", "another length than was asked for");
      const plain = new Uint8Array(shape.plain(end) - shape.plain(first));
      for (let index = first; index < end; index += 1) {
        const [begin, stop] = [shape.begin(index) - from, shape.begin(index + 1) - from];
        const opened = chunks.open(index, sealed.subarray(begin, stop));
        plain.set(opened, shape.plain(index) - shape.plain(first));
      }
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
