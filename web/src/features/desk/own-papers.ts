/** The practitioner's papers as this device finds them at the server: is it theirs still? */
import { readCertificate } from "../../sealing/certificate.ts";
import { requireInForce } from "../../sealing/device-list.ts";
import { SealError } from "../../sealing/errors.ts";
import { fetchRecord, readKept } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import type { Credentials, DeskStore } from "./store.ts";

/**
 * Whether the practitioner's own list says that this device was revoked: the server's word for it
 * is not enough. Rejects and refuses as `fetchRecord` does.
 */
export async function isRevoked(
  api: Api,
  store: DeskStore,
  { identity, certificate }: Credentials,
): Promise<boolean> {
  const papers = await fetchRecord(api, identity, await store.papers());
  await store.savePapers(papers);
  try {
    requireInForce(readKept(identity, papers).devices, readCertificate(certificate));
    return false;
  } catch (error) {
    if (error instanceof SealError && error.code === "revoked") return true;
    throw error;
  }
}
