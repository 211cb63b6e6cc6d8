/** A permit to send files, which a practice gives to somebody (Permits). */
import { b64u, concat, fields, fromB64u, u8, u64 } from "./encoding.ts";
import { require } from "./errors.ts";
import { EMPTY, hkdf } from "./kdf.ts";

const SECRET_BYTES = 32;
const LENGTH = SECRET_BYTES + 16;
/** What the second voucher pays for: the blob that the link opens. */
export const LINK_BYTES = 256 * 1024;

/** Pays for files of `size` bytes, as they are stored, until `until` (Unix seconds). */
export interface Permit {
  readonly secret: Uint8Array;
  readonly size: number;
  readonly until: number;
}

export const makePermit = (origin: string, { secret, size, until }: Permit): string =>
  `${origin}/send/#1.${b64u(concat(secret, u64(size), u64(until)))}`;

/** Reads a fragment without its `#`. Refuses with `bad_link`. */
export function parsePermit(fragment: string): Permit {
  const found = /^1\.([\w-]+)$/.exec(fragment)?.[1];
  require(found !== undefined, "bad_link");
  const raw = fromB64u(found, LENGTH, "bad_link");
  const numbers = new DataView(raw.buffer, raw.byteOffset + SECRET_BYTES);
  const [size, until] = [Number(numbers.getBigUint64(0)), Number(numbers.getBigUint64(8))];
  const whole = [size, until].every((number) => number > 0 && Number.isSafeInteger(number));
  require(whole, "bad_link");
  return { secret: raw.slice(0, SECRET_BYTES), size, until };
}

const voucher = ({ secret }: Pick<Permit, "secret">, number: number): Uint8Array =>
  hkdf(secret, EMPTY, fields("aparte/1 sending voucher", u8(number)));

/** The voucher that pays for the files. */
export const filesVoucher = (permit: Pick<Permit, "secret">): Uint8Array => voucher(permit, 1);

/** The voucher that pays for the blob of the link. */
export const linkVoucher = (permit: Pick<Permit, "secret">): Uint8Array => voucher(permit, 2);
