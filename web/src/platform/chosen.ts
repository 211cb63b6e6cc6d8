/** Files that somebody chose or dropped, those of folders with their paths. */
import type { Chosen } from "../features/files/source.ts";

/** More than this nobody waits for. */
const MOST = 20_000;

export const chosenFiles = (files: FileList | null): readonly Chosen[] =>
  [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** Must be called while the drop is handled; the folders are read afterwards. Rejects as they do. */
export function droppedFiles({ items, files }: DataTransfer): Promise<readonly Chosen[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return Promise.resolve(chosenFiles(files));
  return walked(entries.filter((entry) => entry !== null));
}

async function walked(entries: readonly FileSystemEntry[]): Promise<readonly Chosen[]> {
  const found: Chosen[] = [];
  const left = [...entries];
  for (let entry = left.pop(); entry && found.length < MOST; entry = left.pop()) {
    if (entry.isDirectory) left.push(...(await within(entry as FileSystemDirectoryEntry)));
    else found.push({ path: entry.fullPath.replace(/^\//, ""), file: await fileOf(entry) });
  }
  return found;
}

const fileOf = (entry: FileSystemEntry): Promise<File> =>
  new Promise((done, failed) => (entry as FileSystemFileEntry).file(done, failed));

/** A folder gives a hundred at a time, until it gives none. */
async function within(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, failed) =>
      reader.readEntries(done, failed),
    );
    if (some.length === 0 || found.length > MOST) return found;
    found.push(...some);
  }
}
