/** What a practice gives to a guest who keeps documents: it pays, and is not told for what. */
import { timeOf } from "../consult/conversation.ts";
import type { Paid } from "../consult/paid.ts";
import type { Platform } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import { registerVouchers } from "../rooms/vouchers.ts";
import type { Credentials } from "./store.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** Three years: what is made with a voucher ends with it. */
const LASTS = 3 * 365 * 24 * 3600;

/** A mailbox, pages and heads, and documents that are there already or are brought along. */
export const SUPPLY: readonly number[] = [
  MIB,
  ...Array<number>(12).fill(64 * KIB),
  ...Array<number>(4).fill(MIB),
];

interface SupplyNeeds {
  readonly platform: Platform;
  readonly api: Api;
  readonly credentials: Credentials;
}

/** Rejects as `registerVouchers` does. */
export async function supplyOf(
  { platform, api, credentials }: SupplyNeeds,
  sizes: readonly number[],
): Promise<readonly Paid[]> {
  const { random, clock } = platform;
  const expires = Math.floor(clock.now() / 1000) + LASTS;
  const by = { api, random, device: credentials.device };
  const made = await registerVouchers(by, sizes, expires);
  return made.map((one) => ({ ...one, until: timeOf(expires * 1000) }));
}
