/** The files of a zip that somebody chose (a CD as one file), read as they are wanted. */
import { BlobReader, type FileEntry, ZipReader } from "@zip.js/zip.js/index-native.js";
import { MOST_FILES } from "../files/limits.ts";
import type { Chosen, Readable } from "../files/source.ts";

export interface Unzipped {
  readonly path: string;
  readonly file: Readable;
}

/** Whether it may be one by its name. */
export const isZip = ({ path, file }: Chosen): boolean =>
  /\.zip$/i.test(path) || file.type === "application/zip";

/**
 * Those under a password are named, and cannot be read. Rejects where it is no zip, and with TypeError
 * where it holds more than may be sent.
 */
export async function unzipped(zip: Blob): Promise<readonly Unzipped[]> {
  const reader = new ZipReader(new BlobReader(zip), { useWebWorkers: false });
  const found: Unzipped[] = [];
  for await (const entry of reader.getEntriesGenerator()) {
    if (entry.directory) continue;
    if (found.length >= MOST_FILES) throw new TypeError("too many files in the archive");
    found.push({ path: entry.filename, file: fileOf(entry) });
  }
  return found;
}

/** A zip may say less than it holds: what comes beyond its size is not taken. */
function fileOf(entry: FileEntry): Readable {
  return {
    size: entry.uncompressedSize,
    lastModified: entry.lastModDate.getTime(),
    stream() {
      const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
      // Who reads sees the failure, or does not want the rest.
      entry
        .getData(writable, { checkSignature: true })
        .catch((error: unknown) => writable.abort(error).catch(() => undefined));
      return readable;
    },
  };
}
