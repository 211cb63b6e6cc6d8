/** The link that opens a consult: everything secret stands after the `#`. */
import { b64u, fields, fromB64u, same } from "./encoding.ts";
import { require } from "./errors.ts";
import { hash, hkdf } from "./kdf.ts";
import { type Signer, seedSigner } from "./keys.ts";

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const HASH_BYTES = 16;

export interface Link {
  readonly room: Uint8Array;
  /** S of the specification. */
  readonly secret: Uint8Array;
  readonly hash: Uint8Array;
}

/** What ties a link to its host: the identity key (32) and the room's prekey (1216), in 16 bytes. */
export const linkHash = (identity: Uint8Array, prekey: Uint8Array): Uint8Array =>
  hash(fields("aparte/1 link", identity, prekey)).slice(0, HASH_BYTES);

/** The whole address; `lang` goes into the query, in front of everything secret. */
export function makeLink(origin: string, link: Link, lang?: string): string {
  const fragment = ["1", b64u(link.room), b64u(link.secret), b64u(link.hash)].join(".");
  return `${origin}/c/${lang ? `?lang=${lang}` : ""}#${fragment}`;
}

/** Reads a fragment, without or with its `#`. Refuses with `bad_link`. */
export function parseLink(fragment: string): Link {
  const parts = fragment.replace(/^#/, "").split(".");
  const [version, room = "", secret = "", digest = ""] = parts;
  require(parts.length === 4 && version === "1", "bad_link");
  return {
    room: fromB64u(room, ID_BYTES, "bad_link"),
    secret: fromB64u(secret, SECRET_BYTES, "bad_link"),
    hash: fromB64u(digest, HASH_BYTES, "bad_link"),
  };
}

/** Refuses with `wrong_host` keys that are not those of who made the link. */
export function requireHost(link: Link, identity: Uint8Array, prekey: Uint8Array): void {
  require(same(linkHash(identity, prekey), link.hash), "wrong_host");
}

/** The key that proves possession of the link to the server, without telling S. */
export const joinKey = ({ room, secret }: Pick<Link, "room" | "secret">): Signer =>
  seedSigner(hkdf(secret, room, "aparte/1 join key"));
