/** The practitioner's papers as this device finds them at the server: is it theirs still, and who signs? */
import { readCertificate } from "../../sealing/certificate.ts";
import { requireInForce } from "../../sealing/device-list.ts";
import { SealError } from "../../sealing/errors.ts";
import type { Sender } from "../links/making.ts";
import { fetchRecord, readKept } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import type { Credentials } from "./device.ts";
import type { DeskStore } from "./store.ts";

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

/** Who signs what is handed over, with the papers of now. Rejects and refuses as `fetchRecord` does. */
export async function senderOf({
  api,
  store,
  credentials,
}: {
  readonly api: Api;
  readonly store: DeskStore;
  readonly credentials: Credentials;
}): Promise<Sender> {
  const papers = await fetchRecord(api, credentials.identity, await store.papers());
  await store.savePapers(papers);
  const { card } = readKept(credentials.identity, papers);
  const { name, profession, speciality, rpps } = (await store.practitioner()) ?? card;
  const { device, certificate } = credentials;
  const second = await credentials.second();
  return { device, certificate, second, papers, author: { name, profession, speciality, rpps } };
}
