/** The study of a sealed link, on the screen. Large: imported late. */
import { signal } from "@preact/signals";
import type { Engine } from "../../sealing/engine.ts";
import type { Wanted } from "../files/jobs.ts";
import { tellingHttp } from "../files/patience.ts";
import { openStreamed } from "../files/spans.ts";
import type { Platform } from "../ports.ts";
import { Api } from "../rooms/api.ts";
import type { Drawings } from "./marking.ts";
import type { ViewerModel } from "./model.ts";
import { Ranges } from "./ranges.ts";
import type { KeepingNeeds } from "./saved/keeping.ts";
import { createViewer } from "./viewer.ts";

export interface LookNeeds extends KeepingNeeds, Pick<Platform, "http" | "address"> {
  readonly engine: Engine;
}

/**
 * Nothing of the part is fetched but what is looked at, and a little around it. `drawings`: those of an
 * earlier look.
 */
export function lookAt(
  needs: LookNeeds,
  { part, key, info }: Wanted,
  drawings?: Drawings,
): ViewerModel {
  const { http, clock, random, address, engine } = needs;
  const { origin } = address;
  const api = new Api({ http: tellingHttp(http), clock, random, origin, digest: engine.digest });
  const waiting = signal(false);
  const open = () => openStreamed(api, part, key, info, engine);
  const ranges = new Ranges(info.length, clock, open, (gone) => {
    waiting.value = gone;
  });
  return createViewer(ranges, waiting, needs, drawings);
}
