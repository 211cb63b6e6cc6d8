/** Reads a mailbox of one's own: told of by the server, in order, each message once. */
import { ProtocolError } from "../../protocol/errors.ts";
import { Kind } from "../../protocol/watch.ts";
import type { Clock } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomConnection } from "../rooms/connection.ts";
import type { MailboxKeys } from "./address.ts";
import { readAfter } from "./mailboxes.ts";

/** After an answer that did not come. */
const PAUSE = 10_000;

export interface ReaderNeeds {
  readonly api: Api;
  readonly clock: Clock;
  readonly rooms: RoomConnection;
  readonly keys: Pick<MailboxKeys, "id" | "owner">;
  /** The number of the last message that was taken. */
  readonly taken: number;
  /** Takes a message, and has stored what it wants of it when it resolves. */
  take(message: Uint8Array): Promise<void>;
  /** Everything up to this number was taken. */
  done(taken: number): Promise<void>;
  /** There is no such mailbox, or no longer. */
  gone?(): void;
}

export class Reader {
  readonly #needs: ReaderNeeds;
  #taken: number;
  #watch: { close(): void } | undefined;
  #reading: Promise<boolean> | undefined;
  #again = false;
  #cancel = (): void => undefined;
  #closed = false;

  constructor(needs: ReaderNeeds) {
    this.#needs = needs;
    this.#taken = needs.taken;
  }

  /** Watches from now on; what is there already is fetched when the watch begins. */
  start(): void {
    const { rooms, keys, gone } = this.#needs;
    this.#watch = rooms.watch(
      { kind: Kind.MAILBOX, id: keys.id, signer: keys.owner, known: () => this.#taken },
      {
        begun: () => void this.read(),
        changed: ({ latest }) => {
          if (latest > this.#taken) void this.read();
        },
        closed: (code) => {
          if (code === "not_found") gone?.();
        },
      },
    );
  }

  /** Takes everything that is there; true once it is, false where it cannot be fetched for now. */
  read(): Promise<boolean> {
    if (this.#reading) {
      this.#again = true;
      return this.#reading;
    }
    this.#cancel();
    this.#reading = this.#readAll().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    this.#watch?.close();
  }

  async #readAll(): Promise<boolean> {
    try {
      do {
        this.#again = false;
        while (!this.#closed && (await this.#fetch()));
      } while (this.#again && !this.#closed);
    } catch (error) {
      if (error instanceof ProtocolError && error.code === "not_found") return true;
      // To be asked for again: the watch says when the server is back.
      if (!this.#closed) this.#cancel = this.#needs.clock.after(PAUSE, () => void this.read());
      return false;
    }
    return !this.#closed;
  }

  /** False where nothing later is there. */
  async #fetch(): Promise<boolean> {
    const { api, keys, take, done } = this.#needs;
    const letters = await readAfter(api, keys, this.#taken);
    const last = letters.at(-1);
    if (!last) return false;
    for (const { letter } of letters) {
      // Whoever would have stored it is gone: it stays where it is.
      if (this.#closed) return false;
      await take(letter);
    }
    if (this.#closed) return false;
    this.#taken = last.sequence;
    await done(last.sequence);
    return true;
  }
}
