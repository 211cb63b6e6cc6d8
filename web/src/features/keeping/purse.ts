/** What pays for what a person keeps: vouchers that lie in the vault themselves. */
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u } from "../../sealing/encoding.ts";
import type { VaultRecord } from "../../sealing/vault.ts";
import { timeOf } from "../consult/conversation.ts";
import type { Paid } from "../consult/paid.ts";
import type { Clock } from "../ports.ts";
import { changed, type Payment } from "../vault/shared.ts";
import { dataOf, recordsOf } from "./records.ts";

export class Purse {
  readonly #clock: Pick<Clock, "now">;
  /** Given out by this page: whatever became of them, they pay for nothing else. */
  readonly #given = new Set<string>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /**
   * The smallest voucher for so many bytes, with the change that takes it out of the records. Rejects
   * with `quota_exceeded` where there is none.
   */
  readonly pay = async (bytes: number, records: readonly VaultRecord[]): Promise<Payment> => {
    const now = timeOf(this.#clock.now());
    const fitting = recordsOf(records, "vouchers")
      .flatMap(({ data }) => data.vouchers)
      .filter((one) => one.bytes >= bytes && one.until > now && !this.#given.has(b64u(one.voucher)))
      .sort((one, other) => one.bytes - other.bytes);
    const [first] = fitting;
    if (!first) throw new ProtocolError("quota_exceeded", "no voucher is left");
    this.#given.add(b64u(first.voucher));
    return { voucher: first.voucher, changes: without(records, first.voucher) };
  };

  /** So many of a list, the smallest for each size; they count as given. */
  take(paid: readonly Paid[], sizes: readonly number[]): { taken: Paid[]; left: Paid[] } {
    const left = [...paid].sort((one, other) => one.bytes - other.bytes);
    const taken = sizes.map((bytes) => {
      const at = left.findIndex((one) => one.bytes >= bytes);
      const [one] = at < 0 ? [] : left.splice(at, 1);
      if (!one) throw new ProtocolError("quota_exceeded", "no voucher is left");
      this.#given.add(b64u(one.voucher));
      return one;
    });
    return { taken, left };
  }
}

/** The change that takes a voucher out of the records; none where it is in none. */
export function without(
  records: readonly VaultRecord[],
  voucher: Uint8Array,
): readonly VaultRecord[] {
  const spent = b64u(voucher);
  return recordsOf(records, "vouchers").flatMap(({ id, data }) => {
    const left = data.vouchers.filter((one) => b64u(one.voucher) !== spent);
    if (left.length === data.vouchers.length) return [];
    const rest = left.length > 0 ? dataOf("vouchers", { vouchers: left }) : null;
    return [changed(records, { id, kind: "vouchers", data: rest })];
  });
}
