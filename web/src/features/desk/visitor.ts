/** One person at a room of the doctor's: at the door, or inside. */
import type { Member } from "../../protocol/frames.ts";
import type { HostAgreed, HostIntro } from "../../sealing/handshake.ts";
import type { HostProfile } from "../../sealing/profile.ts";
import type { CallRecord, LiveCall } from "../consult/live.ts";
import type { LooseLink } from "../consult/media/loose.ts";

export interface Prepared {
  readonly agreed: HostAgreed;
  readonly intro: HostIntro;
  /** What the accept states of the doctor. */
  readonly profile: HostProfile;
}

export interface Visitor {
  /** base64url of the guest key: what stays, whatever number the server gives. */
  readonly key: string;
  /** The server's number; 0 until it has told one on this connection. */
  readonly peer: number;
  readonly seat: number;
  readonly present: boolean;
  /** Another key owns the seat. */
  readonly stranger: boolean;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The knock that waits for an answer. */
  readonly intro: HostIntro | null;
  /** The picture prepared for it. */
  readonly picture: LooseLink | null;
  /** The accept made for it, so that admitting is a matter of storing and sending. */
  readonly prepared: Prepared | null;
  readonly live: LiveCall | null;
  /** What the running call began with. */
  readonly record: Omit<CallRecord, "session"> | null;
}

export const newVisitor = (key: string, since: number): Visitor => ({
  key,
  peer: 0,
  seat: 0,
  present: false,
  stranger: false,
  since,
  intro: null,
  picture: null,
  prepared: null,
  live: null,
  record: null,
});

export const seen = (visitor: Visitor, peer: number, member: Member): Visitor => ({
  ...visitor,
  peer,
  seat: member.seat,
  present: member.connected,
  stranger: member.seatTaken,
});
