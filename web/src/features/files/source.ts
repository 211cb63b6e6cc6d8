/** What is sent as one part: a file as it is, or several files as one zip. */
import { makeZip, predictLength } from "client-zip";
import { CHUNK_BYTES } from "../../sealing/tree.ts";

/** A file is no longer what it was when sending began. */
export class SourceChanged extends Error {
  override readonly name = "SourceChanged";
}

/** How many bytes are taken from the disk at once. */
const READ_BYTES = 64 * CHUNK_BYTES;

export interface Source {
  readonly kind: "file" | "imaging";
  readonly name: string;
  readonly media: string;
  /** Bytes of all, known before it is read. */
  readonly length: number;
  /** Shows that it is another: names, sizes and times of its files. */
  readonly stamp: string;
  /** Chunks of 64 KiB (the last may be shorter), from that number on. Rejects with SourceChanged. */
  chunks(first: number): AsyncGenerator<Uint8Array, void, undefined>;
}

/** A file that somebody chose; `path` begins with the folder, where it was one. */
export interface Chosen {
  readonly path: string;
  readonly file: File;
}

/** What is read from its beginning to its end. */
export type Readable = Pick<File, "size" | "lastModified" | "stream">;

const stampOf = (path: string, file: Omit<Readable, "stream">): string =>
  JSON.stringify([path, file.size, file.lastModified]);

/** One file stays what it is; several, or those of a folder, become a zip. */
export function filesSource(files: readonly Chosen[]): Source {
  const [first, ...more] = files;
  if (!first) throw new TypeError("nothing was chosen");
  return more.length === 0 && !first.path.includes("/") ? oneFile(first) : zipOf(files);
}

const oneFile = ({ path, file }: Chosen): Source => ({
  kind: "file",
  name: path,
  media: file.type || "application/octet-stream",
  length: file.size,
  stamp: stampOf(path, file),
  async *chunks(first) {
    const read = (at: number): Promise<Uint8Array> => {
      const bytes = taken(file.slice(at, at + READ_BYTES).arrayBuffer());
      // A failure shows when it is waited for.
      bytes.catch(() => undefined);
      return bytes;
    };
    let next = read(first * CHUNK_BYTES);
    for (let at = first * CHUNK_BYTES; at < file.size; at += READ_BYTES) {
      const end = Math.min(at + READ_BYTES, file.size);
      const bytes = await next;
      if (bytes.length !== end - at) throw new SourceChanged(path);
      // The disk works while these are sealed.
      if (end < file.size) next = read(end);
      for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
        yield bytes.subarray(from, from + CHUNK_BYTES);
      }
    }
  },
});

/** A file that was changed or removed cannot be read any more. */
async function taken(reading: Promise<ArrayBuffer>): Promise<Uint8Array> {
  try {
    return new Uint8Array(await reading);
  } catch (error) {
    throw new SourceChanged(String(error));
  }
}

function zipOf(files: readonly Chosen[]): Source {
  const sorted = [...files].sort((one, other) => (one.path < other.path ? -1 : 1));
  return zipSource("file", nameOf(sorted), sorted);
}

/** What a zip of them is called: after their folder, where they are of one. */
export function nameOf(files: readonly Pick<Chosen, "path">[]): string {
  const [folder, ...others] = new Set(files.map(({ path }) => path.split("/")[0] ?? path));
  return `${folder && others.length === 0 ? folder.replace(/\.zip$/i, "") : "documents"}.zip`;
}

interface Entry {
  readonly path: string;
  readonly file: Readable;
}

/** A zip without compression of these, in this order; `more` is told by its stamp too. */
export function zipSource(
  kind: Source["kind"],
  name: string,
  entries: readonly Entry[],
  more = "",
): Source {
  const listed = entries.map(({ path, file }) => ({ name: path, size: file.size }));
  return {
    kind,
    name,
    media: "application/zip",
    length: Number(predictLength(listed)),
    stamp: [...entries.map(({ path, file }) => stampOf(path, file)), more].join("\n"),
    async *chunks(first) {
      const zip = makeZip(written(entries));
      let number = 0;
      // From the middle on it is written from the beginning, and not given.
      for await (const chunk of rechunked(zip.getReader())) {
        if (number >= first) yield chunk;
        number += 1;
      }
    },
  };
}

/** Each is opened when it is its turn: ten thousand at once would be too many. */
function* written(entries: readonly Entry[]) {
  for (const { path, file } of entries) {
    const { size, lastModified } = file;
    yield { name: path, size, lastModified, input: file.stream() };
  }
}

async function* rechunked(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let chunk = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await read(reader);
      if (done) break;
      for (let rest = value; rest.length > 0; ) {
        const some = rest.subarray(0, CHUNK_BYTES - filled);
        chunk.set(some, filled);
        filled += some.length;
        rest = rest.subarray(some.length);
        if (filled === CHUNK_BYTES) {
          yield chunk;
          [chunk, filled] = [new Uint8Array(CHUNK_BYTES), 0];
        }
      }
    }
    if (filled > 0) yield chunk.subarray(0, filled);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch (error) {
    throw new SourceChanged(String(error));
  }
}
