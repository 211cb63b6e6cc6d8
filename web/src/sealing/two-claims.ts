/** Two acceptances of one cell: what shows that both were taken (Dispensing). */
import * as v from "valibot";
import { type Claimed, NOBODY, readClaimed } from "./cell.ts";
import { b64u, jsonBytes, same } from "./encoding.ts";
import { require } from "./errors.ts";
import { bytesOf, readForm, textOf, time } from "./forms.ts";
import { requireVersion } from "./version.ts";

const PROOF_BYTES = 4096;
const WHAT = "two claims";

const FORM = v.object({
  v: v.literal(1),
  what: v.literal(WHAT),
  origin: v.optional(textOf(200), ""),
  server: bytesOf(32),
  cell: bytesOf(16),
  key: bytesOf(32),
  seen: time,
  claims: v.pipe(v.array(bytesOf(200)), v.minLength(2), v.maxLength(2)),
});

/** Both *claimed* of one cell as they came, in the order in which they were seen. */
export interface TwoClaims {
  /** Where they were seen, and when the second came, as whoever kept this says. */
  readonly origin: string;
  readonly seen: string;
  /** What the server signs with, the cell's id and its claim key. */
  readonly server: Uint8Array;
  readonly cell: Uint8Array;
  readonly key: Uint8Array;
  readonly claims: readonly [Claimed, Claimed];
}

/** Whether two *claimed* of one cell are of two claims: an honest server shows one for good. */
export const differ = (one: Claimed, other: Claimed): boolean =>
  !same(one.claimant, other.claimant) || !same(one.receipt, other.receipt);

/** The file that is kept. Refuses as `readTwoClaims` does. */
export function writeTwoClaims(said: TwoClaims): Uint8Array {
  const { origin, server, cell, key, seen, claims } = said;
  const payload = jsonBytes({
    v: 1,
    what: WHAT,
    origin,
    server: b64u(server),
    cell: b64u(cell),
    key: b64u(key),
    seen,
    claims: claims.map(({ raw }) => b64u(raw)),
  });
  readTwoClaims(payload);
  return payload;
}

/**
 * Checks both signatures of both, and that they are of two claims. Refuses with `bad_suite`,
 * `bad_form`, `bad_key`, `bad_signature`, `too_long`.
 */
export function readTwoClaims(raw: Uint8Array): TwoClaims {
  require(raw.length <= PROOF_BYTES, "too_long");
  requireVersion(raw);
  const { origin, server, cell, key, seen, claims } = readForm(FORM, raw, "bad_form");
  const keys = { id: cell, owner: NOBODY, read: NOBODY, claim: key };
  const [first, second] = claims.map((one) => readClaimed(one, keys, server));
  const two = first !== undefined && second !== undefined && differ(first, second);
  require(two, "bad_form", "twice the same claim");
  return { origin, server, cell, key, seen, claims: [first, second] };
}
