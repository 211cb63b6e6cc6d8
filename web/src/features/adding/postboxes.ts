/** The two mailboxes between the two screens: everything about them follows from the link. */
import {
  type AddingLink,
  addingAppend,
  addingOwner,
  addingPlace,
  type Direction,
} from "../../sealing/adding.ts";
import type { MailboxKeys } from "../mail/address.ts";
import { append, deleteMailbox, makeMailbox } from "../mail/mailboxes.ts";
import { Reader } from "../mail/reader.ts";
import type { Clock } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomConnection } from "../rooms/connection.ts";

export interface PostboxNeeds {
  readonly api: Api;
  readonly clock: Clock;
  readonly rooms: RoomConnection;
}

/** Where a person waits before the other screen, and what passes between them. */
export class Postbox {
  readonly #needs: PostboxNeeds;
  readonly #keys: MailboxKeys;
  #reader: Reader | undefined;

  constructor(needs: PostboxNeeds, link: AddingLink, direction: Direction) {
    this.#needs = needs;
    // What lies in it is no letter: nothing is sealed to the mailbox itself.
    this.#keys = {
      id: addingPlace(link, direction),
      owner: addingOwner(link, direction),
      append: addingAppend(link, direction),
      seal: new Uint8Array(),
    };
  }

  /** Again changes nothing. Rejects as `Api.request` does, like all of these. */
  make(voucher: Uint8Array): Promise<void> {
    return makeMailbox(this.#needs.api, this.#keys, voucher);
  }

  /** Resolves once it is on the server's disk. */
  drop(message: Uint8Array): Promise<void> {
    const { id: mailbox, append: seed } = this.#keys;
    return append(this.#needs.api, { mailbox, append: seed }, message);
  }

  delete(): Promise<void> {
    return deleteMailbox(this.#needs.api, this.#keys);
  }

  /** Tells of each message in order, until it is closed or gone. Nothing of it is erased. */
  listen(take: (message: Uint8Array) => Promise<void>, gone: () => void): void {
    const done = async (): Promise<void> => undefined;
    this.#reader = new Reader({ ...this.#needs, keys: this.#keys, taken: 0, take, done, gone });
    this.#reader.start();
  }

  close(): void {
    this.#reader?.close();
  }
}
