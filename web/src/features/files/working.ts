/** The worker's side: does one job, with what the worker's platform gives. */
import type { Engine } from "../../sealing/engine.ts";
import type { Clock, Http, Progress, Random, Scratch, ScratchFile, Vaults } from "../ports.ts";
import { Api } from "../rooms/api.ts";
import { fetchDown } from "./fetch-down.ts";
import type { Stretch } from "./finishing.ts";
import { HELD, type Job, NoRoom, nameOf, type Result, type Taking, type Wanted } from "./jobs.ts";
import { MOST_IN_MEMORY } from "./limits.ts";
import { tellingHttp } from "./patience.ts";
import { sealUp } from "./sealing-up.ts";
import { scopeOf, sendFiles, sendShown } from "./sending.ts";
import { type Chosen, filesSource, type Source, SourceChanged } from "./source.ts";

export interface Workplace {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly vaults: Vaults;
  readonly engine: Engine;
  readonly scratch: Scratch;
  readonly stretch: Stretch;
  readonly origin: string;
}

/** Does one job, to its end. */
export async function work(
  { http, clock, random, vaults, engine, scratch, stretch, origin }: Workplace,
  job: Job,
  told: (progress: Progress) => void,
): Promise<Result> {
  if (job.kind === "look") return await looked(job.files);
  const api = new Api({ http: tellingHttp(http), clock, random, origin, digest: engine.digest });
  const long = { api, clock, engine, told };
  if (job.kind === "send" || job.kind === "show") {
    const kept = await vaults.open(scopeOf(job.permit));
    const needs = { ...long, random, kept, stretch };
    const source = await sourceOf(job.files, job.kind === "show" ? "study" : job.taking);
    if (job.kind === "show") return await sendShown(needs, job.permit, source);
    return { begun: await sendFiles(needs, job.permit, source, job.said) };
  }
  if (job.kind === "seal") {
    const source = await sourceOf(job.files, job.taking);
    return { sealed: await sealUp({ ...long, random, vaults }, source, job.upload) };
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

/** Late: who sends a letter needs no reader of images. */
async function studyOf(files: readonly Chosen[]) {
  const { collect } = await import("../imaging/collecting.ts");
  return await collect(files);
}

async function looked(files: readonly Chosen[]): Promise<Result> {
  const found = await studyOf(files);
  if (!found) return {};
  const { contents, source } = found;
  return { looked: { name: source.name, length: source.length, contents } };
}

/** Throws SourceChanged where a study was to be sent and there is none any more. */
async function sourceOf(files: readonly Chosen[], taking: Taking): Promise<Source> {
  if (taking === "files") return filesSource(files);
  const found = await studyOf(files);
  if (!found) throw new SourceChanged("no images are there any more");
  return found.source;
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
