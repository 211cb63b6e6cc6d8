/** A doctor's page and patients' pages in one process, with all that lies between them. */

import type { DeskModel } from "../../../src/features/desk/desk.ts";
import { isOfDesk } from "../../../src/features/desk/device.ts";
import { createDesk } from "../../../src/features/desk/practice.ts";
import type { FilesPlatform } from "../../../src/features/files/choosing.ts";
import type { GuestModel } from "../../../src/features/guest/guest.ts";
import { createGuest } from "../../../src/features/guest/visit.ts";
import { createLock, type Lock } from "../../../src/features/lock/lock.ts";
import type { Http, Line, Platform, Tabs, Vault, Vaults } from "../../../src/features/ports.ts";
import { signCard } from "../../../src/sealing/card.ts";
import { makeCertificate } from "../../../src/sealing/certificate.ts";
import { makeDeviceList } from "../../../src/sealing/device-list.ts";
import {
  b64u,
  concat,
  fromB64u,
  jsonBytes,
  jsonObject,
  utf8,
} from "../../../src/sealing/encoding.ts";
import { hash } from "../../../src/sealing/kdf.ts";
import { type Signer, seedSigner } from "../../../src/sealing/keys.ts";
import { joinKey, linkHash, makeLink } from "../../../src/sealing/link.ts";
import { identityOf } from "../../../src/sealing/ring.ts";
import { secondIdentityOf } from "../../../src/sealing/second.ts";
import { kemPublic } from "../../../src/sealing/xwing.ts";
import { FakeDevices } from "../media/fakes.ts";
import { FakeCells } from "./cells.ts";
import { FakeClock } from "./clock.ts";
import { FakeOpenings } from "./openings.ts";
import { FakePasskeys } from "./passkeys.ts";
import { FakePeers } from "./peers.ts";
import { FakeRegistry } from "./registry.ts";
import { FakeRelay, type Room } from "./relay.ts";
import { FakeVouchers } from "./vouchers.ts";

// The pages fetch these late: a clock that a test turns does not wait for the disk.
import "../../../src/features/consult/sealed-parts.ts";
import "../../../src/features/guest/mail.ts";
import "../../../src/features/mail/letters.ts";

const ORIGIN = "http://localhost:8480";

/** One page: its address, its surroundings, and the browser profile that it runs in. */
export interface Page {
  readonly platform: Platform;
  readonly devices: FakeDevices;
  readonly rung: string[];
  /** Who is told of every touch. */
  readonly moves: Set<() => void>;
  fragment: string;
  online: boolean;
  wake(): void;
  changeNetwork(): void;
}

/** What pages of one browser share. */
export class Browser {
  readonly #kept = new Map<string, Scope>();
  readonly #holders = new Map<string, Set<() => void>>();
  readonly passkeys: FakePasskeys;

  constructor(passkeys = new FakePasskeys()) {
    this.passkeys = passkeys;
  }

  /** Every write waits for this. */
  disk: () => Promise<void> = async () => undefined;

  readonly tabs: Tabs = {
    take: (scope, taken) => {
      const holders = this.#holders.get(scope) ?? new Set();
      this.#holders.set(scope, holders);
      for (const other of [...holders]) other();
      holders.add(taken);
      return () => void holders.delete(taken);
    },
  };

  readonly #answering = new Set<(question: unknown) => Promise<unknown>>();

  /** Pages of one browser ask each other; nobody is waited for. */
  readonly line: Line = {
    ask: async (question) => {
      for (const answer of this.#answering) return await answer(question).catch(() => undefined);
      return undefined;
    },
    answer: (answering) => {
      this.#answering.add(answering);
      return () => void this.#answering.delete(answering);
    },
  };

  /** One page's view of what is kept. */
  vaults(lasting = true): Vaults {
    const page = {};
    return {
      lasting,
      open: async (scope) => {
        const kept = this.#kept.get(scope) ?? { owner: page, secrets: new Map(), keys: new Map() };
        this.#kept.set(scope, kept);
        kept.owner = page;
        return this.#vault(kept, page);
      },
      look: (scope) => {
        const empty: Scope = { owner: {}, secrets: new Map(), keys: new Map() };
        return this.#vault(this.#kept.get(scope) ?? empty, page);
      },
      scopes: async () => this.scopes(),
      erase: async (scope) => void this.#kept.delete(scope),
    };
  }

  scopes(): readonly string[] {
    return [...this.#kept.keys()];
  }

  /** The secrets of scopes and names that begin so. */
  names(scope: string, name: string): Uint8Array[] {
    return this.#found(scope, name).flatMap(([kept, key]) => kept.secrets.get(key) ?? []);
  }

  /** Remembers what they are now; the returned function puts them back, as a power cut may. */
  remember(scope: string, name: string): () => void {
    const then = this.#found(scope, name).map(([kept, key]) => [kept, key, kept.secrets.get(key)]);
    return () => {
      for (const [kept, key, bytes] of then as [Scope, string, Uint8Array][]) {
        kept.secrets.set(key, bytes);
      }
    };
  }

  #found(scope: string, name: string): [Scope, string][] {
    return [...this.#kept]
      .filter(([id]) => id.startsWith(scope))
      .flatMap(([, kept]) => [...kept.secrets.keys()].map((key): [Scope, string] => [kept, key]))
      .filter(([, key]) => key.startsWith(name));
  }

  #vault(kept: Scope, page: object): Vault {
    const own = (): void => {
      if (kept.owner !== page) throw Object.assign(new Error("taken"), { name: "TakenOver" });
    };
    const keep = (name: string, seed: Uint8Array): Signer => {
      own();
      kept.keys.set(name, seedSigner(seed));
      return seedSigner(seed);
    };
    return {
      load: async (name) => kept.secrets.get(name),
      save: async (name, secret) => {
        own();
        await this.disk();
        kept.secrets.set(name, secret);
      },
      erase: async (name) => {
        own();
        kept.secrets.delete(name);
      },
      names: async () => [...kept.secrets.keys()],
      signer: async (name) => kept.keys.get(name),
      makeSigner: async (name) => keep(name, crypto.getRandomValues(new Uint8Array(32))),
      keepSigner: async (name, seed) => keep(name, seed),
    };
  }
}

interface Scope {
  owner: object;
  readonly secrets: Map<string, Uint8Array>;
  readonly keys: Map<string, Signer>;
}

const NO_FILES: FilesPlatform = {
  runJob: () => ({ done: Promise.resolve({}), stop: () => undefined }),
  chosenFiles: () => [],
  droppedFiles: async () => [],
};

export class World {
  readonly clock = new FakeClock();
  readonly relay = new FakeRelay();
  readonly registry = new FakeRegistry(this.clock);
  readonly cells = new FakeCells(this.registry.server);
  readonly peers = new FakePeers();
  readonly blobs = new Map<string, Uint8Array>();
  /** Those that a room pays for: what was said in it. */
  readonly #ofRooms = new Set<string>();
  readonly vouchers = new FakeVouchers();
  readonly openings = new FakeOpenings(() => this.registry.now);
  readonly doctorsBrowser = new Browser();
  patientLink = "";
  room: Room | undefined;
  origin = ORIGIN;
  /** What is chosen at a desk, and the worker that seals it. */
  files = NO_FILES;
  #seed = 1;

  constructor() {
    this.relay.cells = this.cells;
  }

  /** What was stored for rooms. */
  get roomBlobs(): readonly Uint8Array[] {
    return [...this.#ofRooms].flatMap((id) => this.blobs.get(id) ?? []);
  }

  readonly random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));

  /** Blobs and rooms over HTTP; who signed is the server's own tests' business. */
  readonly http: Http = async ({ method, target, headers: asked, body }) => {
    const headers = new Headers({ "aparte-nonce": "nonce" });
    const [, blob = "", opened] = /^\/v1\/blobs\/([^?/]+)(\/openings)?/.exec(target) ?? [];
    if (this.relay.down) throw new TypeError("network");
    const query = new URLSearchParams(target.split("?")[1]);
    const again = method === "PUT" && query.get("offset") === "0" && this.blobs.has(blob);
    if (again) return { status: 409, headers, body: jsonBytes({ error: "already_exists" }) };
    if (blob && target.endsWith("/upload")) {
      const offset = this.blobs.get(blob)?.length;
      if (!offset) return { status: 404, headers, body: jsonBytes({ error: "not_found" }) };
      return { status: 200, headers, body: jsonBytes({ offset }) };
    }
    const spent = this.vouchers.spend(method, target, query);
    if (spent) return { status: 403, headers, body: jsonBytes({ error: spent }) };
    const renewed = /^(.*)\/renewal/.exec(target)?.[1];
    if (renewed) return { headers, ...this.vouchers.renewal(method, renewed, query) };
    const cell = /^\/v1\/cells\/([^?]+)/.exec(target)?.[1];
    if (cell) return { headers, ...(await this.cells.request(method, cell, query, body)) };
    if (opened) {
      const length = this.blobs.get(blob)?.length ?? 0;
      return { headers, ...this.openings.request(method, blob, body, length) };
    }
    if (blob && method === "DELETE") {
      this.openings.withdraw(blob);
      this.blobs.delete(blob);
      return { status: 204, headers, body: new Uint8Array() };
    }
    if (blob && method === "PUT" && body) {
      const offset = Number(query.get("offset"));
      if (query.has("openings")) {
        const expires = this.vouchers.expiryOf(query.get("voucher") ?? "");
        this.openings.create(blob, Number(query.get("openings")), expires);
      }
      if (query.has("room")) this.#ofRooms.add(blob);
      const whole = concat((this.blobs.get(blob) ?? new Uint8Array()).slice(0, offset), body);
      this.blobs.set(blob, whole);
      return { status: 201, headers, body: jsonBytes({ offset: whole.length }) };
    }
    if (blob && method === "GET") {
      const may = this.openings.mayRead(blob, query.get("opening"));
      const found = may ? this.blobs.get(blob) : undefined;
      if (!found) return { status: 404, headers, body: jsonBytes({ error: "not_found" }) };
      const { range = "" } = asked;
      const [, first = 0, last = Number.POSITIVE_INFINITY] = /(\d+)-(\d+)$/.exec(range) ?? [];
      return { status: 206, headers, body: found.slice(Number(first), Number(last) + 1) };
    }
    const mailbox = /^\/v1\/mailboxes\/([^?]+)/.exec(target)?.[1];
    if (mailbox) {
      const { status, body: found } = this.relay.mailboxes.request(method, mailbox, query, body);
      return { status, headers, body: found };
    }
    if (target.startsWith("/v1/practitioners") && body) {
      const { status, body: found } = this.registry.request(target, asked, body);
      return { status, headers, body: found };
    }
    if (target === "/v1/server") return { status: 200, headers, body: this.registry.who() };
    if (target.startsWith("/v1/practitioners/")) {
      const { status, body: found } = await this.registry.show(target);
      return { status, headers, body: found };
    }
    if (target === "/v1/receipts" && body) {
      return { status: 201, headers, body: await this.registry.receipt(body) };
    }
    if (target === "/v1/vouchers" && body) {
      const refused = this.vouchers.register(body);
      if (refused) return { status: 409, headers, body: jsonBytes({ error: refused }) };
    }
    if (target === "/v1/rooms" && body) {
      const asked = jsonObject(body) as { room: string; prekey: string; seats: string[] };
      const { host, identity } = this.relay.rooms.values().next().value ?? {};
      const made = this.relay.addRoom(
        fromB64u(asked.room),
        fromB64u(host ?? ""),
        identity ?? new Uint8Array(32),
        fromB64u(asked.prekey),
      );
      made.seats.push(...asked.seats.map((seat) => fromB64u(seat)));
      const answer = jsonBytes({ room: asked.room, expires: made.expires });
      return { status: 201, headers, body: answer };
    }
    return { status: 201, headers, body: new Uint8Array() };
  };

  /** The fragment of a fresh demo, whose room the relay knows; `twice`: its card names a second key. */
  async demo({ twice = false } = {}): Promise<string> {
    const seed = (): Uint8Array => new Uint8Array(32).fill(this.#seed++);
    const [root, device, prekey, secret] = [seed(), seed(), seed(), seed()];
    const room = this.random(16);
    const signer = identityOf({ root });
    const host = seedSigner(device).publicKey;
    const since = 1_772_000_000;
    const certificate = await makeCertificate(signer, host, since);
    const practitioner = { name: "Dr Camille Démo", profession: "Médecin", rpps: "10000000000" };
    const blank = { speciality: "", address: "", place: "", languages: [], listed: false };
    const second = twice ? b64u(hash(secondIdentityOf({ root }).publicKey)) : "";
    const issued = "2026-02-25T06:13:20Z";
    const stated = { version: 1, issued, ...practitioner, ...blank, second };
    const card = await signCard(stated, signer);
    const devices = [{ device: host, since, until: 0 }];
    const list = await makeDeviceList(signer, { version: 1, issued: since, devices });
    this.registry.identity = signer;
    this.registry.card = card;
    this.registry.devices = list;
    const made = this.relay.addRoom(room, host, signer.publicKey, kemPublic(prekey));
    made.seats.push(joinKey({ room, secret }).publicKey);
    this.room = made;
    const digest = linkHash(signer.publicKey, kemPublic(prekey));
    this.patientLink = makeLink(ORIGIN, { room, secret, hash: digest }).split("#")[1] ?? "";
    const bundle = {
      v: 1,
      root: b64u(root),
      device: b64u(device),
      certificate: b64u(certificate),
      card: b64u(card),
      devices: b64u(list.raw),
      practitioner,
      rooms: [
        {
          room: b64u(room),
          prekey: b64u(prekey),
          secrets: [b64u(secret)],
          expires: made.expires,
          label: "Demo",
        },
      ],
    };
    return `demo=${b64u(jsonBytes(bundle))}`;
  }

  page(browser: Browser, fragment: string): Page {
    const devices = new FakeDevices();
    const [woken, changed] = [new Set<() => void>(), new Set<() => void>()];
    const listen = (set: Set<() => void>) => (told: () => void) => {
      set.add(told);
      return () => void set.delete(told);
    };
    const page: Omit<Page, "platform"> & { platform?: Platform } = {
      devices,
      rung: [],
      moves: new Set(),
      fragment,
      online: true,
      wake: () => [...woken].forEach((told) => void told()),
      changeNetwork: () => [...changed].forEach((told) => void told()),
    };
    const platform: Platform = {
      clock: this.clock,
      random: this.random,
      vaults: browser.vaults(),
      dial: (events) => this.relay.dial(events),
      http: (request) => this.http(request),
      makePeer: this.peers.make,
      devices,
      surroundings: {
        woke: listen(woken),
        networkChanged: listen(changed),
        get online() {
          return page.online;
        },
        keepAwake: () => () => undefined,
      },
      tabs: browser.tabs,
      attention: {
        notifications: "ask",
        ask: async () => "on",
        notify: (title) => void page.rung.push(title),
        ring: () => void page.rung.push("ring"),
      },
      address: {
        origin: this.origin,
        fragment: () => page.fragment,
        clearFragment: () => {
          page.fragment = "";
        },
      },
      photos: {
        clean: async (file) => new Uint8Array(await file.arrayBuffer()),
        url: (bytes, media) => `${media} ${bytes.length}`,
      },
      passkeys: browser.passkeys,
      // It has a test of its own, and would be two thirds of the time of these.
      rehearse: () => undefined,
    };
    return Object.assign(page, { platform });
  }

  doctor(
    fragment: string,
    browser = this.doctorsBrowser,
    given?: FilesPlatform,
  ): { readonly page: Page; readonly desk: DeskModel } {
    const page = this.page(browser, fragment);
    const words = {
      arrived: (name: string) => `${name} waits`,
      firstDevice: () => "First device",
      newDevice: () => "New device",
    };
    const lock = this.lock(page, false);
    const files = given ?? {
      runJob: (...job) => this.files.runJob(...job),
      chosenFiles: (list) => this.files.chosenFiles(list),
      droppedFiles: (dropped) => this.files.droppedFiles(dropped),
    };
    const platform = { ...page.platform, ...files, line: browser.line };
    return { page, desk: createDesk(platform, words, lock) };
  }

  /** One that keeps nothing asks for none: a test of the desk sets no lock. */
  lock({ platform, moves }: Page, lasting = true): Lock {
    return createLock({
      ...platform,
      vaults: { ...platform.vaults, lasting },
      ours: isOfDesk,
      signer: async (seed) => seedSigner(seed),
      stretch: async (passphrase, { salt }) => hash(concat(utf8(passphrase), salt)),
      activity: (told) => void moves.add(told),
    });
  }

  patient(browser = new Browser(), fragment = this.patientLink) {
    const page = this.page(browser, fragment);
    const guest: GuestModel = createGuest(page.platform, () => "en");
    return { browser, page, guest };
  }
}
