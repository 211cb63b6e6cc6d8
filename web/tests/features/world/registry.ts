/** The server's practitioners in memory: it takes what follows from what it has, as the real one does. */
import { readCard } from "../../../src/sealing/card.ts";
import {
  concat,
  fromB64u,
  jsonBytes,
  jsonObject,
  same,
  u64,
} from "../../../src/sealing/encoding.ts";
import { seedSigner, sign } from "../../../src/sealing/keys.ts";

export const WRONG_CODE = "wrong";

interface Sent {
  readonly target: string;
  /** Who signed, in base64url. */
  readonly signer: string;
  readonly token: string;
  readonly body: Uint8Array;
}

interface Enrolled {
  readonly code: string;
  readonly card: Uint8Array;
  readonly devices: Uint8Array;
}

export class FakeRegistry {
  /** What the server signs with. */
  readonly server = seedSigner(new Uint8Array(32).fill(199));
  /** Unix seconds of the server's clock. */
  now = 1_772_350_000;
  /** Every request that arrived, in order. */
  readonly sent: Sent[] = [];
  enrolled: Enrolled | undefined;
  card: Uint8Array | undefined;
  /** It does what it is asked, and its answers get lost. */
  deaf = false;
  /** What it refuses with, whatever it is asked. */
  refusal = "";
  #token = "";

  request(target: string, headers: Readonly<Record<string, string>>, body: Uint8Array) {
    const signer = /keyid="([^"]+)"/.exec(headers["signature-input"] ?? "")?.[1] ?? "";
    const token = headers["idempotency-key"] ?? "";
    this.sent.push({ target, signer, token, body });
    const refused =
      this.refusal || (target.endsWith("/card") ? this.#put(body) : this.#enrol(body, token));
    if (this.deaf) throw new TypeError("network");
    if (refused) return { status: 403, body: jsonBytes({ error: refused }) };
    return { status: target.endsWith("/card") ? 204 : 201, body: new Uint8Array() };
  }

  /** When something signed was seen. */
  async receipt(body: Uint8Array): Promise<Uint8Array> {
    const { hash = "" } = jsonObject(body) as { hash?: string };
    const time = u64(this.now);
    return concat(time, await sign(this.server, "aparte/1 receipt", fromB64u(hash), time));
  }

  #enrol(body: Uint8Array, token: string): string {
    if (this.enrolled) return token === this.#token ? "" : "bad_code";
    const asked = enrolmentIn(body);
    if (asked.code === WRONG_CODE) return "bad_code";
    this.enrolled = asked;
    this.card = asked.card;
    this.#token = token;
    return "";
  }

  #put(card: Uint8Array): string {
    const last = this.card;
    if (last && same(card, last)) return "";
    const version = last ? readCard(last).card.version : 0;
    if (readCard(card).card.version !== version + 1) return "stale_version";
    this.card = card;
    return "";
  }
}

function enrolmentIn(body: Uint8Array): Enrolled {
  const { code, card, devices } = jsonObject(body) as Record<string, string>;
  return { code: code ?? "", card: fromB64u(card ?? ""), devices: fromB64u(devices ?? "") };
}
