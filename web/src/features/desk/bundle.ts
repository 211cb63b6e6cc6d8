/** What `aparte demo-host` hands to the doctor's page in the fragment of its address. Demo only. */
import * as v from "valibot";
import { fromB64u, jsonObject } from "../../sealing/encoding.ts";

const bytes = v.pipe(
  v.string(),
  v.transform((value) => fromB64u(value)),
);
const text = v.optional(v.string(), "");

const BUNDLE = v.object({
  v: v.literal(1),
  root: bytes,
  /** Ed25519 seed. */
  device: bytes,
  certificate: bytes,
  card: bytes,
  devices: bytes,
  practitioner: v.object({
    name: v.string(),
    profession: text,
    speciality: text,
    rpps: text,
    address: text,
    phone: text,
    email: text,
    place: text,
    languages: v.optional(v.array(v.string()), []),
    listed: v.optional(v.boolean(), false),
  }),
  rooms: v.array(
    v.object({
      room: bytes,
      /** X-Wing seed. */
      prekey: bytes,
      /** S of each link. */
      secrets: v.array(bytes),
      /** Unix seconds. */
      expires: v.number(),
      label: text,
    }),
  ),
});

export type Bundle = v.InferOutput<typeof BUNDLE>;

/** Refuses with a SealError (`bad_form`) or a ValiError what is no bundle. */
export const readBundle = (encoded: string): Bundle =>
  v.parse(BUNDLE, jsonObject(fromB64u(encoded)));
