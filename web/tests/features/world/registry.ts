/** The server's practitioners in memory: it takes what follows from what it has, as the real one does. */
import type { Clock } from "../../../src/features/ports.ts";
import { readCard } from "../../../src/sealing/card.ts";
import {
  type DeviceList,
  makeDeviceList,
  readDeviceList,
} from "../../../src/sealing/device-list.ts";
import {
  b64u,
  concat,
  fields,
  fromB64u,
  jsonBytes,
  jsonObject,
  same,
  u64,
} from "../../../src/sealing/encoding.ts";
import { hash } from "../../../src/sealing/kdf.ts";
import { type Signer, seedSigner, sign } from "../../../src/sealing/keys.ts";

export const WRONG_CODE = "wrong";
const ENROL = "/v1/practitioners";

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
  readonly #clock: Pick<Clock, "now">;
  /** Seconds that the server's word is old. */
  age = 0;
  registrar: Uint8Array | null = null;
  attestation: Uint8Array = new Uint8Array();
  devices: DeviceList | undefined;
  /** The practitioner's own, for what a test has them do. */
  identity: Signer | undefined;
  /** It shows nobody's papers. */
  withheld = false;
  /** Every request that arrived, in order. */
  readonly sent: Sent[] = [];
  enrolled: Enrolled | undefined;
  card: Uint8Array | undefined;
  /** It does what it is asked, and its answers get lost. */
  deaf = false;
  /** What it refuses with, whatever it is asked. */
  refusal = "";
  #token = "";

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Unix seconds of the server's clock. */
  get now(): number {
    return Math.floor(this.#clock.now() / 1000) - this.age;
  }

  request(target: string, headers: Readonly<Record<string, string>>, body: Uint8Array) {
    const signer = /keyid="([^"]+)"/.exec(headers["signature-input"] ?? "")?.[1] ?? "";
    const token = headers["idempotency-key"] ?? "";
    this.sent.push({ target, signer, token, body });
    const refused = this.refusal || this.#take(target, body, token);
    if (this.deaf) throw new TypeError("network");
    if (refused) return { status: 403, body: jsonBytes({ error: refused }) };
    return { status: token && target === ENROL ? 201 : 204, body: new Uint8Array() };
  }

  #take(target: string, body: Uint8Array, token: string): string {
    if (target.endsWith("/card")) return this.#put(body);
    return target.endsWith("/devices") ? this.#putDevices(body) : this.#enrol(body, token);
  }

  #putDevices(body: Uint8Array): string {
    const list = readDeviceList(body);
    if (this.devices && same(list.raw, this.devices.raw)) return "";
    if (list.version !== (this.devices?.version ?? 0) + 1) return "stale_version";
    this.devices = list;
    return "";
  }

  who(): Uint8Array {
    const registrar = this.registrar && b64u(this.registrar);
    return jsonBytes({ origin: "", key: b64u(this.server.publicKey), registrar });
  }

  /** The record, with a status of now. */
  async show(target: string) {
    const [card, devices] = [this.card, this.devices];
    const identity = this.identity?.publicKey ?? this.devices?.identity;
    const known = identity && target.endsWith(b64u(identity));
    if (this.withheld || !known || !card || !devices) {
      return { status: 404, body: jsonBytes({ error: "not_found" }) };
    }
    const time = u64(this.now);
    const said = [hash(card), hash(devices.raw), time];
    const status = concat(time, await sign(this.server, "aparte/1 status", ...said));
    return { status: 200, body: fields(card, this.attestation, devices.raw, status) };
  }

  /** The practitioner gives these devices the next version of their list. */
  async list(...devices: DeviceList["devices"]): Promise<void> {
    if (!this.identity) throw new Error("nobody is enrolled");
    const version = (this.devices?.version ?? 0) + 1;
    this.devices = await makeDeviceList(this.identity, { version, issued: this.now, devices });
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
    this.devices = readDeviceList(asked.devices);
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
