/** A file with documents that somebody brings along: in clear, or protected by a code. */
import { LIMITS } from "../../protocol/limits.ts";
import { isAgeFile, openFile, readCode } from "../../sealing/agefile.ts";
import { SealError } from "../../sealing/errors.ts";
import { type Packed, readArchive } from "./archive.ts";

export type Chosen = Pick<Blob, "size" | "arrayBuffer">;

/** Somebody else's file, or half of ours. */
const UNKNOWN: readonly string[] = ["bad_form", "mixed_recipients"];

/** Why a file that somebody chose is not taken. */
export class Unfit extends Error {
  readonly key: string;

  constructor(key: string) {
    super(key);
    this.key = key;
  }
}

/** What is in it. `code` opens one that is protected. Throws Unfit; refuses as `checkKept` does. */
export async function unpacked(file: Chosen, code: string): Promise<readonly Packed[]> {
  if (file.size > LIMITS.received) throw new Unfit("export_too_large");
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    return await readArchive(isAgeFile(bytes) ? await opened(bytes, code) : bytes);
  } catch (error) {
    const unknown = error instanceof SealError && UNKNOWN.includes(error.code);
    throw unknown ? new Unfit("no_export") : error;
  }
}

async function opened(file: Uint8Array, code: string): Promise<Uint8Array> {
  if (!code.trim()) throw new Unfit("code_wanted");
  try {
    return await openFile(file, readCode(code));
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    if (error.code === "bad_key") throw new Unfit("code_mistyped");
    throw error.code === "cannot_open" ? new Unfit("code_other") : error;
  }
}
