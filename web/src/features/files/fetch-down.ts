/** Fetches a part of any size onto the disk, each chunk checked before it is written. */
import type { Chunks } from "../../sealing/streamed.ts";
import type { ScratchFile } from "../ports.ts";
import type { Long, Wanted } from "./jobs.ts";
import { SPAN_CHUNKS } from "./limits.ts";
import { Patience } from "./patience.ts";
import { type OpenPart, openStreamed } from "./spans.ts";

/**
 * Goes on where `file` ends, as far as what is in it is the author's. Rejects as `Api.request` does with
 * what no waiting helps; refuses with `altered`, `too_long`: what was written before stays.
 */
export async function fetchDown(
  { api, clock, engine, told }: Long,
  { part, key, info }: Wanted,
  file: ScratchFile,
): Promise<void> {
  let done = 0;
  const patience = new Patience(clock, (waiting) => told({ done, waiting }));
  let opened: OpenPart | undefined;
  let index = 0;
  for (;;) {
    try {
      if (!opened) {
        opened = await openStreamed(api, part, key, info, engine);
        index = await checked(opened.chunks, file);
        file.truncate(opened.chunks.shape.plain(index));
      }
      const { shape } = opened.chunks;
      done = shape.plain(index);
      patience.renew();
      if (index === shape.chunks) break;
      // The next span is on its way while this one is written.
      let next = ahead(opened, index);
      while (index < shape.chunks) {
        const plain = await next;
        const end = Math.min(index + SPAN_CHUNKS, shape.chunks);
        if (end < shape.chunks) next = ahead(opened, end);
        file.write(shape.plain(index), plain);
        index = end;
        done = shape.plain(index);
        patience.renew();
      }
      break;
    } catch (error) {
      await patience.wait(error);
    }
  }
  file.flush();
}

/** Begins to read a span; a failure shows when it is waited for. */
function ahead(opened: OpenPart, first: number): Promise<Uint8Array> {
  const reading = opened.read(first, Math.min(first + SPAN_CHUNKS, opened.chunks.shape.chunks));
  reading.catch(() => undefined);
  return reading;
}

/** How many chunks, from the first on, are in the file as their author wrote them. */
async function checked(chunks: Chunks, file: ScratchFile): Promise<number> {
  const { shape } = chunks;
  for (let index = 0; index < shape.chunks; index += 1) {
    const at = shape.plain(index);
    const size = shape.plain(index + 1) - at;
    const plain = file.read(at, size);
    if (plain.length !== size || !(await chunks.holds(index, plain))) return index;
  }
  return shape.chunks;
}
