/** Why something sealed was refused: one list for both languages (docs/sealed-formats.md, Codes). */
export const SEAL_CODES = [
  "bad_suite",
  "bad_form",
  "bad_link",
  "bad_key",
  "bad_signature",
  "wrong_host",
  "wrong_guest",
  "wrong_room",
  "cannot_open",
  "bad_commitment",
  "bad_mac",
  "stale_exchange",
  "unknown_exchange",
  "replayed",
  "bad_message",
  "bad_fingerprint",
  "mixed_recipients",
  "wrong_recipient",
  "wrong_statement",
  "altered",
  "too_long",
  "rolled_back",
  "forked",
  "wrong_registrar",
  "stale_status",
  "revoked",
] as const;

export type SealCode = (typeof SEAL_CODES)[number];

/**
 * What came, or what was asked for, is refused, and nothing has changed. The code is stable; the
 * detail is for developers and carries nothing of what was refused.
 */
export class SealError extends Error {
  override readonly name = "SealError";
  readonly code: SealCode;

  constructor(code: SealCode, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
  }
}

/** Refuses with `code` unless `holds`. */
export function require(holds: boolean, code: SealCode, detail = ""): asserts holds {
  if (!holds) throw new SealError(code, detail);
}
