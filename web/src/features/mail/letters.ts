/** Letters on their way: sealed to one address, opened from one's own mailbox. */
import { fields } from "../../sealing/encoding.ts";
import type { Random } from "../../sealing/keys.ts";
import { openLetter, sealLetter } from "../../sealing/letter.ts";
import type { Api } from "../rooms/api.ts";
import type { Address, MailboxKeys } from "./address.ts";
import { append } from "./mailboxes.ts";

/** A letter lies in one mailbox: a server that puts it into another is found out. */
const contextOf = (mailbox: Uint8Array): Uint8Array => fields("mailbox", mailbox);

/** Resolves once the server has it on its disk. Rejects as `Api.request` does. */
export async function post(
  { api, random }: { readonly api: Api; readonly random: Random },
  to: Address,
  content: Uint8Array,
): Promise<void> {
  const letter = sealLetter([to.seal], contextOf(to.mailbox), content, random);
  await append(api, to, letter);
}

/** What a letter in one's own mailbox holds. Refuses with a SealError. */
export const openOwn = ({ id, seal }: MailboxKeys, letter: Uint8Array): Uint8Array =>
  openLetter(seal, contextOf(id), letter);
