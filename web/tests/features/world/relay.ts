/**
 * A room's relay in memory: states and frames of docs/protocol.md, section 2, without signatures,
 * limits and persistence, and with a switch for every trouble. The real one has its own tests.
 */
import type { Dial, Socket, SocketEvents } from "../../../src/features/ports.ts";
import { ERROR_NUMBERS, type ErrorCode } from "../../../src/protocol/errors.ts";
import { type Frame, packFrame, Type, unpackFrame } from "../../../src/protocol/frames.ts";
import { Kind } from "../../../src/protocol/watch.ts";
import { b64u, concat, readU64, same, u8, u64, utf8 } from "../../../src/sealing/encoding.ts";
import { hash } from "../../../src/sealing/kdf.ts";
import type { FakeCells } from "./cells.ts";
import { FakeMailboxes } from "./mailboxes.ts";

const NOTHING = new Uint8Array();

export interface Room {
  readonly identity: Uint8Array;
  readonly prekey: Uint8Array;
  readonly host: string;
  readonly seats: Uint8Array[];
  readonly owners: (string | null)[];
  readonly admitted: Set<string>;
  readonly members: Map<string, Member>;
  hostAt: Place | null;
  locked: boolean;
  ended: boolean;
  expires: number;
  last: number;
}

interface Member {
  readonly key: Uint8Array;
  readonly peer: number;
  readonly seat: number;
  at: Place | null;
  intro: Uint8Array | null;
  waiting: boolean;
  readonly kept: { readonly from: number; readonly body: Uint8Array }[];
}

interface Place {
  readonly line: Line;
  readonly channel: number;
}

interface Line {
  readonly events: SocketEvents;
  readonly places: Map<number, { readonly room: Room; readonly key: string | null }>;
}

type Tamper = (frame: Frame, to: "host" | "guest") => readonly Frame[];

export class FakeRelay {
  readonly rooms = new Map<string, Room>();
  readonly iceServers: RTCIceServer[] = [];
  /** Nobody gets through. */
  down = false;
  /** Frames vanish both ways, and no end says so. */
  silent = false;
  /** It cannot look into its database. */
  unable = false;
  readonly mailboxes = new FakeMailboxes();
  cells: FakeCells | undefined;
  tamper: Tamper = (frame) => [frame];
  /** Types of the frames that came from guests, in order. */
  readonly fromGuests: Type[] = [];
  #lines = new Set<Line>();

  readonly dial: Dial = (events) => {
    const line: Line = { events, places: new Map() };
    const socket: Socket = {
      send: (message) => {
        if (this.#lines.has(line) && !this.silent) this.#receive(line, unpackFrame(message));
      },
      close: () => this.#hangUp(line, 1000),
    };
    if (this.down) {
      queueMicrotask(() => events.closed(1006));
      return socket;
    }
    this.#lines.add(line);
    const hello = { type: Type.HELLO, channel: 0, peer: 0, body: new Uint8Array(32) };
    queueMicrotask(() => this.#deliver(line, hello));
    return socket;
  };

  addRoom(id: Uint8Array, host: Uint8Array, identity: Uint8Array, prekey: Uint8Array): Room {
    const room: Room = {
      identity,
      prekey,
      host: b64u(host),
      seats: [],
      owners: [],
      admitted: new Set(),
      members: new Map(),
      hostAt: null,
      locked: false,
      ended: false,
      expires: Date.UTC(2026, 2, 30) / 1000,
      last: 0,
    };
    this.rooms.set(b64u(id), room);
    return room;
  }

  /** As after `kill -9`: connections are gone, and all that was in memory. */
  restart(code = 1006): void {
    const lines = [...this.#lines];
    this.#lines.clear();
    for (const room of this.rooms.values()) {
      room.members.clear();
      room.hostAt = null;
      room.last = 0;
    }
    for (const { events } of lines) events.closed(code);
  }

  /** Something that is no frame goes to everybody. */
  garble(): void {
    for (const { events } of [...this.#lines]) events.message(Uint8Array.of(9, 9, 9));
  }

  /** Ends every connection; the server itself remembers. */
  cut(): void {
    for (const line of [...this.#lines]) this.#hangUp(line, 1006);
  }

  /** As the real one does to everybody on whose connection a revoked device hosts. */
  sendAway(code: ErrorCode): void {
    for (const line of [...this.#lines]) {
      if (![...line.places.values()].some(({ key }) => key === null)) continue;
      const body = Uint8Array.of(0, ERROR_NUMBERS[code], 0, 1);
      line.events.message(packFrame({ type: Type.ERROR, channel: 0, peer: 0, body }));
      this.#hangUp(line, 1008);
    }
  }

  #hangUp(line: Line, code: number): void {
    if (!this.#lines.delete(line)) return;
    for (const channel of [...line.places.keys()]) this.#away(line, channel);
    line.events.closed(code);
  }

  #away(line: Line, channel: number): void {
    const place = line.places.get(channel);
    line.places.delete(channel);
    if (!place) return;
    const { room, key } = place;
    if (key === null) {
      room.hostAt = null;
      for (const member of room.members.values()) this.#toGuest(member, Type.PRESENCE, u8(0));
      return;
    }
    const member = room.members.get(key);
    if (!member) return;
    member.at = null;
    this.#presence(room, member);
  }

  #send({ line, channel }: Place, type: Type, peer: number, body: Uint8Array): void {
    this.#deliver(line, { type, channel, peer, body });
  }

  #deliver(line: Line, frame: Frame): void {
    if (!this.silent && this.#lines.has(line)) line.events.message(packFrame(frame));
  }

  #toGuest(member: Member, type: Type, body: Uint8Array, peer = 0): void {
    if (!member.at) return;
    const { line, channel } = member.at;
    for (const frame of this.tamper({ type, channel, peer, body }, "guest")) {
      this.#deliver(line, frame);
    }
  }

  #toHost(room: Room, type: Type, peer: number, body: Uint8Array): void {
    if (!room.hostAt) return;
    const { line, channel } = room.hostAt;
    for (const frame of this.tamper({ type, channel, peer, body }, "host")) {
      this.#deliver(line, frame);
    }
  }

  #refuse(place: Place, code: ErrorCode, { type, peer }: Frame, fatal = false): void {
    const number = ERROR_NUMBERS[code];
    this.#send(place, Type.ERROR, peer, Uint8Array.of(0, number, type, fatal ? 1 : 0));
  }

  #state(room: Room, key: string): number {
    return room.admitted.has(key) ? 2 : room.members.get(key)?.waiting ? 1 : 0;
  }

  #member(room: Room, member: Member): Uint8Array {
    const key = b64u(member.key);
    const owner = room.owners[member.seat] ?? null;
    const taken = owner !== null && owner !== key ? 1 : 0;
    const flags = [member.seat, this.#state(room, key), member.at ? 1 : 0, taken];
    return concat(member.key, Uint8Array.from(flags));
  }

  #presence(room: Room, member: Member): void {
    const body = this.#member(room, member);
    this.#toHost(room, Type.PRESENCE, member.peer, body);
    if (!room.admitted.has(b64u(member.key))) return;
    for (const other of this.#beside(room, member)) {
      this.#toGuest(other, Type.PRESENCE, body, member.peer);
    }
  }

  /** The other admitted guests. */
  #beside(room: Room, member: Member): Member[] {
    const admitted = [...room.members].filter(([key]) => room.admitted.has(key));
    return admitted.map(([, other]) => other).filter((other) => other !== member);
  }

  /** An admitted guest is told of the others. */
  #tellOfOthers(room: Room, member: Member): void {
    if (!room.admitted.has(b64u(member.key))) return;
    for (const other of this.#beside(room, member)) {
      this.#toGuest(member, Type.PRESENCE, this.#member(room, other), other.peer);
    }
  }

  #receive(line: Line, frame: Frame): void {
    const { type, channel, body } = frame;
    if (type === Type.PING) this.#deliver(line, frame);
    else if (type === Type.OPEN) this.#open({ line, channel }, frame);
    else if (type === Type.WATCH) this.#watch({ line, channel }, frame);
    else {
      const place = line.places.get(channel);
      if (!place) return;
      if (type === Type.ICE) {
        const answer = utf8(JSON.stringify({ iceServers: this.iceServers, ttl: 3600 }));
        this.#send({ line, channel }, Type.ICE, 0, answer);
      } else if (type === Type.CLOSE) this.#away(line, channel);
      else if (place.key === null) this.#fromHost(place.room, { line, channel }, frame);
      else {
        const member = place.room.members.get(place.key);
        this.fromGuests.push(type);
        if (member) this.#fromGuest(place.room, member, place.key, { ...frame, body });
      }
    }
  }

  #watch(place: Place, frame: Frame): void {
    const { body } = frame;
    const known = Number(readU64(body, 49));
    this.#send(place, Type.WATCH, 0, NOTHING);
    const watchable = body[0] === Kind.CELL ? this.cells : this.mailboxes;
    const watched = watchable?.watch(
      b64u(body.slice(1, 17)),
      known,
      (latest) => this.#send(place, Type.CHANGED, 0, u64(latest)),
      () => this.#refuse(place, "not_found", frame, true),
    );
    if (!watched) this.#refuse(place, "not_found", frame, true);
  }

  #open(place: Place, frame: Frame): void {
    const { body } = frame;
    const [role, id] = [body[0], b64u(body.slice(1, 17))];
    const [key, join] = [body.slice(17, 49), body.slice(49, 81)];
    const room = this.rooms.get(id);
    if (this.unable) {
      this.#refuse(place, "storage_failed", frame, true);
      return;
    }
    if (!room) {
      this.#refuse(place, "not_found", frame, true);
      return;
    }
    if (room.ended) {
      this.#refuse(place, "room_ended", frame, true);
      return;
    }
    if (role === 0) this.#openHost(room, place, frame);
    else this.#openGuest(room, place, frame, key, join);
  }

  #openHost(room: Room, place: Place, frame: Frame): void {
    const before = room.hostAt;
    room.hostAt = place;
    before?.line.places.delete(before.channel);
    if (before) this.#refuse(before, "displaced", frame, true);
    place.line.places.set(place.channel, { room, key: null });
    this.#opened(room, place, 0, 3, 0);
    for (const member of room.members.values()) {
      if (member.waiting && member.intro) this.#showKnock(room, member);
      else this.#presence(room, member);
      this.#toGuest(member, Type.PRESENCE, u8(1));
    }
  }

  #openGuest(room: Room, place: Place, frame: Frame, key: Uint8Array, join: Uint8Array): void {
    const seat = room.seats.findIndex((one) => same(one, join));
    if (seat < 0) {
      this.#refuse(place, "not_found", frame, true);
      return;
    }
    const id = b64u(key);
    const fresh = { key, seat, at: null, intro: null, waiting: false, kept: [] };
    const member = room.members.get(id) ?? { ...fresh, peer: ++room.last };
    room.members.set(id, member);
    const before = member.at;
    member.at = place;
    before?.line.places.delete(before.channel);
    if (before) this.#refuse(before, "displaced", frame, true);
    place.line.places.set(place.channel, { room, key: id });
    const owner = room.owners[seat] ?? null;
    const taken = owner !== null && owner !== id;
    this.#opened(room, place, member.peer, this.#state(room, id), taken ? 2 : 0);
    this.#tellOfOthers(room, member);
    for (const kept of member.kept.splice(0))
      this.#toGuest(member, Type.RELAY, kept.body, kept.from);
    this.#presence(room, member);
  }

  #opened(room: Room, place: Place, peer: number, state: number, flags: number): void {
    const host = room.hostAt ? 1 : 0;
    const head = Uint8Array.of(state, flags | (room.locked ? 1 : 0), host);
    const body = concat(head, u64(room.expires), room.identity, room.prekey);
    this.#send(place, Type.OPENED, peer, body);
  }

  #showKnock(room: Room, member: Member): void {
    const body = concat(this.#member(room, member), member.intro ?? NOTHING);
    this.#toHost(room, Type.KNOCK, member.peer, body);
  }

  #fromGuest(room: Room, member: Member, key: string, { type, peer, body }: Frame): void {
    const admitted = room.admitted.has(key);
    if (type === Type.KNOCK) {
      member.intro = body;
      member.waiting = !admitted;
      this.#toGuest(member, Type.KNOCK, NOTHING);
      this.#showKnock(room, member);
    } else if (type === Type.RELAY && admitted && peer > 0) {
      const other = this.#beside(room, member).find((one) => one.peer === peer);
      if (other) this.#relay(other, member.peer, body);
    } else if (type === Type.RELAY && admitted) {
      this.#toHost(room, Type.RELAY, member.peer, body);
    } else if (type === Type.LEAVE) {
      this.#gone(room, member, key);
      this.#toHost(room, Type.LEAVE, member.peer, NOTHING);
    }
  }

  #relay(to: Member, from: number, body: Uint8Array): void {
    if (to.at) this.#toGuest(to, Type.RELAY, body, from);
    else to.kept.push({ from, body });
  }

  #gone(room: Room, member: Member, key: string): void {
    if (room.admitted.delete(key)) {
      for (const other of this.#beside(room, member)) {
        this.#toGuest(other, Type.LEAVE, NOTHING, member.peer);
      }
    }
    member.waiting = false;
    member.intro = null;
  }

  #fromHost(room: Room, place: Place, frame: Frame): void {
    const { type, peer, body } = frame;
    if (type === Type.END) {
      room.ended = true;
      for (const member of room.members.values()) this.#toGuest(member, Type.END, NOTHING);
      this.#toHost(room, Type.END, 0, NOTHING);
      return;
    }
    if (type === Type.SEAT || type === Type.LOCK) {
      if (type === Type.SEAT) {
        if (!room.seats.some((one) => same(one, body))) room.seats.push(body);
      } else room.locked = body[0] === 1;
      this.#toHost(room, type, 0, body);
      return;
    }
    const member = [...room.members.values()].find((one) => one.peer === peer);
    if (!member) {
      this.#refuse(place, "no_such_peer", frame);
      return;
    }
    this.#aboutGuest(room, place, member, frame);
  }

  #aboutGuest(room: Room, place: Place, member: Member, frame: Frame): void {
    const { type, peer, body } = frame;
    const key = b64u(member.key);
    if (type === Type.RELAY) {
      if (!room.admitted.has(key)) this.#refuse(place, "no_such_peer", frame);
      else this.#relay(member, 0, body);
    } else if (type === Type.ADMIT) this.#admit(room, place, member, frame);
    else if (type === Type.REFUSE || type === Type.SEND_BACK) {
      const back = type === Type.SEND_BACK;
      this.#gone(room, member, key);
      member.waiting = back;
      this.#toGuest(member, type, NOTHING);
      this.#toHost(room, type, peer, NOTHING);
    }
  }

  #admit(room: Room, place: Place, member: Member, frame: Frame): void {
    const { body, peer } = frame;
    const key = b64u(member.key);
    if (!member.intro || !same(hash(member.intro), body.slice(1, 33))) {
      this.#refuse(place, "stale_knock", frame);
      return;
    }
    const owner = room.owners[member.seat] ?? null;
    if (owner !== null && owner !== key && room.admitted.has(owner)) {
      if (body[0] !== 1) {
        this.#refuse(place, "seat_taken", frame);
        return;
      }
      room.admitted.delete(owner);
    }
    room.owners[member.seat] = key;
    room.admitted.add(key);
    member.waiting = false;
    this.#toGuest(member, Type.ADMIT, body.slice(33));
    this.#toHost(room, Type.ADMIT, peer, NOTHING);
    this.#tellOfOthers(room, member);
    for (const other of this.#beside(room, member)) {
      this.#toGuest(other, Type.PRESENCE, this.#member(room, member), member.peer);
    }
  }
}
