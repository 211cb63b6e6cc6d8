/** What is given between two screens once the code was typed (Adding a device, Helpers). */
import * as v from "valibot";
import { type AddingLink, labelOf, type Request, type Use } from "./adding.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import {
  b64u,
  concat,
  fields,
  fromB64u,
  jsonBytes,
  requireHead,
  SUITE,
  same,
  u8,
} from "./encoding.ts";
import { require } from "./errors.ts";
import { b64uOf, bytesOf, readForm, vouchersOf, wholeTextOf } from "./forms.ts";
import { EMPTY, hash, hkdf, hmacOf } from "./kdf.ts";
import { type Random, SIGNATURE_BYTES, type Signer, sign, verify } from "./keys.ts";
import { openLetter, sealLetter } from "./letter.ts";
import type { SecondDevice } from "./second.ts";
import { requireVersion } from "./version.ts";
import { type Encapsulate, encapsulate } from "./xwing.ts";

const KEPT_KIND = 17;
const KEPT_BYTES = 2 + 32;
/** A seed and a second certificate. */
const SECOND_BYTES = 32 + 7213;

const certificate = v.pipe(
  b64uOf(),
  v.transform((raw) => fromB64u(raw)),
);
const PERSON = v.object({ v: v.literal(1), t: v.literal("person"), vault: bytesOf(32) });
const PRACTITIONER = v.object({
  v: v.literal(1),
  t: v.literal("practitioner"),
  identity: bytesOf(32),
  certificate,
  secret: bytesOf(32),
  vault: bytesOf(32),
  second: v.exactOptional(bytesOf(SECOND_BYTES)),
});
const HELPER = v.object({
  v: v.literal(1),
  t: v.literal("helper"),
  secret: bytesOf(32),
  name: wholeTextOf(60),
  vouchers: v.optional(vouchersOf(4)),
});
const WAY = v.object({ v: v.literal(1), t: v.literal("way"), secret: bytesOf(32) });

/** What each kind of link may give. */
const FORMS = {
  add: v.variant("t", [PERSON, PRACTITIONER]),
  help: v.variant("t", [HELPER]),
  back: v.variant("t", [WAY]),
} as const satisfies Readonly<Record<Use, unknown>>;

/**
 * `secret` is what the ring holds for the new device; keys are 32 bytes. `second`, where the card names
 * a second key: what the device makes second signatures with, unchecked.
 */
export interface PractitionerGrant {
  readonly t: "practitioner";
  readonly certificate: Certificate;
  readonly secret: Uint8Array;
  readonly vault: Uint8Array;
  readonly second?: SecondDevice | undefined;
}

/**
 * What a helper keeps: a means' secret, 32 bytes, and the name of who asks. `vouchers` pay for the
 * way between the two screens on the day it is asked for.
 */
export type HelperGrant = Omit<v.InferOutput<typeof HELPER>, "v">;

/** What the other screen gets: a person's is the vault's key alone, a helper's the means' secret. */
export type Grant =
  | PractitionerGrant
  | { readonly t: "person"; readonly vault: Uint8Array }
  | HelperGrant
  | { readonly t: "way"; readonly secret: Uint8Array };

function writeGrant(grant: Grant): Uint8Array {
  const { t } = grant;
  if (t === "person") return jsonBytes({ v: 1, t, vault: b64u(grant.vault) });
  const secret = b64u(grant.secret);
  if (t === "way") return jsonBytes({ v: 1, t, secret });
  if (t === "helper") {
    const paid = grant.vouchers?.map(({ voucher, bytes, until }) => {
      return { voucher: b64u(voucher), bytes, until };
    });
    return jsonBytes({ v: 1, t, secret, name: grant.name, ...(paid ? { vouchers: paid } : {}) });
  }
  const [identity, vault] = [b64u(grant.certificate.identity), b64u(grant.vault)];
  const certified = b64u(grant.certificate.raw);
  const { second } = grant;
  const more = second ? { second: b64u(concat(second.seed, second.certificate)) } : {};
  return jsonBytes({ v: 1, t, identity, certificate: certified, secret, vault, ...more });
}

const contextOf = ({ use, raw }: Request): Uint8Array => fields(use, hash(raw));

/**
 * What is sent once the code was typed. Draws as `sealLetter`. Refuses with `bad_key`, and with
 * `bad_form` what is not for such a request.
 */
export async function makeGrant(
  adder: Signer,
  request: Request,
  grant: Grant,
  random: Random,
  kem: Encapsulate = encapsulate,
): Promise<Uint8Array> {
  const content = writeGrant(grant);
  readContent(request, content);
  const signature = await sign(adder, labelOf(request.use, "grant"), hash(request.raw), content);
  const message = concat(signature, content);
  return sealLetter([request.seal], contextOf(request), message, random, kem);
}

/**
 * `seed`: X-Wing, of the request's key. Refuses as `openLetter` does, and with `bad_signature`,
 * `bad_form`, `wrong_recipient`, `wrong_host`.
 */
export function readGrant(
  link: AddingLink,
  request: Request,
  seed: Uint8Array,
  raw: Uint8Array,
): Grant {
  const message = openLetter(seed, contextOf(request), raw);
  const content = message.slice(SIGNATURE_BYTES);
  const signature = message.subarray(0, SIGNATURE_BYTES);
  verify(link.adder, signature, labelOf(link.use, "grant"), hash(request.raw), content);
  return readContent(request, content);
}

function readContent({ use, device }: Request, content: Uint8Array): Grant {
  requireVersion(content);
  const { v: _, ...found } = readForm(FORMS[use], content, "bad_form");
  if (found.t !== "practitioner") return found;
  const certified = readCertificate(found.certificate);
  require(same(certified.device, device), "wrong_recipient");
  require(same(certified.identity, found.identity), "wrong_host");
  const { t, secret, vault, second } = found;
  const more = second
    ? { second: { seed: second.slice(0, 32), certificate: second.slice(32) } }
    : {};
  return { t, certificate: certified, secret, vault, ...more };
}

/** The helper's device has stored it: a means counts from here on. */
export const makeKept = (secret: Uint8Array, request: Request): Uint8Array =>
  concat(u8(SUITE), u8(KEPT_KIND), keptOf(secret, request));

/** Refuses with `bad_suite`, `bad_form`, or `bad_mac` where it is not by who has the secret. */
export function readKept(secret: Uint8Array, request: Request, raw: Uint8Array): void {
  requireHead(raw, KEPT_KIND, KEPT_BYTES);
  require(same(raw.subarray(2), keptOf(secret, request)), "bad_mac");
}

const keptOf = (secret: Uint8Array, { raw }: Request): Uint8Array =>
  hmacOf(hkdf(secret, EMPTY, "aparte/1 help kept"), hash(raw));
