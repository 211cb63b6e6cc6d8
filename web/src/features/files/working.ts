/** The worker's side: does one job, with what the worker's platform gives. */
import type { Digest } from "../../sealing/kdf.ts";
import type { Clock, Http, Progress, Random, Scratch, ScratchFile, Vaults } from "../ports.ts";
import { Api } from "../rooms/api.ts";
import { fetchDown } from "./fetch-down.ts";
import { HELD, type Job, NoRoom, nameOf, type Result, type Wanted } from "./jobs.ts";
import { MOST_IN_MEMORY } from "./limits.ts";
import { tellingHttp } from "./patience.ts";
import { scopeOf, sendFiles } from "./sending.ts";
import { sourceOf } from "./source.ts";

export interface Workplace {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly vaults: Vaults;
  readonly digest: Digest;
  readonly scratch: Scratch;
  readonly origin: string;
}

/** Does one job, to its end. */
export async function work(
  { http, clock, random, vaults, digest, scratch, origin }: Workplace,
  job: Job,
  told: (progress: Progress) => void,
): Promise<Result> {
  const api = new Api({ http: tellingHttp(http), clock, random, origin, digest });
  const long = { api, clock, digest, told };
  if (job.kind === "send") {
    const kept = await vaults.open(scopeOf(job.permit));
    const needs = { ...long, random, kept };
    return { begun: await sendFiles(needs, job.permit, sourceOf(job.files), job.said) };
  }
  const onDisk = await scratch(job.into).catch(unlessHeld);
  const file = onDisk ?? memoryFile(job);
  try {
    await fetchDown(long, job, file);
  } finally {
    file.close();
  }
  return onDisk ? {} : { file: (file as MemoryFile).blob() };
}

function unlessHeld(error: unknown): null {
  if (nameOf(error) === HELD) throw error;
  return null;
}

interface MemoryFile extends ScratchFile {
  blob(): Blob;
}

/** Where a page has no disk: some private windows, and old browsers. Throws NoRoom for large ones. */
function memoryFile({ info }: Wanted): MemoryFile {
  if (info.length > MOST_IN_MEMORY) throw new NoRoom();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  return {
    read: () => new Uint8Array(),
    write: (_at, bytes) => void parts.push(new Uint8Array(bytes)),
    truncate: () => undefined,
    flush: () => undefined,
    close: () => undefined,
    blob: () => new Blob(parts),
  };
}
