/** The server's vouchers, in memory: each pays once, and only one that was registered does. */
import { b64u, fromB64u, jsonObject } from "../../../src/sealing/encoding.ts";
import { hash } from "../../../src/sealing/kdf.ts";

interface Registered {
  readonly hash: string;
  readonly bytes: number;
  readonly expires: number;
}

export class FakeVouchers {
  /** What each one pays for, in bytes, and how often it was spent. */
  readonly known = new Map<
    string,
    { readonly bytes: number; readonly expires: number; spent: number }
  >();

  register(body: Uint8Array): void {
    const { vouchers } = jsonObject(body) as { vouchers: readonly Registered[] };
    for (const { hash: id, bytes, expires } of vouchers) {
      this.known.set(id, { bytes, expires, spent: 0 });
    }
  }

  /** Until when what one pays for is there: Unix seconds. */
  expiryOf(voucher: string): number {
    return this.known.get(b64u(hash(fromB64u(voucher))))?.expires ?? 0;
  }

  /** The code that a request is refused with; nothing where it pays, or needs no voucher. */
  spend(method: string, target: string, query: URLSearchParams): string {
    const voucher = query.get("voucher");
    if (method !== "PUT" || !voucher) return "";
    const found = this.known.get(b64u(hash(fromB64u(voucher))));
    if (!found || found.bytes < Number(query.get("length") ?? 0)) return "bad_voucher";
    // The same mailbox may be made again.
    const once = !target.startsWith("/v1/mailboxes/");
    if (once && found.spent > 0) return "bad_voucher";
    found.spent += 1;
    return "";
  }
}
