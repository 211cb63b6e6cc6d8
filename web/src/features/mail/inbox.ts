/**
 * A mailbox of one's own that is emptied. What is taken is stored before it is erased there, so that
 * no letter is lost between the two; one that comes twice is the reader's to know again.
 */
import { SealError } from "../../sealing/errors.ts";
import { type Mail, readMail } from "../../sealing/mail.ts";
import type { MailboxKeys } from "./address.ts";
import { openOwn } from "./letters.ts";
import { eraseThrough } from "./mailboxes.ts";
import { Reader, type ReaderNeeds } from "./reader.ts";

export interface InboxNeeds extends Pick<ReaderNeeds, "api" | "clock" | "rooms" | "taken"> {
  readonly keys: MailboxKeys;
  /** Takes what a letter held, and has stored it when it resolves. */
  take(mail: Mail, content: Uint8Array): Promise<void>;
  /** Remembers how far the mailbox was emptied. */
  save(taken: number): Promise<void>;
}

export class Inbox {
  readonly #reader: Reader;

  constructor({ take, save, ...needs }: InboxNeeds) {
    const { api, keys } = needs;
    this.#reader = new Reader({
      ...needs,
      take: (letter) => open(keys, letter, take),
      done: async (taken) => {
        await save(taken);
        // Where this is lost they are erased with the next ones.
        await eraseThrough(api, keys, taken).catch(() => undefined);
      },
    });
  }

  /** Watches from now on; what is there already is fetched when the watch begins. */
  start(): void {
    this.#reader.start();
  }

  /** Takes everything that is there; true once it is, false where it cannot be fetched for now. */
  empty(): Promise<boolean> {
    return this.#reader.read();
  }

  close(): void {
    this.#reader.close();
  }
}

/** One that does not open, or says nothing that we know, is dropped: anybody may write. */
async function open(
  keys: MailboxKeys,
  letter: Uint8Array,
  take: InboxNeeds["take"],
): Promise<void> {
  let content: Uint8Array;
  let mail: Mail | undefined;
  try {
    content = openOwn(keys, letter);
    mail = readMail(content);
  } catch (error) {
    if (error instanceof SealError) return;
    throw error;
  }
  if (mail) await take(mail, content);
}
