/** Every error that the wire and HTTP know: docs/protocol.md, section 4, is the same list. */
export const ERROR_NUMBERS = {
  bad_frame: 1,
  bad_version: 2,
  frame_too_large: 3,
  bad_channel: 4,
  not_allowed: 5,
  not_found: 6,
  room_ended: 7,
  room_expired: 8,
  room_locked: 9,
  room_full: 10,
  seat_taken: 11,
  stale_knock: 12,
  no_such_peer: 13,
  not_admitted: 14,
  knock_too_soon: 15,
  too_fast: 16,
  too_slow: 17,
  displaced: 18,
  too_many_channels: 19,
  too_many_connections: 20,
  bad_request: 21,
  bad_signature: 22,
  stale_nonce: 23,
  bad_digest: 24,
  not_enrolled: 25,
  bad_code: 26,
  idempotency_conflict: 27,
  already_exists: 28,
  blob_too_large: 29,
  quota_exceeded: 30,
  storage_failed: 31,
  timeout: 32,
  bad_origin: 33,
  internal: 34,
  bad_voucher: 35,
  stale_version: 36,
  already_claimed: 37,
  cell_closed: 38,
  bad_offset: 39,
  bad_range: 40,
  used_up: 41,
  withdrawn: 42,
  expired: 43,
} as const;

export type ErrorCode = keyof typeof ERROR_NUMBERS;

const NAMES = new Map<number, ErrorCode>(
  Object.entries(ERROR_NUMBERS).map(([name, number]) => [number, name as ErrorCode]),
);

/** The code of a number on the wire; undefined for one of a newer server. */
export const codeOf = (number: number): ErrorCode | undefined => NAMES.get(number);

/** Whether a text, as in an HTTP answer, is a code. */
export const isErrorCode = (name: unknown): name is ErrorCode =>
  typeof name === "string" && Object.hasOwn(ERROR_NUMBERS, name);

/** What came from the server is not what the protocol allows, or it refused with a code. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
  }
}
