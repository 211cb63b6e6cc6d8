/** What pays for keeping a document, on its way from a practice to a person. */
import { b64u } from "../../sealing/encoding.ts";
import { padme } from "../../sealing/padme.ts";

/** A voucher for so many bytes; what is made with it ends at `until`, as in `2026-03-01T09:30:00Z`. */
export interface Paid {
  readonly voucher: Uint8Array;
  readonly bytes: number;
  readonly until: string;
}

/** As it stands in messages, mails and records. */
export const written = ({ voucher, bytes, until }: Paid) => ({
  voucher: b64u(voucher),
  bytes,
  until,
});

/** A page of a vault, and what stands in a kept document beside its parts: bytes. */
const PAGE = 65_536;

/** What a guest who keeps documents needs for one whose parts have so many bytes. */
export const sizesOf = (bytes: number): readonly number[] => [padme(bytes + PAGE), PAGE];
