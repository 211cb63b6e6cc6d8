/** What people say of themselves in *intro* and *accept*: stated, never proven. */
import { jsonBytes, jsonObject } from "./encoding.ts";
import { require } from "./errors.ts";

const PROFILE_BYTES = 600;
const GUEST = { name: 120, reason: 200, lang: 16 } as const;
const HOST = { name: 120, profession: 120, rpps: 20 } as const;

type Form = Readonly<Record<string, number>>;
type Profile<F extends Form> = { readonly [K in keyof F]: string };

export type GuestProfile = Profile<typeof GUEST>;
export type HostProfile = Profile<typeof HOST>;

/** Members in order, each a text of at most so many UTF-16 units; one that is left out is empty. */
function members(value: object, form: Form): Record<string, string> {
  const given = value as Record<string, unknown>;
  const entries = Object.entries(form).map(([name, longest]): [string, string] => {
    const text = Object.hasOwn(given, name) ? given[name] : "";
    const fits = typeof text === "string" && text.length <= longest;
    require(fits, "bad_form", `${name} is not a text, or is too long`);
    return [name, text];
  });
  return Object.fromEntries(entries);
}

function write(profile: object, form: Form): Uint8Array {
  const bytes = jsonBytes(members(profile, form));
  require(bytes.length <= PROFILE_BYTES, "too_long");
  return bytes;
}

function read(bytes: Uint8Array, form: Form): Record<string, string> {
  require(bytes.length <= PROFILE_BYTES, "bad_form");
  return members(jsonObject(bytes), form);
}

export const writeGuestProfile = (profile: GuestProfile): Uint8Array => write(profile, GUEST);
export const writeHostProfile = (profile: HostProfile): Uint8Array => write(profile, HOST);

export const readGuestProfile = (bytes: Uint8Array): GuestProfile =>
  read(bytes, GUEST) as GuestProfile;
export const readHostProfile = (bytes: Uint8Array): HostProfile => read(bytes, HOST) as HostProfile;
