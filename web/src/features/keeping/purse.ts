/** What pays for what a person keeps: vouchers that lie in the vault themselves. */
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u } from "../../sealing/encoding.ts";
import type { VaultRecord } from "../../sealing/vault.ts";
import { timeOf } from "../consult/conversation.ts";
import type { Paid } from "../consult/paid.ts";
import type { Clock } from "../ports.ts";
import { changed, type Payment } from "../vault/shared.ts";
import { dataOf, recordsOf } from "./records.ts";

/** What pays for a mailbox of a practice's letters, and for a page, or anything as small. */
export const MAILBOX = 1024 * 1024;
export const PAGE = 65_536;

/** Vouchers of which one ends no later than this after the other last as long, in milliseconds. */
const TERM = 90 * 24 * 3600 * 1000;
/** What is left for changes when something could be renewed. */
const SPARED = 4;

const termOf = ({ until }: Paid): number => Math.floor(Date.parse(until) / TERM);

export class Purse {
  readonly #clock: Pick<Clock, "now">;
  /** Given out by this page: whatever became of them, they pay for nothing else. */
  readonly #given = new Set<string>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /**
   * The smallest voucher for so many bytes of those that last longest, with the change that takes it out of the records. Rejects
   * with `quota_exceeded` where there is none.
   */
  readonly pay = async (bytes: number, records: readonly VaultRecord[]): Promise<Payment> => {
    const [first] = this.#lasting(records).filter((one) => one.bytes >= bytes);
    if (!first) throw new ProtocolError("quota_exceeded", "no voucher is left");
    this.#given.add(b64u(first.voucher));
    return { voucher: first.voucher, changes: without(records, [first.voucher]) };
  };

  /**
   * A voucher that ends a good while later than then (Unix seconds), the smallest for so many bytes;
   * undefined where there is none, or, with `spares`, where few are left: changes need them more.
   */
  later(
    bytes: number,
    records: readonly VaultRecord[],
    ends: number,
    spares: boolean,
  ): Uint8Array | undefined {
    const good = this.#lasting(records);
    const found = good.find(
      (one) => one.bytes >= bytes && Date.parse(one.until) > ends * 1000 + TERM,
    );
    if (!found || (spares && good.length <= SPARED)) return undefined;
    if (spares) this.#given.add(b64u(found.voucher));
    return found.voucher;
  }

  /** So many of the records', the smallest for each size. Throws `quota_exceeded`. */
  draw(records: readonly VaultRecord[], sizes: readonly number[]): Paid[] {
    return this.take(this.#lasting(records), sizes).taken;
  }

  /** So many of a list, the smallest for each size; they count as given. */
  take(paid: readonly Paid[], sizes: readonly number[]): { taken: Paid[]; left: Paid[] } {
    const left = [...paid].sort((one, other) => one.bytes - other.bytes);
    const taken = sizes.map((bytes) => {
      const at = left.findIndex((one) => one.bytes >= bytes);
      const [one] = at < 0 ? [] : left.splice(at, 1);
      if (!one) throw new ProtocolError("quota_exceeded", "no voucher is left");
      return one;
    });
    // All or none: what was not given out pays for something smaller.
    for (const { voucher } of taken) this.#given.add(b64u(voucher));
    return { taken, left };
  }

  /** What is good, and was not given out; what lasts longest, and of that the smallest, first. */
  #lasting(records: readonly VaultRecord[]): Paid[] {
    const now = timeOf(this.#clock.now());
    return vouchersIn(records)
      .filter(({ voucher, until }) => until > now && !this.#given.has(b64u(voucher)))
      .sort((one, other) => termOf(other) - termOf(one));
  }
}

type Spend = (count: number) => Promise<Paid[]>;

/** Vouchers that are taken out together: a change for each would cost a page for each. */
export class Pocket {
  readonly #spend: Spend;
  readonly #taken: Paid[] = [];

  constructor(spend: Spend) {
    this.#spend = spend;
  }

  /** Takes what is missing of so many; what was taken before an error is there still. */
  async fill(count: number): Promise<void> {
    const missing = count - this.#taken.length;
    if (missing > 0) this.#taken.push(...(await this.#spend(missing)));
  }

  readonly give = async (): Promise<Uint8Array> => {
    const [paid] = await this.take(1);
    if (!paid) throw new ProtocolError("quota_exceeded", "no voucher is left");
    return paid.voucher;
  };

  /** So many, to be handed on. */
  async take(count: number): Promise<readonly Paid[]> {
    if (this.#taken.length < count) await this.fill(count);
    return this.#taken.splice(0, count);
  }
}

/** The vouchers that lie in the records, the smallest first. */
export const vouchersIn = (records: readonly VaultRecord[]): Paid[] =>
  recordsOf(records, "vouchers")
    .flatMap(({ data }) => data.vouchers)
    .sort((one, other) => one.bytes - other.bytes);

/** The change that puts away what came, once: the records say so even when all of it is spent. */
export function filled(
  records: readonly VaultRecord[],
  id: string,
  supply: readonly Paid[],
): readonly VaultRecord[] {
  if (records.some((one) => one.id === id)) return [];
  const data = dataOf("vouchers", { vouchers: [...supply] });
  return [changed(records, { id, kind: "vouchers", data })];
}

/** The change that takes vouchers out of the records; none where they are in none. */
export function without(
  records: readonly VaultRecord[],
  vouchers: readonly Uint8Array[],
): readonly VaultRecord[] {
  const spent = new Set(vouchers.map(b64u));
  return recordsOf(records, "vouchers").flatMap(({ id, data }) => {
    const left = data.vouchers.filter((one) => !spent.has(b64u(one.voucher)));
    if (left.length === data.vouchers.length) return [];
    const rest = left.length > 0 ? dataOf("vouchers", { vouchers: left }) : null;
    return [changed(records, { id, kind: "vouchers", data: rest })];
  });
}
