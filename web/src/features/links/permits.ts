/** Lets somebody send files, once, at the practice's expense (Permits). */
import {
  filesVoucher,
  LINK_BYTES,
  linkVoucher,
  makePermit,
  type Permit,
} from "../../sealing/permit.ts";
import { Shape } from "../../sealing/streamed.ts";
import type { Platform } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import { registerThese } from "../rooms/vouchers.ts";
import type { Sender } from "./making.ts";

interface Needs extends Pick<Platform, "clock" | "random" | "address"> {
  readonly api: Api;
}

/** How much may be sent, in bytes, and for how long what is sent is there. */
export interface Allowed {
  readonly bytes: number;
  readonly days: number;
}

/** The link to hand over. Rejects as `registerThese` does. */
export async function permitFor(
  { api, clock, random, address }: Needs,
  { device }: Pick<Sender, "device">,
  { bytes, days }: Allowed,
): Promise<string> {
  const until = Math.floor(clock.now() / 1000) + days * 24 * 3600;
  const permit: Permit = { secret: random(32), size: new Shape(bytes).blob, until };
  const vouchers = [
    { voucher: filesVoucher(permit), bytes: permit.size, expires: until },
    { voucher: linkVoucher(permit), bytes: LINK_BYTES, expires: until },
  ];
  await registerThese({ api, device }, vouchers);
  return makePermit(address.origin, permit);
}
