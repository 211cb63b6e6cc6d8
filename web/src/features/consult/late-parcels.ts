/** Parcels whose code is fetched when the first of them is packed or opened. */
import type { ParcelNeeds, Parcels } from "./parcels.ts";

export function createParcels(needs: ParcelNeeds): Parcels {
  const late = async (): Promise<Parcels> => (await import("./sealed-parts.ts")).sealedParts(needs);
  return {
    sealPhoto: async (bytes) => (await late()).sealPhoto(bytes),
    openPhoto: async (message) => (await late()).openPhoto(message),
    sealDocument: async (...document) => (await late()).sealDocument(...document),
    openDocument: async (mail, mine) => (await late()).openDocument(mail, mine),
  };
}
