/** Requests about mailboxes (docs/protocol.md, 6). */
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u, jsonBytes, readU32, readU64 } from "../../sealing/encoding.ts";
import { seedSigner } from "../../sealing/keys.ts";
import type { Api } from "../rooms/api.ts";
import type { Address, MailboxKeys } from "./address.ts";

const target = (mailbox: Uint8Array): string => `/v1/mailboxes/${b64u(mailbox)}`;
const HEAD_BYTES = 12;

/**
 * Makes the mailbox, which its append key may write to; again changes nothing. `keep`: seconds that
 * its messages rest, where it is not what all have.
 */
export async function makeMailbox(
  api: Api,
  { id, owner, append }: Pick<MailboxKeys, "id" | "owner" | "append">,
  voucher: Uint8Array,
  keep?: number,
): Promise<void> {
  const body = jsonBytes({ append: [b64u(seedSigner(append).publicKey)] });
  const media = "application/json";
  const wanted = `${target(id)}?voucher=${b64u(voucher)}${keep ? `&keep=${keep}` : ""}`;
  await api.request({ method: "PUT", target: wanted, signer: owner, body, media });
}

/** Lets just these keys (public) append from now on. */
export async function allowAppend(
  api: Api,
  { id, owner }: Pick<MailboxKeys, "id" | "owner">,
  keys: readonly Uint8Array[],
): Promise<void> {
  const body = jsonBytes({ append: keys.map(b64u) });
  const media = "application/json";
  await api.request({ method: "PUT", target: target(id), signer: owner, body, media });
}

/** Resolves once the letter is on the server's disk. */
export async function append(
  api: Api,
  { mailbox, append: seed }: Pick<Address, "mailbox" | "append">,
  letter: Uint8Array,
): Promise<void> {
  const signer = seedSigner(seed);
  const media = "application/octet-stream";
  await api.request({ method: "POST", target: target(mailbox), signer, body: letter, media });
}

export interface Posted {
  readonly sequence: number;
  readonly letter: Uint8Array;
}

/** The next letters after a number; none where there is nothing later. */
export async function readAfter(
  api: Api,
  { id, owner }: Pick<MailboxKeys, "id" | "owner">,
  after: number,
): Promise<readonly Posted[]> {
  const wanted = `${target(id)}?after=${after}`;
  return split(await api.request({ method: "GET", target: wanted, signer: owner }), after);
}

/** Refuses with `internal` what is no list of messages, in order, after a number. */
function split(body: Uint8Array, after: number): readonly Posted[] {
  const found: Posted[] = [];
  let last = BigInt(after);
  for (let at = 0; at < body.length; ) {
    if (body.length - at < HEAD_BYTES) throw new ProtocolError("internal", "no list of messages");
    const [sequence, length] = [readU64(body, at), readU32(body, at + 8)];
    const end = at + HEAD_BYTES + length;
    const holds = sequence > last && sequence <= Number.MAX_SAFE_INTEGER && end <= body.length;
    if (!holds) throw new ProtocolError("internal", "no list of messages");
    found.push({ sequence: Number(sequence), letter: body.slice(at + HEAD_BYTES, end) });
    last = sequence;
    at = end;
  }
  return found;
}

export async function eraseThrough(
  api: Api,
  { id, owner }: Pick<MailboxKeys, "id" | "owner">,
  through: number,
): Promise<void> {
  const wanted = `${target(id)}?through=${through}`;
  await api.request({ method: "DELETE", target: wanted, signer: owner });
}

/** Erases the mailbox with all that is in it. */
export async function deleteMailbox(
  api: Api,
  { id, owner }: Pick<MailboxKeys, "id" | "owner">,
): Promise<void> {
  await api.request({ method: "DELETE", target: target(id), signer: owner });
}
