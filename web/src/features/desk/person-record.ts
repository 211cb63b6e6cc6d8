/** What a practice remembers of somebody seen. */
import type { Paper } from "../consult/papers.ts";
import type { Address } from "../mail/address.ts";

/** Somebody who keeps documents, as the last consult with them left it. */
export interface PersonRecord {
  /** As they stated it at the door. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly seen: number;
  /** What envelopes name: a room, which may be over, and their guest key in it (base64url). */
  readonly room: Uint8Array;
  readonly guest: string;
  readonly address: Address;
  /** Which mailbox of the practice they know: its `since`. */
  readonly told: number;
  /** What was sent to them: what lies in their mailbox, or went through it. */
  readonly papers: readonly Paper[];
}
