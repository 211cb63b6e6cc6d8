/** Files that were received: handed to the browser to be saved, and erased. */
import type { Received } from "../features/ports.ts";
import { saveFile } from "./files.ts";
import { eraseOldScratch, eraseScratch, scratchFile } from "./scratch.ts";

export const received: Received = {
  save: async (scratch, name) => saveFile(name, await scratchFile(scratch)),
  saveBlob: (file, name) => saveFile(name, file),
  erase: eraseScratch,
  eraseOlder: eraseOldScratch,
};
