/** Opens files that came to the practice: nobody types words. Large: imported late. */
import { ProtocolError } from "../../protocol/errors.ts";
import { SealError } from "../../sealing/errors.ts";
import { eraseLeftovers, type ReceivingNeeds } from "../files/receiving.ts";
import type { Found } from "../links/model.ts";
import { openWith } from "../links/opened.ts";
import { openOnce } from "../links/wire.ts";
import type { Problem } from "../problems.ts";
import { Api } from "../rooms/api.ts";
import type { Arrived } from "./model.ts";

const nothing = async (): Promise<void> => undefined;

/** Rejects as `openOnce` does, and refuses as `openWith` does. */
export async function openArrived(needs: ReceivingNeeds, { link, code }: Arrived): Promise<Found> {
  const { http, clock, random, address } = needs;
  const api = new Api({ http, clock, random, origin: address.origin });
  void eraseLeftovers(needs);
  const { bytes } = await openOnce(api, link, random(16));
  // The practice's own link may be opened so often that none of it needs to be kept.
  return await openWith(api, link, code, bytes, needs, { begun: nothing, erased: nothing });
}

/** What to say where it does not open; `again` is offered where that may help. */
export function problemOf(error: unknown, again: () => void): Problem | "forged" {
  if (error instanceof SealError) return "forged";
  if (!(error instanceof ProtocolError)) return { key: "offline", loud: false, retry: again };
  const over = ["used_up", "withdrawn", "expired"].includes(error.code);
  return { key: error.code === "not_found" ? "expired" : error.code, loud: over };
}
