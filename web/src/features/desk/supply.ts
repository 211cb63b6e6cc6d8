/** What a practice gives to a guest who keeps documents: it pays, and is not told for what. */
import { b64u } from "../../sealing/encoding.ts";
import { padme } from "../../sealing/padme.ts";
import { timeOf } from "../consult/conversation.ts";
import type { Platform } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import { registerVouchers } from "../rooms/vouchers.ts";
import type { Credentials } from "./device.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** A page of a vault, and what stands in a kept document beside its parts. */
const PAGE = 64 * KIB;
/** Three years: what is made with a voucher ends with it. */
const LASTS = 3 * 365 * 24 * 3600;

/** A mailbox, pages and heads, and documents that are there already or are brought along. */
const SUPPLY: readonly number[] = [
  MIB,
  ...Array<number>(28).fill(PAGE),
  ...Array<number>(4).fill(MIB),
];

interface SupplyNeeds {
  readonly platform: Platform;
  readonly api: Api;
  readonly credentials: Credentials;
}

/** As they stand in messages and mails. Rejects as `registerVouchers` does. */
async function vouchersFor({ platform, api, credentials }: SupplyNeeds, sizes: readonly number[]) {
  const { random, clock } = platform;
  const expires = Math.floor(clock.now() / 1000) + LASTS;
  const by = { api, random, device: credentials.device };
  const made = await registerVouchers(by, sizes, expires);
  const until = timeOf(expires * 1000);
  return made.map(({ voucher, bytes }) => ({ voucher: b64u(voucher), bytes, until }));
}

/** What begins it all. Rejects as `registerVouchers` does. */
export const supplyOf = async (needs: SupplyNeeds) =>
  ({ t: "supply", vouchers: await vouchersFor(needs, SUPPLY) }) as const;

/**
 * What comes with a document whose parts have so many bytes: for what holds it, and for a page. A
 * document without is worth more than none.
 */
export async function supplyWith(needs: SupplyNeeds, bytes: number) {
  const sizes = [padme(bytes + PAGE), PAGE];
  const vouchers = await vouchersFor(needs, sizes).catch(() => undefined);
  return vouchers ? { vouchers } : {};
}
