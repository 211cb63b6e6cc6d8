/** What a practitioner gives to somebody whom the server need not know (docs/protocol.md, 5). */
import { b64u } from "../../sealing/encoding.ts";
import { hash } from "../../sealing/kdf.ts";
import type { Random, Signer } from "../../sealing/keys.ts";
import type { Clock } from "../ports.ts";
import type { Api } from "./api.ts";

interface By {
  readonly api: Api;
  readonly random: Random;
  /** The practitioner's. */
  readonly device: Signer;
}

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
  { api, random, device }: By,
  sizes: readonly number[],
  expires: number,
): Promise<readonly Voucher[]> {
  const made = sizes.map((bytes) => ({ voucher: random(32), bytes }));
  await registerThese(
    { api, device },
    made.map((one) => ({ ...one, expires })),
  );
  return made;
}

/** Has these vouchers pay, all or none, each until it expires (Unix seconds). Rejects as `registerVouchers` does. */
export async function registerThese(
  { api, device }: Pick<By, "api" | "device">,
  made: readonly (Voucher & { readonly expires: number })[],
): Promise<void> {
  const asked = made.map(({ voucher, bytes, expires }) => ({
    hash: b64u(hash(voucher)),
    bytes,
    expires,
  }));
  await api.post("/v1/vouchers", device, { vouchers: asked });
}

/**
 * One for so many bytes, good for so many seconds from now. Rejects as `registerVouchers` does.
 */
export async function registerVoucher(
  { clock, ...by }: By & { readonly clock: Clock },
  bytes: number,
  seconds: number,
): Promise<Voucher> {
  const [made] = await registerVouchers(by, [bytes], Math.floor(clock.now() / 1000) + seconds);
  if (!made) throw new Error("a voucher is made for each size");
  return made;
}
