/** A document of what was drawn: the study's form, with files of marks for pictures. Large: imported late. */
import { concat } from "../../../sealing/encoding.ts";
import { numberOf } from "../../../sealing/words.ts";
import { inert } from "../../inert.ts";
import type { Random } from "../../ports.ts";
import { collect } from "../collecting.ts";
import { UID } from "./classes.ts";
import type { Drawing, Seen } from "./model.ts";
import { writePresentations } from "./presentation.ts";
import { writeSelections } from "./selection.ts";

export interface Made {
  /** The zip. */
  readonly bytes: Uint8Array;
  readonly media: string;
}

const NAME = 60;

/** A UID from a random UUID (PS3.5 B.2). */
function drawUid(random: Random): string {
  const bytes = random(16);
  // Version 4 (RFC 9562 5.4).
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `2.25.${numberOf(bytes)}`;
}

const canBeNamed = ({ origin: { study, series, sopClass, instance } }: Seen): boolean =>
  [study, series, sopClass, instance].every((uid) => UID.test(uid));

/** `by`: who drew, as they say; null where nothing is drawn that a file could name. */
export async function makeDocument(
  { drawn, chosen }: Drawing,
  by: string,
  now: number,
  random: Random,
): Promise<Made | null> {
  const writing = { by: inert(by, NAME), at: new Date(now), uid: () => drawUid(random) };
  const files = [
    ...writePresentations(
      drawn.filter(({ seen }) => canBeNamed(seen)),
      writing,
    ),
    ...writeSelections(chosen.filter(canBeNamed), writing),
  ];
  const named = files.map((bytes, at) => ({
    path: `${at + 1}.dcm`,
    file: new File([new Uint8Array(bytes)], `${at + 1}.dcm`, { lastModified: now }),
  }));
  const collected = await collect(named);
  if (!collected) return null;
  const { source } = collected;
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.chunks(0)) chunks.push(chunk);
  return { bytes: concat(...chunks), media: source.media };
}
