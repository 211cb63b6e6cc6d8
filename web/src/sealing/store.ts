/**
 * What a side remembers, as bytes for a vault to wrap: JSON with byte strings inside. This form
 * never leaves the device, and comes back authenticated, so reading it checks nothing.
 */
import { b64u, fromB64u, jsonObject, utf8 } from "./encoding.ts";

const BYTES = "b64u";

export function toBytes(value: object): Uint8Array {
  const json = JSON.stringify(value, (_key, member: unknown) =>
    member instanceof Uint8Array ? { [BYTES]: b64u(member) } : member,
  );
  return utf8(json);
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === BYTES) return fromB64u(String(only[1]));
  return Object.fromEntries(entries.map(([key, member]) => [key, revive(member)]));
}

/** What `toBytes` was given. */
export const fromBytes = <T extends object>(bytes: Uint8Array): T => revive(jsonObject(bytes)) as T;
