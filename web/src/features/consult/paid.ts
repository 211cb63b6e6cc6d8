/** A voucher for so many bytes; what is made with it ends at `until`, as in `2026-03-01T09:30:00Z`. */
export interface Paid {
  readonly voucher: Uint8Array;
  readonly bytes: number;
  readonly until: string;
}
