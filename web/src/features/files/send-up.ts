/** Seals a part of any size while it goes up: one piece is sealed while another is on its way. */
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u } from "../../sealing/encoding.ts";
import { type Signer, seedSigner } from "../../sealing/keys.ts";
import { offsetOf, putPiece } from "../rooms/blobs.ts";
import type { Long } from "./jobs.ts";
import { Patience } from "./patience.ts";
import type { SealedSource } from "./sealed-source.ts";
import { SourceChanged } from "./source.ts";

export interface Going {
  /** The id of the blob, 16 bytes; who owns it; and the seed of who may read it. */
  readonly blob: Uint8Array;
  readonly owner: Signer;
  readonly read: Uint8Array;
  readonly voucher: Uint8Array;
}

/**
 * Sends what is not there yet. Rejects with SourceChanged, or as `Api.request` does with what no waiting
 * helps.
 */
export async function sendUp(
  { api, clock, told }: Long,
  { blob, owner, read, voucher }: Going,
  sealed: SealedSource,
): Promise<void> {
  const { shape } = sealed;
  const place = { api, signer: owner, blob: b64u(blob), length: shape.blob };
  const beginning = { read: seedSigner(read).publicKey, voucher };
  let offset = 0;
  const patience = new Patience(clock, (waiting) => {
    told({ done: Math.min(offset, shape.length), waiting });
  });
  for (;;) {
    try {
      offset = await offsetOf(place).catch(unlessNew);
      patience.renew();
      const pieces = sealed.pieces(offset);
      try {
        let { value: piece } = await pieces.next();
        while (piece) {
          const going = putPiece(place, offset, piece, beginning);
          // Without this a failure would be nobody's while the next piece is being sealed.
          going.catch(() => undefined);
          const next = await pieces.next();
          offset = await going;
          patience.renew();
          piece = next.value;
        }
        if (offset !== shape.blob) throw new SourceChanged("fewer pieces than were announced");
        return;
      } finally {
        await pieces.return();
      }
    } catch (error) {
      await patience.wait(error);
    }
  }
}

function unlessNew(error: unknown): number {
  if (error instanceof ProtocolError && error.code === "not_found") return 0;
  throw error;
}
