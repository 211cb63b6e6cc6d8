/**
 * Messages of people who look at a study together (Messages: *show*, *look*, *hide*), and of a guest who
 * asks for what pays for showing one (*ask-permit*, *permit*, *no-permit*). Apart from the others: a page
 * that shows no study needs no reader of them.
 */
import * as v from "valibot";
import { jsonBytes } from "./encoding.ts";
import { require } from "./errors.ts";
import { b64uOf, natural, positive, textOf } from "./forms.ts";
import { type Read, readTagged, type Written } from "./tagged.ts";
import { MESSAGE_BYTES } from "./traffic.ts";

const show = b64uOf(16);
const ask = b64uOf(16);
/** Why there is no permit: the last is the guest's, who does not ask any more. */
const WHYS = ["declined", "large", "many", "unpaid", "unable", "withdrawn"] as const;
const within = (least: number, most: number) =>
  v.pipe(v.number(), v.minValue(least), v.maxValue(most));

const FORMS = {
  show: v.object({ t: v.literal("show"), show, handed: b64uOf() }),
  look: v.object({
    t: v.literal("look"),
    show,
    n: natural,
    series: natural,
    picture: natural,
    frame: natural,
    window: v.nullable(v.object({ center: within(-1e9, 1e9), width: within(0, 1e9) })),
    inverted: v.boolean(),
    point: v.nullable(v.object({ x: within(0, 1), y: within(0, 1) })),
  }),
  hide: v.object({ t: v.literal("hide"), show }),
  "ask-permit": v.object({ t: v.literal("ask-permit"), ask, bytes: positive }),
  permit: v.object({ t: v.literal("permit"), ask, permit: v.pipe(textOf(512), v.minLength(1)) }),
  "no-permit": v.object({ t: v.literal("no-permit"), ask, why: v.picklist(WHYS) }),
} as const;

export type Looking = Read<typeof FORMS>;

/** What is said of a permit, by the guest who asks and by the host. */
export type Asking = Extract<Looking, { t: "ask-permit" | "permit" | "no-permit" }>;

export type WhyNot = Extract<Looking, { t: "no-permit" }>["why"];

/** Reads one; undefined for a message of any other type. Refuses with `bad_message`. */
export const readLooking = (bytes: Uint8Array): Looking | undefined => readTagged(FORMS, bytes);

/** Refuses with `bad_message`, or `too_long` for what no frame holds. */
export function writeLooking(message: Written<typeof FORMS>): Uint8Array {
  const bytes = jsonBytes(message);
  require(bytes.length <= MESSAGE_BYTES, "too_long");
  readLooking(bytes);
  return bytes;
}
