/** What a practice says of its new mailbox to somebody whose address it has (Mail). */
import * as v from "valibot";
import type { Certificate } from "./certificate.ts";
import { b64u, jsonBytes, same } from "./encoding.ts";
import { require } from "./errors.ts";
import { bytesOf, positive, readForm } from "./forms.ts";
import type { Signer } from "./keys.ts";
import { readObject, signObject } from "./signed.ts";
import { requireVersion } from "./version.ts";

const FORM = v.object({
  v: v.literal(1),
  for: bytesOf(16),
  since: positive,
  mailbox: bytesOf(16),
  append: bytesOf(32),
  seal: bytesOf(1216),
});

/** As in an `address` message; `since`, in Unix seconds, is when that mailbox was made. */
export interface PracticeAddress {
  readonly mailbox: Uint8Array;
  readonly append: Uint8Array;
  readonly seal: Uint8Array;
  readonly since: number;
}

/** The new address, and the device that says so: the reader checks that it is in force. */
export interface PracticeMoved {
  readonly address: PracticeAddress;
  readonly certificate: Certificate;
}

/**
 * The signed object of a `moved` mail; `reader` is the id of the mailbox that it is put into,
 * `certificate` (137 bytes) that of `device`.
 */
export async function signPracticeMoved(
  reader: Uint8Array,
  { mailbox, append, seal, since }: PracticeAddress,
  { device, certificate }: { readonly device: Signer; readonly certificate: Uint8Array },
): Promise<Uint8Array> {
  const address = { mailbox: b64u(mailbox), append: b64u(append), seal: b64u(seal) };
  const payload = jsonBytes({ v: 1, for: b64u(reader), since, ...address });
  return await signObject("practice moved", payload, device, certificate);
}

/**
 * Refuses as `readObject` does, with `bad_suite`, `bad_form`; with `wrong_recipient` what was said to
 * the owner of another mailbox.
 */
export function readPracticeMoved(raw: Uint8Array, reader: Uint8Array): PracticeMoved {
  const { payload, certificate } = readObject("practice moved", raw);
  requireVersion(payload);
  const { for: to, mailbox, append, seal, since } = readForm(FORM, payload, "bad_form");
  require(certificate !== undefined, "bad_form", "not by a device");
  require(same(to, reader), "wrong_recipient", "said to somebody else");
  return { address: { mailbox, append, seal, since }, certificate };
}
