/** Takes a permit back that nobody has used: by using it up (Permits). Imported late. */
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u } from "../../sealing/encoding.ts";
import { EMPTY, hkdf } from "../../sealing/kdf.ts";
import { type Random, type Signer, seedSigner } from "../../sealing/keys.ts";
import { papersPlace, vouchersOf } from "../../sealing/permit.ts";
import type { Api } from "../rooms/api.ts";
import { deleteBlob, storeAsIs } from "../rooms/blobs.ts";
import type { PermitRecord } from "./record.ts";

interface Needs {
  readonly api: Api;
  readonly random: Random;
}

type Withdrawn = Pick<PermitRecord, "secret" | "owner" | "size" | "links">;

/** Where a voucher is spent that nobody is to use. */
const spentAt = ({ owner }: Withdrawn, number: number): Uint8Array =>
  hkdf(owner, EMPTY, `aparte/1 permit withdrawn ${number}`, 16);

/**
 * Spends all of it; false where somebody was first. Done again it gives the same, until `clear` was
 * called. Rejects as `Api.request` does.
 */
export async function spend({ api, random }: Needs, permit: Withdrawn): Promise<boolean> {
  const signer = seedSigner(permit.owner);
  for (const [number, { voucher }] of vouchersOf(permit).entries()) {
    const id = spentAt(permit, number);
    try {
      await storeAsIs({ api, random, signer, id, voucher }, Uint8Array.of(0));
    } catch (error) {
      const code = error instanceof ProtocolError ? error.code : "";
      if (code === "bad_voucher" && number === 0) return false;
      // By an earlier attempt of ours.
      if (code !== "bad_voucher" && code !== "already_exists") throw error;
    }
  }
  return true;
}

/** Frees the bytes, and takes the papers away. Rejects as `Api.request` does. */
export async function clear({ api }: Pick<Needs, "api">, permit: Withdrawn): Promise<void> {
  const owner = seedSigner(permit.owner);
  const spent = vouchersOf(permit).map((_, number) => spentAt(permit, number));
  for (const id of [...spent, papersPlace(permit).place]) await removed(api, owner, b64u(id));
}

/** Deletes a blob that may be gone. Rejects as `Api.request` does. */
export async function removed(api: Api, owner: Signer, blob: string): Promise<void> {
  await deleteBlob(api, owner, blob).catch((error: unknown) => {
    if (!(error instanceof ProtocolError && error.code === "not_found")) throw error;
  });
}
