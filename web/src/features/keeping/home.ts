/** All that a person keeps, on this device: a home that knows the personas, and the personas. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u, same, utf8 } from "../../sealing/encoding.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { vaultKey } from "../../sealing/vault.ts";
import type { Paid } from "../consult/paid.ts";
import { makeMailbox } from "../mail/mailboxes.ts";
import type { Platform, Vault } from "../ports.ts";
import { whoServes } from "../practitioners/records.ts";
import { changed, SharedVault } from "../vault/shared.ts";
import { KeptDevices } from "./devices.ts";
import { renewKept } from "./lasting.ts";
import { leave, type Move, moved, planned } from "./moving.ts";
import { lineTo, Persona } from "./persona.ts";
import { filled, MAILBOX, PAGE, Pocket, Purse, vouchersIn, without } from "./purse.ts";
import { type Data, dataOf, idFor, recordsOf, supplyId, visitId } from "./records.ts";

const SCOPE = "home";
const KEY = "key";
const MOVE = "move";
/**
 * What a home is made with, and what it has for later: two ways back take four, one that lies with
 * somebody else seven more, another device three, going on alone two.
 */
const FOR_HOME = Array<number>(20).fill(PAGE);
const PAYER = idFor(utf8("payer"));

/** A persona on its way: everything is drawn before anything is made, so that it can go on. */
interface Draft {
  readonly about: Data<"persona">;
  readonly mailbox: Data<"mailbox">;
  readonly visit: Data<"visit">;
  readonly supply: readonly Paid[];
}

interface Known {
  readonly secret: Uint8Array;
  /** The key that the server signed with when this device first asked. */
  readonly server: Uint8Array;
}

const draftOf = (practice: Uint8Array): string => `draft:${b64u(practice)}`;

/** Whether this device keeps anything; asks nobody. */
export const isKept = async ({ vaults }: Platform): Promise<boolean> =>
  (await vaults.look(SCOPE).load(KEY)) !== undefined;

export class Home {
  readonly personas: ReadonlySignal<readonly Persona[]>;
  readonly vault: SharedVault;
  readonly devices: KeptDevices;
  readonly purse: Purse;
  readonly #personas = signal<readonly Persona[]>([]);
  readonly #platform: Platform;
  readonly #rest: Vault;
  readonly #known: Known;
  readonly #line: ReturnType<typeof lineTo>;
  /** What pays before there is a vault that vouchers lie in. */
  #first: Paid[] = [];
  #stop = (): void => undefined;

  private constructor(platform: Platform, rest: Vault, known: Known) {
    this.#platform = platform;
    this.#rest = rest;
    this.#known = known;
    this.personas = this.#personas;
    this.#line = lineTo(platform);
    this.purse = new Purse(platform.clock);
    this.vault = this.vaultOf(known.secret);
    this.devices = new KeptDevices(platform, rest, this.vault);
  }

  /** The vault of a home: of this one, or of one that was left. */
  vaultOf(secret: Uint8Array): SharedVault {
    const key = vaultKey(secret);
    return new SharedVault({
      platform: this.#platform,
      ...this.#line,
      rest: this.#rest,
      name: `home:${b64u(key.place)}`,
      key,
      server: this.#known.server,
      pay: async (bytes, records) => {
        const first = this.#first.shift();
        return first ? { voucher: first.voucher } : await this.purse.pay(bytes, records);
      },
    });
  }

  /** Whether the other devices are being taken out. */
  async isMoving(): Promise<boolean> {
    return (await this.#rest.load(MOVE)) !== undefined;
  }

  /**
   * Takes the other devices out, or goes on with it; `closed` closes the ways back of before. This home
   * is left then, and closed: another one is found. Rejects with `quota_exceeded`, and changes nothing,
   * where nothing pays for it.
   */
  async move(closed: (ring: Data<"ring">) => Promise<void>): Promise<void> {
    const begun = await this.#rest.load(MOVE);
    const move = begun ? fromBytes<Move>(begun) : await planned(this.#platform, this);
    await this.#rest.save(MOVE, toBytes(move));
    let home: Home = this;
    if (same(this.secret, move.from)) {
      for (const persona of this.#personas.peek()) persona.close();
      const known = { ...this.#known, secret: move.secret };
      home = new Home(this.#platform, this.#rest, known);
      const records = await moved(this, move);
      home.#first = [...move.paid, ...vouchersIn(records)];
      await home.vault.create(records);
      home.#first = [];
      await this.#rest.save(KEY, toBytes(known));
    }
    if (move.ring) await closed(move.ring);
    await leave(home, move);
    await this.#rest.erase(MOVE);
    this.close();
    if (home !== this) home.close();
  }

  /** What this device keeps; null where that is nothing. Rejects where nothing can be stored. */
  static async found(platform: Platform): Promise<Home | null> {
    const rest = await platform.vaults.open(SCOPE);
    const bytes = await rest.load(KEY);
    return bytes ? new Home(platform, rest, fromBytes<Known>(bytes)) : null;
  }

  /**
   * The same, with a new home where there was none. `secret`: one that another device has; `label`:
   * what this device is called there.
   */
  static async made(platform: Platform, secret?: Uint8Array, label?: string): Promise<Home> {
    const before = await Home.found(platform);
    if (before) return before;
    const rest = await platform.vaults.open(SCOPE);
    const { key: server } = await whoServes(lineTo(platform).api);
    const known = { secret: secret ?? platform.random(32), server };
    await rest.save(KEY, toBytes(known));
    const home = new Home(platform, rest, known);
    await home.devices.record(label);
    return home;
  }

  /** Erases what this device keeps of it here, and nothing at the server. */
  static async forget({ vaults }: Pick<Platform, "vaults">): Promise<void> {
    await vaults.erase(SCOPE);
  }

  /** What another device needs to have the same. */
  get secret(): Uint8Array {
    return this.#known.secret;
  }

  /** Reads and follows the home; its personas come and go with it. Rejects unless it is there. */
  async start(): Promise<void> {
    this.#stop();
    this.#stop = effect(() => {
      const known = recordsOf(this.vault.records.value, "persona").map(({ data }) => data);
      const before = this.#personas.peek();
      const now = known.map(
        (about) => before.find((one) => same(one.about.vault, about.vault)) ?? this.persona(about),
      );
      for (const gone of before) if (!now.includes(gone)) gone.close();
      this.#personas.value = now;
    });
    await this.vault.open();
    this.vault.start();
    const { vault, purse } = this;
    const [{ api }, { clock }, rest] = [this.#line, this.#platform, this.#rest];
    void renewKept({ vault, purse, api, clock, rest, name: SCOPE });
  }

  close(): void {
    this.#stop();
    this.vault.close();
    this.#line.rooms.close();
    for (const persona of this.#personas.peek()) persona.close();
  }

  /** What is kept of a practice, for somebody. */
  of(practice: Uint8Array, holder: string): Persona | undefined {
    return this.#personas
      .peek()
      .find(({ about }) => same(about.practice, practice) && about.holder === holder);
  }

  /**
   * Makes a persona, once: what was begun before goes on with what was drawn and paid then. Rejects
   * as `Api.request` does, with `quota_exceeded` where the supply is too small.
   */
  async keep(
    about: Omit<Data<"persona">, "vault">,
    visit: Data<"visit">,
    supply: readonly Paid[],
  ): Promise<Persona> {
    const { random } = this.#platform;
    const name = draftOf(about.practice);
    const begun = await this.#rest.load(name);
    const keys = { id: random(16), owner: random(32), append: random(32), seal: random(32) };
    const draft: Draft = begun
      ? fromBytes<Draft>(begun)
      : { about: { ...about, vault: random(32) }, mailbox: keys, visit, supply };
    await this.#rest.save(name, toBytes(draft));
    await this.#establish(draft);
    await this.#rest.erase(name);
    const made = this.of(draft.about.practice, draft.about.holder);
    if (!made) throw new Error("the home has the persona that was put into it");
    return made;
  }

  /** Goes on with what a page before began. */
  async resume(): Promise<void> {
    for (const name of await this.#rest.names()) {
      if (!name.startsWith("draft:")) continue;
      const bytes = await this.#rest.load(name);
      if (bytes) await this.#establish(fromBytes<Draft>(bytes));
      await this.#rest.erase(name);
    }
  }

  /** What pays for small things that follow from no persona. Rejects with `quota_exceeded`. */
  pocket(): Pocket {
    return new Pocket(async (count) => {
      const sizes = Array<number>(count).fill(PAGE);
      const taken = this.purse.draw(this.vault.records.peek(), sizes);
      const spent = taken.map(({ voucher }) => voucher);
      await this.vault.change((newest) => without(newest, spent));
      return taken;
    });
  }

  /** How many vouchers are left. */
  get left(): number {
    return vouchersIn(this.vault.records.peek()).length;
  }

  /** No other practice's vouchers may pay for it. */
  isPaidBy(practice: Uint8Array): boolean {
    const [payer] = recordsOf(this.vault.records.peek(), "payer");
    return payer !== undefined && same(payer.data.practice, practice);
  }

  /** What is for it of what a visit brought, and the rest. */
  split(supply: readonly Paid[]): { forHome: readonly Paid[]; rest: readonly Paid[] } {
    const { taken, left } = new Purse(this.#platform.clock).take(supply, FOR_HOME);
    return { forHome: taken, rest: left };
  }

  /** Puts away what is for it of what a visit brought, once. */
  refill(id: string, supply: readonly Paid[]): Promise<void> {
    return this.vault.change((records) => filled(records, id, supply));
  }

  /** Rests on this device alone, until everything is erased. */
  async remember(name: string, bytes: Uint8Array): Promise<void> {
    await this.#rest.save(name, bytes);
  }

  /** Erases everything, at the server and here; tells the ids of what is gone. */
  async erase(told: (what: string, id: string) => void): Promise<void> {
    for (const persona of this.#personas.peek()) await persona.erase(told);
    await this.vault.erase();
    told("vault", b64u(vaultKey(this.#known.secret).place));
    this.close();
    await this.#platform.vaults.erase(SCOPE);
  }

  async #isNew(): Promise<boolean> {
    try {
      await this.vault.open();
      return false;
    } catch (error) {
      if (isGone(error)) return true;
      throw error;
    }
  }

  persona(about: Data<"persona">): Persona {
    const { server } = this.#known;
    return new Persona(about, { platform: this.#platform, rest: this.#rest, server });
  }

  async #establish({ about, mailbox, visit, supply }: Draft): Promise<void> {
    const isNew = await this.#isNew();
    const purse = new Purse(this.#platform.clock);
    const sizes = [MAILBOX, PAGE, PAGE, ...(isNew ? FOR_HOME : [])];
    const { taken, left } = purse.take(supply, sizes);
    const [forMailbox, forPage, forCell, ...forHome] = taken;
    if (!forMailbox || !forPage || !forCell) return;
    const persona = this.persona(about);
    const { id, owner, append, seal } = mailbox;
    const keys = { id, owner: seedSigner(owner), append, seal };
    await makeMailbox(persona.api, keys, forMailbox.voucher);
    await persona.make(
      [
        { id: idFor(id), n: 1, kind: "mailbox", data: dataOf("mailbox", mailbox) },
        { id: visitId(visit), n: 1, kind: "visit", data: dataOf("visit", visit) },
        { id: supplyId(visit), n: 1, kind: "vouchers", data: vouchers(left) },
      ],
      [forPage, forCell, ...left],
    );
    persona.close();
    const entry = { id: idFor(about.vault), kind: "persona", data: dataOf("persona", about) };
    if (isNew) {
      // The others are for what was spent before the page was closed.
      this.#first = [...forHome];
      const kept = { id: idFor(this.#known.secret), n: 1, kind: "vouchers" };
      await this.vault.create([
        { ...entry, n: 1 },
        { ...kept, data: vouchers(forHome.slice(2)) },
        await this.devices.record(),
        { id: PAYER, n: 1, kind: "payer", data: dataOf("payer", { practice: about.practice }) },
      ]);
      this.#first = [];
    } else {
      await this.vault.change((records) =>
        records.some((one) => one.id === entry.id) ? [] : [changed(records, entry)],
      );
    }
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof ProtocolError && error.code === "not_found";

const vouchers = (paid: readonly Paid[]): string => dataOf("vouchers", { vouchers: [...paid] });
