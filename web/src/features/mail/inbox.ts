/**
 * A mailbox of one's own: told of by the server, emptied in order. What is taken is stored before it
 * is erased there, so that no letter is lost between the two; one that comes twice is the reader's
 * to know again.
 */
import { ProtocolError } from "../../protocol/errors.ts";
import { Kind } from "../../protocol/watch.ts";
import { SealError } from "../../sealing/errors.ts";
import { type Mail, readMail } from "../../sealing/mail.ts";
import type { Clock } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomConnection } from "../rooms/connection.ts";
import type { MailboxKeys } from "./address.ts";
import { openOwn } from "./letters.ts";
import { eraseThrough, readAfter } from "./mailboxes.ts";

/** After an answer that did not come. */
const PAUSE = 10_000;

export interface InboxNeeds {
  readonly api: Api;
  readonly clock: Clock;
  readonly rooms: RoomConnection;
  readonly keys: MailboxKeys;
  /** The number of the last letter that was taken. */
  readonly taken: number;
  /** Takes what a letter held, and has stored it when it resolves. */
  take(mail: Mail, content: Uint8Array): Promise<void>;
  /** Remembers how far the mailbox was emptied. */
  save(taken: number): Promise<void>;
}

export class Inbox {
  readonly #needs: InboxNeeds;
  #taken: number;
  #watch: { close(): void } | undefined;
  #emptying: Promise<boolean> | undefined;
  #again = false;
  #cancel = (): void => undefined;
  #closed = false;

  constructor(needs: InboxNeeds) {
    this.#needs = needs;
    this.#taken = needs.taken;
  }

  /** Watches from now on; what is there already is fetched when the watch begins. */
  start(): void {
    const { rooms, keys } = this.#needs;
    this.#watch = rooms.watch(
      { kind: Kind.MAILBOX, id: keys.id, signer: keys.owner, known: () => this.#taken },
      {
        begun: () => void this.empty(),
        changed: ({ latest }) => {
          if (latest > this.#taken) void this.empty();
        },
        closed: () => undefined,
      },
    );
  }

  /** Takes everything that is there; true once it is, false where it cannot be fetched for now. */
  empty(): Promise<boolean> {
    if (this.#emptying) {
      this.#again = true;
      return this.#emptying;
    }
    this.#cancel();
    this.#emptying = this.#fetchAll().finally(() => {
      this.#emptying = undefined;
    });
    return this.#emptying;
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    this.#watch?.close();
  }

  async #fetchAll(): Promise<boolean> {
    try {
      do {
        this.#again = false;
        while (!this.#closed && (await this.#fetch()));
      } while (this.#again && !this.#closed);
    } catch (error) {
      if (error instanceof ProtocolError && error.code === "not_found") return true;
      // To be asked for again: the watch says when the server is back.
      if (!this.#closed) this.#cancel = this.#needs.clock.after(PAUSE, () => void this.empty());
      return false;
    }
    return !this.#closed;
  }

  /** False where nothing later is there. */
  async #fetch(): Promise<boolean> {
    const { api, keys, save } = this.#needs;
    const letters = await readAfter(api, keys, this.#taken);
    const last = letters.at(-1);
    if (!last) return false;
    for (const { letter } of letters) {
      // Whoever would have stored it is gone: it stays where it is.
      if (this.#closed) return false;
      await this.#take(letter);
    }
    if (this.#closed) return false;
    this.#taken = last.sequence;
    await save(last.sequence);
    // Where this is lost they are erased with the next ones.
    await eraseThrough(api, keys, last.sequence).catch(() => undefined);
    return true;
  }

  /** One that does not open, or says nothing that we know, is dropped: anybody may write. */
  async #take(letter: Uint8Array): Promise<void> {
    let content: Uint8Array;
    let mail: Mail | undefined;
    try {
      content = openOwn(this.#needs.keys, letter);
      mail = readMail(content);
    } catch (error) {
      if (error instanceof SealError) return;
      throw error;
    }
    if (mail) await this.#needs.take(mail, content);
  }
}
