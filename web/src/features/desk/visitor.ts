/** One person at a room of the doctor's: at the door, or inside. */
import { computed, signal } from "@preact/signals";
import type { Member } from "../../protocol/frames.ts";
import { fromB64u } from "../../sealing/encoding.ts";
import type { HostIntro } from "../../sealing/handshake.ts";
import type { RosterMember } from "../../sealing/roster.ts";
import type { Attendee } from "../consult/group.ts";
import type { CallRecord, LiveCall } from "../consult/live.ts";
import { inert } from "../inert.ts";

/** Characters (UTF-16) of a name in a roster. */
const NAME = 120;

export interface Visitor {
  /** base64url of the guest key: what stays, whatever number the server gives. */
  readonly key: string;
  /** The server's number; 0 until it has told one on this connection. */
  readonly peer: number;
  /** Of whom is inside: the seat whose link opened the intro. -1 until the server has told one. */
  readonly seat: number;
  readonly present: boolean;
  /** Another key owns the seat, as the server says. */
  readonly stranger: boolean;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The knock that waits for an answer. */
  readonly intro: HostIntro | null;
  /** It was answered: the person is shown at the door until the call can be drawn. */
  readonly admitted: boolean;
  readonly live: LiveCall | null;
  /** What the running call began with. */
  readonly record: Omit<CallRecord, "session"> | null;
}

export const newVisitor = (key: string, since: number): Visitor => ({
  key,
  peer: 0,
  seat: -1,
  present: false,
  stranger: false,
  since,
  intro: null,
  admitted: false,
  live: null,
  record: null,
});

export const seen = (visitor: Visitor, peer: number, member: Member): Visitor => ({
  ...visitor,
  peer,
  seat: visitor.live && visitor.seat >= 0 ? visitor.seat : member.seat,
  present: member.connected,
  stranger: member.seatTaken,
});

/** Those at a room, by guest key. */
export type Visitors = ReadonlyMap<string, Visitor>;

/**
 * Who waits for an answer, as the desk shows them. Somebody else with a link whose owner is inside
 * is shown as that, whatever the server says; and no name rewrites the sentence around it.
 */
export const waitingOf = (visitors: Visitors, consult: string) =>
  [...visitors.values()].flatMap(({ key, peer, seat, intro, present, since, ...said }) => {
    if (!intro || peer === 0 || (said.admitted && said.live?.settled.value)) return [];
    const inside = [...visitors.values()].filter((other) => other.live && other.key !== key);
    const stranger = said.stranger || inside.some((other) => other.seat === seat);
    const { lang } = intro.profile;
    const [name, reason] = [inert(intro.profile.name), inert(intro.profile.reason)];
    return [{ key, peer, name, reason, lang, since, present, stranger, consult }];
  });

export const callsOf = (visitors: Visitors) =>
  [...visitors.values()].flatMap(({ peer, key, live }) =>
    live?.settled.value ? [{ peer, key, call: live }] : [],
  );

/** The people of some calls, for what they see and say together. */
export const peopleOf = (calls: ReturnType<typeof callsOf>): readonly Attendee[] =>
  calls.map(({ key, call }) => ({
    key,
    name: computed(() => call.who.value.name),
    call: signal(call),
    passOn: call.passOn,
  }));

/** No character is cut in half. */
const shortened = (name: string): string => name.slice(0, NAME).replace(/\p{Cs}/gu, "");

/** Those inside, as a roster lists them. */
export const membersOf = (visitors: Visitors): readonly RosterMember[] =>
  [...visitors.values()].flatMap(({ key, live, record }) =>
    live && record ? [{ key: fromB64u(key), name: shortened(record.who.name) }] : [],
  );
