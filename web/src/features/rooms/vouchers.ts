/** What a practitioner gives to somebody whom the server need not know (docs/protocol.md, 5). */
import { b64u } from "../../sealing/encoding.ts";
import { hash } from "../../sealing/kdf.ts";
import type { Random, Signer } from "../../sealing/keys.ts";
import type { Api } from "./api.ts";

/** 32 bytes, registered, and how many bytes it pays for. */
export interface Voucher {
  readonly voucher: Uint8Array;
  readonly bytes: number;
}

/**
 * Makes and registers a voucher for each size, at most 64, good until `expires` (Unix seconds).
 * Rejects as `Api.request` does, with `quota_exceeded` where the practitioner has handed out enough.
 */
export async function registerVouchers(
  { api, random, device }: { readonly api: Api; readonly random: Random; readonly device: Signer },
  sizes: readonly number[],
  expires: number,
): Promise<readonly Voucher[]> {
  const made = sizes.map((bytes) => ({ voucher: random(32), bytes }));
  const asked = made.map(({ voucher, bytes }) => ({ hash: b64u(hash(voucher)), bytes, expires }));
  await api.post("/v1/vouchers", device, { vouchers: asked });
  return made;
}
