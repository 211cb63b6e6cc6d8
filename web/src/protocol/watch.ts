/** WATCH and CHANGED: what is new in a mailbox or a cell (docs/protocol.md, 2.6). */
import { concat, fields, readU64, u8, u64 } from "../sealing/encoding.ts";
import type { Signer } from "../sealing/keys.ts";
import { ProtocolError } from "./errors.ts";

/** What can be watched. */
export const Kind = { MAILBOX: 1, CELL: 2 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/**
 * The body of WATCH (153 bytes). `id` is 16 bytes, `known` the last sequence number or version that
 * the client has; both nonces are 32 bytes, the server's from HELLO.
 */
export async function packWatch(given: {
  readonly origin: string;
  readonly kind: Kind;
  readonly id: Uint8Array;
  readonly signer: Signer;
  readonly known: number;
  readonly serverNonce: Uint8Array;
  readonly clientNonce: Uint8Array;
}): Promise<Uint8Array> {
  const { origin, kind, id, signer, known, serverNonce, clientNonce } = given;
  const key = signer.publicKey;
  const signed = fields("aparte/1 watch", origin, u8(kind), id, key, serverNonce, clientNonce);
  const signature = await signer.sign(signed);
  return concat(u8(kind), id, key, u64(known), clientNonce, signature);
}

export interface Changed {
  /** The newest sequence number or version. */
  readonly latest: number;
  /** Of a mailbox: the message with that number, where it is the only new one. */
  readonly message: Uint8Array | null;
}

/** Refuses with `bad_frame`. */
export function unpackChanged(body: Uint8Array): Changed {
  if (body.length < 8) throw new ProtocolError("bad_frame");
  const latest = readU64(body, 0);
  if (latest > Number.MAX_SAFE_INTEGER) throw new ProtocolError("bad_frame");
  return { latest: Number(latest), message: body.length > 8 ? body.slice(8) : null };
}
