/** Files in the browser's private file system: out of memory, and there after a reload. */
import type { Scratch } from "../features/ports.ts";

const FOLDER = "received";
const ATTEMPTS = 20;
/** Milliseconds. */
const PAUSE = 100;

/** Of workers alone: what the types of pages leave out. */
interface AccessHandle {
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

type WorkersHandle = FileSystemFileHandle & {
  createSyncAccessHandle?(): Promise<AccessHandle>;
};

async function folder(create: boolean): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return await root.getDirectoryHandle(FOLDER, { create });
}

export const scratch: Scratch = async (name) => {
  const handle: WorkersHandle = await (await folder(true)).getFileHandle(name, { create: true });
  if (!handle.createSyncAccessHandle) throw new TypeError("no files for workers");
  const file = await opened(() => handle.createSyncAccessHandle?.());
  return {
    read(at, length) {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, file.read(bytes, { at }));
    },
    write(at, bytes) {
      const written = file.write(bytes, { at });
      if (written !== bytes.length)
        throw new DOMException("the disk is full", "QuotaExceededError");
    },
    truncate: (size) => file.truncate(size),
    flush: () => file.flush(),
    close: () => file.close(),
  };
};

/** A worker that was ended a moment ago may still hold it; another tab may, and then for long. */
async function opened(open: () => Promise<AccessHandle> | undefined): Promise<AccessHandle> {
  for (let left = ATTEMPTS; ; left -= 1) {
    try {
      const file = await open();
      if (file) return file;
      throw new TypeError("no files for workers");
    } catch (error) {
      const held = error instanceof DOMException && error.name === "NoModificationAllowedError";
      if (!held || left === 0) throw error;
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }
}

/** A file that was written, as the browser hands it out. */
export async function scratchFile(name: string): Promise<Blob> {
  return await (await (await folder(false)).getFileHandle(name)).getFile();
}

/** Erases it. Never rejects. */
export async function eraseScratch(name: string): Promise<void> {
  await folder(false)
    .then((all) => all.removeEntry(name))
    .catch(() => undefined);
}

/** Erases what was written before `moment` (milliseconds since the epoch). Never rejects. */
export async function eraseOldScratch(moment: number): Promise<void> {
  try {
    const all = await folder(false);
    const entries = (all as unknown as { values(): AsyncIterable<FileSystemHandle> }).values();
    for await (const entry of entries) {
      const file = entry.kind === "file" && (await (entry as FileSystemFileHandle).getFile());
      if (file && file.lastModified < moment) await eraseScratch(entry.name);
    }
  } catch {
    // There is none, or no such file system.
  }
}
