/** Messages inside data frames: JSON objects whose `t` names the type (Messages). */
import * as v from "valibot";
import { jsonBytes } from "./encoding.ts";
import { require } from "./errors.ts";
import { b64uOf, bytesOf, natural, sealedPart, textOf, time, vouchersOf } from "./forms.ts";
import { type Read, readTagged, type Written } from "./tagged.ts";
import { MESSAGE_BYTES } from "./traffic.ts";

const id = b64uOf(16);
const pc = b64uOf(8);

const FORMS = {
  sdp: v.object({
    t: v.literal("sdp"),
    description: v.object({ type: v.picklist(["offer", "answer"]), sdp: v.string() }),
    pc,
  }),
  ice: v.object({
    t: v.literal("ice"),
    candidate: v.nullable(
      v.object({
        candidate: v.string(),
        sdpMid: v.nullish(v.string(), null),
        sdpMLineIndex: v.nullish(v.number(), null),
        usernameFragment: v.nullish(v.string(), null),
      }),
    ),
    pc,
  }),
  state: v.object({
    t: v.literal("state"),
    audio: v.boolean(),
    video: v.boolean(),
    screen: v.boolean(),
  }),
  chat: v.object({
    t: v.literal("chat"),
    id,
    at: time,
    text: textOf(4000),
  }),
  photo: v.object({
    t: v.literal("photo"),
    id,
    at: time,
    media: v.literal("image/jpeg"),
    part: sealedPart,
    key: bytesOf(32),
    tree: bytesOf(32),
    length: natural,
  }),
  address: v.object({
    t: v.literal("address"),
    id,
    mailbox: bytesOf(16),
    append: bytesOf(32),
    seal: bytesOf(1216),
    voucher: v.optional(bytesOf(32)),
    since: v.optional(natural),
    lasts: v.optional(v.literal(true)),
  }),
  mail: v.object({ t: v.literal("mail") }),
  hold: v.object({ t: v.literal("hold"), id }),
  bye: v.object({ t: v.literal("bye"), id }),
  roster: v.object({ t: v.literal("roster"), id, roster: b64uOf() }),
  keep: v.object({ t: v.literal("keep"), id }),
  supply: v.object({ t: v.literal("supply"), id, vouchers: vouchersOf(64) }),
} as const;

/** A message as it is read: keys and hashes decoded. */
export type Message = Read<typeof FORMS>;

/** A message as it is written: bytes as base64url. */
export type OutgoingMessage = Written<typeof FORMS>;

/** Reads a message; undefined for a type that is unknown here. Refuses with `bad_message`. */
export const readMessage = (bytes: Uint8Array): Message | undefined => readTagged(FORMS, bytes);

/** Refuses with `bad_message`, or `too_long` for what no frame holds. */
export function writeMessage(message: OutgoingMessage): Uint8Array {
  const bytes = jsonBytes(message);
  require(bytes.length <= MESSAGE_BYTES, "too_long");
  readMessage(bytes);
  return bytes;
}

/** The id of a durable message; null for passing ones and for what is no message of ours. */
export function durableId(bytes: Uint8Array): string | null {
  try {
    const message = readMessage(bytes);
    return message && "id" in message ? message.id : null;
  } catch {
    return null;
  }
}
