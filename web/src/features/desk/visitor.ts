/** One person at a room of the doctor's: at the door, or inside. */
import type { Member } from "../../protocol/frames.ts";
import type { HostIntro } from "../../sealing/handshake.ts";
import type { CallRecord, LiveCall } from "../consult/live.ts";

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

/** Those at a room, by guest key. */
export type Visitors = ReadonlyMap<string, Visitor>;

/** Who waits for an answer, as the desk shows them. */
export const waitingOf = (visitors: Visitors, consult: string) =>
  [...visitors.values()].flatMap(({ key, peer, intro, present, since, stranger }) => {
    if (!intro || peer === 0) return [];
    const { name, reason, lang } = intro.profile;
    return [{ key, peer, name, reason, lang, since, present, stranger, consult }];
  });

export const callsOf = (visitors: Visitors) =>
  [...visitors.values()].flatMap(({ peer, live }) =>
    live?.settled.value ? [{ peer, call: live }] : [],
  );
