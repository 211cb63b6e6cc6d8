/**
 * The bytes of docs/protocol.md, section 2: frames and their bodies. What is unpacked has the
 * documented lengths and ranges, or a ProtocolError names what is wrong with it.
 */
import { concat, readU32, readU64, u8, u32 } from "../sealing/encoding.ts";
import { codeOf, type ErrorCode, ProtocolError } from "./errors.ts";
import { LIMITS } from "./limits.ts";

const VERSION = 1;
const HEADER_BYTES = 10;

export const Type = {
  HELLO: 0x01,
  OPEN: 0x02,
  OPENED: 0x03,
  KNOCK: 0x04,
  ADMIT: 0x05,
  REFUSE: 0x06,
  RELAY: 0x07,
  LEAVE: 0x08,
  SEND_BACK: 0x09,
  LOCK: 0x0a,
  SEAT: 0x0b,
  END: 0x0c,
  PRESENCE: 0x0d,
  CLOSE: 0x0e,
  ICE: 0x0f,
  ERROR: 0x10,
  PING: 0x11,
  WATCH: 0x12,
  CHANGED: 0x13,
} as const;
export type Type = (typeof Type)[keyof typeof Type];

export const Role = { HOST: 0, GUEST: 1 } as const;
export type Role = (typeof Role)[keyof typeof Role];

/** What a key is in a room. */
export const State = { NEW: 0, WAITING: 1, ADMITTED: 2, HOST: 3 } as const;
export type State = (typeof State)[keyof typeof State];

export interface Frame {
  readonly type: Type;
  /** 0 speaks of the connection itself. */
  readonly channel: number;
  /** A member of the channel's room; the host is 0. */
  readonly peer: number;
  /** As its type says, unread. */
  readonly body: Uint8Array;
}

const TYPES = new Map<number, Type>(Object.values(Type).map((type) => [type, type]));
const STATES = new Map<number, State>(Object.values(State).map((state) => [state, state]));

function check(holds: boolean, code: ErrorCode = "bad_frame"): asserts holds {
  if (!holds) throw new ProtocolError(code);
}

/** A byte that stands for a boolean. */
function bool(byte: number | undefined): boolean {
  check(byte === 0 || byte === 1);
  return byte === 1;
}

/** Refuses with `frame_too_large`. */
export function packFrame({ type, channel, peer, body }: Frame): Uint8Array {
  check(HEADER_BYTES + body.length <= LIMITS.frame, "frame_too_large");
  return concat(u8(VERSION), u8(type), u32(channel), u32(peer), body);
}

/** Refuses with `frame_too_large`, `bad_frame` or `bad_version`. */
export function unpackFrame(bytes: Uint8Array): Frame {
  check(bytes.length <= LIMITS.frame, "frame_too_large");
  check(bytes.length >= HEADER_BYTES);
  check(bytes[0] === VERSION, "bad_version");
  const type = TYPES.get(bytes[1] ?? 0);
  check(type !== undefined);
  const [channel, peer] = [readU32(bytes, 2), readU32(bytes, 6)];
  return { type, channel, peer, body: bytes.slice(HEADER_BYTES) };
}

export interface Opened {
  readonly state: State;
  readonly locked: boolean;
  /** The seat belongs to another guest key. */
  readonly seatTaken: boolean;
  readonly hostConnected: boolean;
  /** Unix seconds. */
  readonly expires: number;
  readonly identity: Uint8Array;
  readonly prekey: Uint8Array;
}

export function unpackOpened(body: Uint8Array): Opened {
  check(body.length === 11 + 32 + 1216);
  const state = STATES.get(body[0] ?? 0xff);
  const flags = body[1] ?? 0xff;
  check(state !== undefined && flags <= 3);
  return {
    state,
    locked: (flags & 1) !== 0,
    seatTaken: (flags & 2) !== 0,
    hostConnected: bool(body[2]),
    expires: Number(readU64(body, 3)),
    identity: body.slice(11, 43),
    prekey: body.slice(43),
  };
}

/** A guest as the host sees it (PRESENCE, and the head of KNOCK). */
export interface Member {
  readonly key: Uint8Array;
  readonly seat: number;
  readonly state: State;
  readonly connected: boolean;
  readonly seatTaken: boolean;
}

const MEMBER_BYTES = 36;

export function unpackMember(body: Uint8Array): Member {
  check(body.length === MEMBER_BYTES);
  const [seat = 0, number = 0xff, connected, seatTaken] = body.subarray(32);
  const state = STATES.get(number);
  check(state !== undefined && state !== State.HOST);
  const key = body.slice(0, 32);
  return { key, seat, state, connected: bool(connected), seatTaken: bool(seatTaken) };
}

/** KNOCK as the host gets it. */
export function unpackKnock(body: Uint8Array): {
  readonly member: Member;
  readonly intro: Uint8Array;
} {
  const intro = body.slice(MEMBER_BYTES);
  check(intro.length > 0);
  check(intro.length <= LIMITS.intro, "frame_too_large");
  return { member: unpackMember(body.slice(0, MEMBER_BYTES)), intro };
}

/** ADMIT as the host sends it; `takeOver`: the seat is to change its owner. */
export const packAdmit = (
  takeOver: boolean,
  introHash: Uint8Array,
  accept: Uint8Array,
): Uint8Array => concat(u8(takeOver ? 1 : 0), introHash, accept);

/** LOCK, and PRESENCE about the host: one byte. */
export function unpackSwitch(body: Uint8Array): boolean {
  check(body.length === 1);
  return bool(body[0]);
}

export interface Refusal {
  /** `internal` for a code that only a newer server knows. */
  readonly code: ErrorCode;
  /** The number of the type answered, 0 where no frame was. */
  readonly type: number;
  /** The channel is closed, on channel 0 the connection. */
  readonly fatal: boolean;
}

export function unpackError(body: Uint8Array): Refusal {
  check(body.length === 4);
  const [high = 0, low = 0, type = 0, fatal] = body;
  return { code: codeOf((high << 8) | low) ?? "internal", type, fatal: bool(fatal) };
}
