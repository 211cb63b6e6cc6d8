/** OPEN: a client proves its keys for one room on one connection (docs/protocol.md, 2.3). */
import { concat, fields, u8 } from "../sealing/encoding.ts";
import type { Signer } from "../sealing/keys.ts";
import { Role } from "./frames.ts";

const NO_KEY = new Uint8Array(32);
const NO_SIGNATURE = new Uint8Array(64);

/**
 * The body of OPEN (241 bytes). `origin` as in `https://consult.example.org`; `join` is the link's
 * key, which makes its holder a guest; both nonces are 32 bytes, the server's from HELLO.
 */
export async function packOpen(given: {
  readonly origin: string;
  readonly room: Uint8Array;
  readonly signer: Signer;
  readonly join?: Signer;
  readonly serverNonce: Uint8Array;
  readonly clientNonce: Uint8Array;
}): Promise<Uint8Array> {
  const { origin, room, signer, join, serverNonce, clientNonce } = given;
  const role = u8(join ? Role.GUEST : Role.HOST);
  const keys = [signer.publicKey, join?.publicKey ?? NO_KEY];
  const signed = fields("aparte/1 open", origin, role, room, ...keys, serverNonce, clientNonce);
  const signatures = [await signer.sign(signed), (await join?.sign(signed)) ?? NO_SIGNATURE];
  return concat(role, room, ...keys, clientNonce, ...signatures);
}
