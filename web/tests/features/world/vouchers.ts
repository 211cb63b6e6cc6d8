/** The server's vouchers, in memory: each pays once, and only one that was registered does. */
import { timeOf } from "../../../src/features/consult/conversation.ts";
import type { Paid } from "../../../src/features/consult/paid.ts";
import { b64u, fromB64u, jsonBytes, jsonObject } from "../../../src/sealing/encoding.ts";
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

  readonly #renewing = new Map<string, string>();
  /** By its path, when what one pays for ends. */
  readonly ends = new Map<string, number>();

  /** Bytes that a practitioner's may pay for in all. */
  room = Number.POSITIVE_INFINITY;

  /** The code that it is refused with, or nothing. */
  register(body: Uint8Array): string {
    const { vouchers } = jsonObject(body) as { vouchers: readonly Registered[] };
    const held = [...this.known.values()].reduce((sum, one) => sum + one.bytes, 0);
    const more = vouchers.reduce((sum, one) => sum + one.bytes, 0);
    if (held + more > this.room) return "quota_exceeded";
    if (vouchers.some((one) => this.known.has(one.hash))) return "already_exists";
    for (const { hash: id, bytes, expires } of vouchers) {
      this.known.set(id, { bytes, expires, spent: 0 });
    }
    return "";
  }

  /** Until when what one pays for is there: Unix seconds. */
  expiryOf(voucher: string): number {
    return this.known.get(b64u(hash(fromB64u(voucher))))?.expires ?? 0;
  }

  /** The code that a request is refused with; nothing where it pays, or needs no voucher. */
  spend(method: string, target: string, query: URLSearchParams): string {
    const voucher = query.get("voucher");
    if (target.includes("/renewal") || method !== "PUT" || !voucher) return "";
    const found = this.known.get(b64u(hash(fromB64u(voucher))));
    if (!found || found.bytes < Number(query.get("length") ?? 0)) return "bad_voucher";
    // The same mailbox may be made again.
    const once = !target.startsWith("/v1/mailboxes/");
    if (once && found.spent > 0) return "bad_voucher";
    found.spent += 1;
    this.ends.set(target.split("?")[0] ?? "", found.expires);
    return "";
  }

  /** One that somebody was given. */
  given(bytes: number, expires: number): Paid {
    const voucher = crypto.getRandomValues(new Uint8Array(32));
    this.known.set(b64u(hash(voucher)), { bytes, expires, spent: 0 });
    return { voucher, bytes, until: timeOf(expires * 1000) };
  }

  /** Asks when something ends, or renews it. */
  renewal(method: string, path: string, query: URLSearchParams) {
    const id = b64u(hash(fromB64u(query.get("voucher") ?? "")));
    const [ends, found] = [this.ends.get(path), this.known.get(id)];
    if (ends === undefined) return { status: 404, body: jsonBytes({ error: "not_found" }) };
    if (method === "POST" && this.#renewing.get(path) !== id) {
      const good = found?.spent === 0 && found.expires > ends;
      if (!good) return { status: 403, body: jsonBytes({ error: "bad_voucher" }) };
      found.spent += 1;
      this.#renewing.set(path, id);
      this.ends.set(path, found.expires);
    }
    return { status: 200, body: jsonBytes({ expires: this.ends.get(path) }) };
  }
}
