/** Who is in a consult of more than two, as its host signs it (Rosters). */
import * as v from "valibot";
import { b64u, jsonBytes, same } from "./encoding.ts";
import { require } from "./errors.ts";
import { bytesOf, positive, readForm, wholeTextOf } from "./forms.ts";
import { requireKey, type Signer } from "./keys.ts";
import { readObject, signObject } from "./signed.ts";
import { requireVersion } from "./version.ts";

const FORM = v.object({
  v: v.literal(1),
  room: bytesOf(16),
  version: positive,
  members: v.pipe(
    v.array(v.object({ key: bytesOf(32), name: v.optional(wholeTextOf(120), "") })),
    v.minLength(1),
    v.maxLength(3),
  ),
});

/** The admitted guests of a room; `version` goes up with every roster of the room. */
export type Roster = Omit<v.InferOutput<typeof FORM>, "v">;
/** A guest key, and the name that it stated to the host. */
export type RosterMember = Roster["members"][number];

/** Refuses with `wrong_guest` a key that is no member's. */
export function requireMember({ members }: Pick<Roster, "members">, key: Uint8Array): void {
  const found = members.some((member) => same(member.key, key));
  require(found, "wrong_guest");
}

/** Refuses with `bad_suite`, `bad_form`, `bad_key`. */
function readPayload(payload: Uint8Array): Roster {
  requireVersion(payload);
  const { v: _version, ...roster } = readForm(FORM, payload, "bad_form");
  const keys = roster.members.map(({ key }) => key);
  for (const key of keys) requireKey(key);
  const twice = new Set(keys.map(b64u)).size < keys.length;
  require(!twice, "bad_form");
  return roster;
}

/** The host's signed object. Refuses with `bad_form` or `bad_key`. */
export async function signRoster(
  { room, version, members }: Roster,
  device: Signer,
  certificate: Uint8Array,
): Promise<Uint8Array> {
  const listed = members.map(({ key, name }) => ({ key: b64u(key), name }));
  const payload = jsonBytes({ v: 1, room: b64u(room), version, members: listed });
  readPayload(payload);
  return await signObject("roster", payload, device, certificate);
}

/**
 * Checks a roster as one of its members does; `last` is the version taken before, or 0. Refuses
 * with what `readObject` does, `bad_form`, `bad_key`, `wrong_host` (another identity than the
 * link's), `wrong_room`, `replayed` (not newer), `wrong_guest` (the reader is no member).
 */
export function readRoster(
  raw: Uint8Array,
  reader: {
    readonly identity: Uint8Array;
    readonly room: Uint8Array;
    readonly guest: Uint8Array;
    readonly last: number;
  },
): Roster {
  const { certificate, author, payload } = readObject("roster", raw);
  require(!!certificate && same(author, reader.identity), "wrong_host");
  const roster = readPayload(payload);
  require(same(roster.room, reader.room), "wrong_room");
  require(roster.version > reader.last, "replayed");
  requireMember(roster, reader.guest);
  return roster;
}
