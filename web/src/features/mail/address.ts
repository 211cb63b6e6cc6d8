/** Where somebody can be written to: a mailbox, what may append to it, and whom letters are for. */
import type { Signer } from "../../sealing/keys.ts";

/** As it stands in an `address` message, and rests with what is kept of the other side. */
export interface Address {
  readonly mailbox: Uint8Array;
  /** Ed25519 seed of a key that may append. */
  readonly append: Uint8Array;
  /** X-Wing public key that letters are sealed to. */
  readonly seal: Uint8Array;
  /** Of a practice: when it made that mailbox, Unix seconds. */
  readonly since?: number | undefined;
  /** Of somebody who keeps documents: they can be written to there when the room is over. */
  readonly lasts?: true | undefined;
}

/** What a mailbox's owner keeps of it. */
export interface MailboxKeys {
  readonly id: Uint8Array;
  /** Reads and erases; cannot be read out where the browser can keep such a key. */
  readonly owner: Signer;
  /** Ed25519 seed, handed to those who may write. */
  readonly append: Uint8Array;
  /** X-Wing seed. */
  readonly seal: Uint8Array;
}
