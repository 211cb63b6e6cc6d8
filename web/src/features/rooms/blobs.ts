/** Sealed bytes on their way to the server and back (docs/protocol.md, 8). */
import { ProtocolError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { b64u, jsonObject } from "../../sealing/encoding.ts";
import type { SealedPart } from "../../sealing/forms.ts";
import type { Random, Signer } from "../../sealing/keys.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { padme } from "../../sealing/padme.ts";
import type { Api } from "./api.ts";

interface Store {
  readonly api: Api;
  readonly random: Random;
  /** Owns it from then on. */
  readonly signer: Signer;
  /** The room, or the voucher, that pays; without either the signer does. */
  readonly room?: Uint8Array;
  readonly voucher?: Uint8Array;
  /** 16 bytes; drawn where it is left out. */
  readonly id?: Uint8Array;
  /** The seed of who may read it; drawn where it is left out. */
  readonly read?: Uint8Array;
  /** How often it may be opened, of one that a voucher pays for. */
  readonly openings?: number;
}

/**
 * Stores bytes, padded, in pieces: after a loss it goes on where the server says. Gives where they
 * are. Rejects as `Api.request` does.
 */
export async function storeBlob(
  store: Store,
  bytes: Uint8Array,
): Promise<Pick<SealedPart, "blob" | "read" | "length">> {
  const padded = new Uint8Array(padme(bytes.length));
  padded.set(bytes);
  return { ...(await storeAsIs(store, padded)), length: bytes.length };
}

interface Place {
  readonly api: Api;
  /** Owns it. */
  readonly signer: Signer;
  /** 22 characters of base64url. */
  readonly blob: string;
  /** Of all of it, in bytes. */
  readonly length: number;
}

/** What one request stores, and its SHA-256 where that is known. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly digest?: Uint8Array;
}

/** Who may read a new blob (the public key), and who pays. */
interface Beginning {
  readonly read: Uint8Array;
  readonly room?: Uint8Array | undefined;
  readonly voucher?: Uint8Array | undefined;
  readonly openings?: number | undefined;
}

/**
 * Stores the piece that begins at `offset`; gives where the next one does. Rejects as `Api.request`
 * does, with `bad_offset` for another piece than the next.
 */
export async function putPiece(
  { api, signer, blob, length }: Place,
  offset: number,
  { bytes: body, digest }: Piece,
  { read, room, voucher, openings }: Beginning,
): Promise<number> {
  const query = new URLSearchParams({ length: `${length}`, offset: `${offset}` });
  if (offset === 0) query.set("read", b64u(read));
  if (offset === 0 && room) query.set("room", b64u(room));
  if (offset === 0 && voucher) query.set("voucher", b64u(voucher));
  if (offset === 0 && openings) query.set("openings", `${openings}`);
  const media = "application/octet-stream";
  const target = `/v1/blobs/${blob}?${query}`;
  const known = digest ? { digest } : {};
  const request = { method: "PUT", target, signer, body, media, ...known } as const;
  return offsetIn(await api.request(request), length);
}

/** Where the next piece begins. Rejects as `Api.request` does, with `not_found` where none was sent. */
export async function offsetOf({ api, signer, blob, length }: Place): Promise<number> {
  const target = `/v1/blobs/${blob}/upload`;
  return offsetIn(await api.request({ method: "GET", target, signer }), length);
}

/** The same, of bytes that have been padded within. */
export async function storeAsIs(
  { api, random, signer, room, voucher, openings, id = random(16), read = random(32) }: Store,
  padded: Uint8Array,
): Promise<Pick<SealedPart, "blob" | "read">> {
  const place = { api, signer, blob: b64u(id), length: padded.length };
  const beginning = { read: seedSigner(read).publicKey, room, voucher, openings };
  for (let offset = 0, first = true; first || offset < padded.length; first = false) {
    try {
      const bytes = padded.subarray(offset, offset + LIMITS.piece);
      offset = await putPiece(place, offset, { bytes }, beginning);
    } catch (error) {
      const elsewhere = error instanceof ProtocolError && error.code === "bad_offset";
      if (!elsewhere) throw error;
      offset = await offsetOf(place);
    }
  }
  return { blob: place.blob, read };
}

/** Where the next piece begins. Refuses with `internal` what is no answer to an upload. */
function offsetIn(answer: Uint8Array, length: number): number {
  const found = jsonObject(answer);
  const offset = "offset" in found ? found.offset : undefined;
  const holds = typeof offset === "number" && offset > 0 && offset <= length;
  if (!holds) throw new ProtocolError("internal", "no answer to an upload");
  return offset;
}

/** The bytes without what pads them, unchecked. Rejects as `Api.request` does. */
export const fetchBlob = (
  api: Api,
  { blob, read, length }: Pick<SealedPart, "blob" | "read" | "length">,
): Promise<Uint8Array> => {
  const signer = seedSigner(read);
  return api.request({ method: "GET", target: `/v1/blobs/${blob}`, signer, range: [0, length] });
};

export async function deleteBlob(api: Api, owner: Signer, blob: string): Promise<void> {
  await api.request({ method: "DELETE", target: `/v1/blobs/${blob}`, signer: owner });
}
