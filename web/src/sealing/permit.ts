/** A permit to send files, which a practice gives to somebody (Permits). */
import { b64u, concat, fields, fromB64u, readU64, u8, u64 } from "./encoding.ts";
import { require } from "./errors.ts";
import { EMPTY, hash, hkdf } from "./kdf.ts";

const SECRET_BYTES = 32;
const NUMBER_BYTES = 17;
const PRACTICE_BYTES = 16;
const LENGTH = SECRET_BYTES + NUMBER_BYTES + PRACTICE_BYTES;
/** What a voucher of a link pays for: the blob that the link opens. */
export const LINK_BYTES = 256 * 1024;
/** And the one of the practice's papers. */
export const PAPERS_BYTES = 64 * 1024;
export const MOST_PERMIT_LINKS = 8;

/** Pays for files of `size` bytes, as they are stored, and `links` to them, until `until` (Unix seconds). */
export interface Permit {
  readonly secret: Uint8Array;
  readonly size: number;
  readonly until: number;
  readonly links: number;
  /**
   * Whose papers lie there, as `practiceOf` gives it; null where none do, and what is sent goes to
   * nobody by itself.
   */
  readonly practice: Uint8Array | null;
}

type Secret = Pick<Permit, "secret">;

/** By which a permit names whose it is: 16 bytes. */
export const practiceOf = (identity: Uint8Array): Uint8Array =>
  hash(fields("aparte/1 permit of", identity)).slice(0, PRACTICE_BYTES);

export const makePermit = (origin: string, permit: Permit): string => {
  const { secret, size, until, links } = permit;
  const practice = permit.practice ?? new Uint8Array(PRACTICE_BYTES);
  return `${origin}/send/#1.${b64u(concat(secret, u64(size), u64(until), u8(links), practice))}`;
};

/** Reads a fragment without its `#`. Refuses with `bad_link`. */
export function parsePermit(fragment: string): Permit {
  const found = /^1\.([\w-]+)$/.exec(fragment)?.[1];
  require(found !== undefined, "bad_link");
  const raw = fromB64u(found, LENGTH, "bad_link");
  const [size, until] = [0, 8].map((at) => Number(readU64(raw, SECRET_BYTES + at)));
  const links = raw[SECRET_BYTES + 16] ?? 0;
  const whole = (number = 0): boolean => number > 0 && Number.isSafeInteger(number);
  require(whole(size) && whole(until), "bad_link");
  require(links > 0 && links <= MOST_PERMIT_LINKS, "bad_link");
  const practice = raw.slice(-PRACTICE_BYTES);
  return {
    secret: raw.slice(0, SECRET_BYTES),
    size: size ?? 0,
    until: until ?? 0,
    links,
    practice: practice.some((byte) => byte !== 0) ? practice : null,
  };
}

const voucher = ({ secret }: Secret, number: number): Uint8Array =>
  hkdf(secret, EMPTY, fields("aparte/1 sending voucher", u8(number)));

/** The voucher that pays for the files. */
export const filesVoucher = (permit: Secret): Uint8Array => voucher(permit, 1);

/** The voucher that pays for the blob of a link, the first of which is 1. */
export const linkVoucher = (permit: Secret, number: number): Uint8Array =>
  voucher(permit, 1 + number);

/** All of them, and how many bytes each pays for; that of the files is the first. */
export const vouchersOf = (permit: Pick<Permit, "secret" | "size" | "links">) => [
  { voucher: filesVoucher(permit), bytes: permit.size },
  ...Array.from({ length: permit.links }, (_, at) => ({
    voucher: linkVoucher(permit, at + 1),
    bytes: LINK_BYTES,
  })),
];

const derived = ({ secret }: Secret, what: string, length = 32): Uint8Array =>
  hkdf(secret, EMPTY, `aparte/1 permit ${what}`, length);

/** By which letters name it: 16 bytes. */
export const permitId = (permit: Secret): Uint8Array => derived(permit, "id", 16);

/** Where the practice's papers lie. */
export const papersPlace = (permit: Secret) => ({
  /** The id of the blob: 16 bytes. */
  place: derived(permit, "place", 16),
  /** The seed of what reads it. */
  readSeed: derived(permit, "read"),
  /** The X-Wing seed of what opens it. */
  key: derived(permit, "key"),
});
