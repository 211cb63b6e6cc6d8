/** What letters hold: JSON objects whose `t` names the type (Mail). */
import * as v from "valibot";
import { jsonBytes } from "./encoding.ts";
import { b64uOf, natural, time, vouchersOf, wholeTextOf } from "./forms.ts";
import { type Read, readTagged, type Written } from "./tagged.ts";

const id = b64uOf(16);

const FORMS = {
  document: v.object({
    t: v.literal("document"),
    id,
    at: time,
    statement: b64uOf(),
    envelope: b64uOf(),
    receipt: v.optional(b64uOf(72)),
    vouchers: v.optional(vouchersOf(4)),
  }),
  delivered: v.object({ t: v.literal("delivered"), document: id, verified: v.boolean() }),
  opened: v.object({ t: v.literal("opened"), document: id }),
  moved: v.object({ t: v.literal("moved"), address: b64uOf() }),
  files: v.object({
    t: v.literal("files"),
    id,
    at: time,
    link: b64uOf(32),
    code: b64uOf(7),
    name: wholeTextOf(200),
    size: natural,
    until: time,
    permit: v.optional(id),
    vouchers: v.optional(vouchersOf(4)),
  }),
} as const;

export type Mail = Read<typeof FORMS>;

type OutgoingMail = Written<typeof FORMS>;

/** Reads what a letter held; undefined for a type that is unknown here. Refuses with `bad_message`. */
export const readMail = (bytes: Uint8Array): Mail | undefined => readTagged(FORMS, bytes);

/** Refuses with `bad_message`. */
export function writeMail(mail: OutgoingMail): Uint8Array {
  const bytes = jsonBytes(mail);
  readMail(bytes);
  return bytes;
}
