/** Files of a sealed link, on the screen. Large: imported late. */
import { type Signal, signal } from "@preact/signals";
import type { Engine } from "../../sealing/engine.ts";
import type { Wanted } from "../files/jobs.ts";
import { tellingHttp } from "../files/patience.ts";
import { openStreamed } from "../files/spans.ts";
import { Ranges } from "../imaging/ranges.ts";
import type { Platform } from "../ports.ts";
import { Api } from "../rooms/api.ts";
import { type ArchiveModel, openArchive } from "./archive.ts";
import type { SheetsModel } from "./model.ts";
import type { RendererNeeds } from "./renderer.ts";
import { showSheets } from "./viewer.ts";

export interface FetchNeeds extends Pick<Platform, "http" | "clock" | "random" | "address"> {
  readonly engine: Engine;
  readonly renderers: RendererNeeds;
}

/** Nothing is fetched but what is looked at; each chunk is checked against the author's tree. */
function rangesOf(
  { http, clock, random, address, engine }: FetchNeeds,
  { part, key, info }: Wanted,
  waiting: Signal<boolean>,
): Ranges {
  const { origin } = address;
  const api = new Api({ http: tellingHttp(http), clock, random, origin, digest: engine.digest });
  const open = () => openStreamed(api, part, key, info, engine);
  return new Ranges(info.length, clock, open, (gone) => {
    waiting.value = gone;
  });
}

export function showFetched(needs: FetchNeeds, name: string, wanted: Wanted): SheetsModel {
  const waiting = signal(false);
  const ranges = rangesOf(needs, wanted, waiting);
  const { length } = ranges;
  const read = ranges.read.bind(ranges);
  return showSheets(needs.renderers, { name, length, waiting, read });
}

/** What several files were sent in: each is fetched when somebody looks at it. */
export function lookInto(needs: FetchNeeds, name: string, wanted: Wanted): ArchiveModel {
  const waiting = signal(false);
  const ranges = rangesOf(needs, wanted, waiting);
  const { length } = ranges;
  const read = ranges.read.bind(ranges);
  return openArchive(needs.renderers, { name, length, waiting, read });
}
