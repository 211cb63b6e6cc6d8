/** What may go into a sealed link: a file that everybody can open, and a page can hold; or what was written here. */
import { LIMITS } from "../../protocol/limits.ts";
import type { OpenedDocument } from "../consult/call.ts";
import { fileName } from "../prescription/parts.ts";

export interface LinkFile {
  readonly name: string;
  readonly media: string;
  readonly bytes: Uint8Array;
}

/** One document, signed as such; `name` is what the list of links calls it. */
export interface LinkDocument
  extends Pick<OpenedDocument, "kind" | "author" | "subject" | "parts"> {
  readonly name: string;
}

/** Why a file is not taken. */
export type FileTrouble = "empty" | "large" | "kind";

/** Links that a desk lists; all of them stand in the practice's vault. */
export const MOST_LINKS = 100;

export const MOST_MEGABYTES = LIMITS.blob / 1024 / 1024;

const BEGINNINGS: readonly (readonly [string, readonly number[]])[] = [
  ["application/pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
];

/** By how it begins, whatever it is called; undefined for what is none of the four. */
function mediaOf(bytes: Uint8Array): string | undefined {
  const found = BEGINNINGS.find(([, begins]) => begins.every((byte, at) => bytes[at] === byte));
  if (found) return found[0];
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : "text/plain";
  } catch {
    return undefined;
  }
}

/** Reads what somebody chose; gives why it is not taken, where it is not. */
export async function readFile(file: Pick<File, "name" | "size" | "arrayBuffer">) {
  if (file.size === 0) return "empty" satisfies FileTrouble;
  if (file.size > LIMITS.blob) return "large" satisfies FileTrouble;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const media = mediaOf(bytes);
  if (!media) return "kind" satisfies FileTrouble;
  return { name: fileName(file.name), media, bytes } satisfies LinkFile;
}
