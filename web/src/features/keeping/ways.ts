/** More devices that have the same, and ways back to it where all of them are lost. */
import { signal } from "@preact/signals";
import { b64u } from "../../sealing/encoding.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { placeOf, type Ring } from "../../sealing/ring.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { Asking, type AskingModel } from "../adding/asking.ts";
import { Showing, type ShowingModel } from "../adding/showing.ts";
import type { Paid } from "../consult/paid.ts";
import type { Platform, Vault } from "../ports.ts";
import { createOpenWith, type OpenWithModel, type OpenWithNeeds } from "../recovery/open-with.ts";
import { createRings, type Rings } from "../recovery/rings.ts";
import { takeSheet } from "../recovery/sheet.ts";
import { createWaysBack, type WaysBackModel } from "../recovery/ways-back.ts";
import { changed } from "../vault/shared.ts";
import { Home } from "./home.ts";
import { lineTo } from "./persona.ts";
import type { Pocket } from "./purse.ts";
import { type Data, dataOf, idFor, recordsOf } from "./records.ts";

export const PAGE = "/documents/";
/** Where it rests on this device what was asked, and what is half made. */
const SCOPE = "home:ways";
const ROOT = "root";
/** What passes between two screens lies in so many. */
const MAILBOXES = 2;
/** What a helper is given to pay with: they can show their link twice. */
const GIVEN = 2 * MAILBOXES;

/** A QR that adds a device has opened this page. */
export const isAdding = (address: Pick<Platform["address"], "fragment">): boolean =>
  /^#?add=/.test(address.fragment());

/** What a helper shows has opened this page. */
export const isBack = (address: Pick<Platform["address"], "fragment">): boolean =>
  /^#?back=/.test(address.fragment());

export class Ways {
  /** Another device is being added from this one. */
  readonly adding = signal<ShowingModel | null>(null);
  /** Ways back are being made, or changed. */
  readonly changing = signal<WaysBackModel | null>(null);
  /** This device is being added from another one. */
  readonly asking = signal<AskingModel | null>(null);
  /** This device gets back what others had. */
  readonly recovering = signal<OpenWithModel | null>(null);
  readonly #platform: Platform;
  readonly #found: () => void;
  readonly #line: ReturnType<typeof lineTo>;

  /** `found` is called once this device has a home. */
  constructor(platform: Platform, found: () => void) {
    this.#platform = platform;
    this.#found = found;
    this.#line = lineTo(platform);
  }

  /** Begins with what a QR has brought to this page, if one has. */
  async arrive(): Promise<void> {
    const { address, vaults, clock, random } = this.#platform;
    const fragment = address.fragment();
    const sheet = takeSheet(address);
    if (sheet) await this.recover({ sheet });
    if (isBack(address)) {
      address.clearFragment();
      await this.recover({ link: fragment });
    }
    if (!isAdding(address)) return;
    address.clearFragment();
    const vault = await vaults.open(SCOPE);
    const signer = (await vault.signer("device")) ?? (await vault.makeSigner("device"));
    const asking = new Asking({
      ...this.#line,
      clock,
      random,
      vault,
      signer,
      fragment,
      take: async ({ grant, label }) => {
        if (grant.t === "person") await Home.made(this.#platform, grant.vault, label);
      },
    });
    this.asking.value = asking;
    await asking.resume();
    asking.phase.subscribe((phase) => {
      if (phase === "done") this.#came();
    });
  }

  /** Rejects where nothing can be stored. */
  async recover(brought: Pick<OpenWithNeeds, "sheet" | "link"> = {}): Promise<void> {
    const { passkeys, vaults } = this.#platform;
    const vault = await vaults.open(SCOPE);
    const rings = await this.#rings(async () => {
      throw new Error("nothing is made where something is got back");
    });
    this.recovering.value = createOpenWith({
      passkeys,
      device: undefined,
      ...brought,
      helper: {
        circle: "trusted",
        ask: (fragment, take) => this.#askHelper(vault, fragment, take),
      },
      open: (means, other) => rings.open(means, other),
      opened: async (ring) => {
        await Home.made(this.#platform, ring.vault);
        this.#came();
      },
    });
  }

  /** Rejects with `quota_exceeded` where nothing pays for the way between the two screens. */
  async add(home: Home): Promise<void> {
    const { clock, random, address } = this.#platform;
    this.adding.peek()?.close();
    const pocket = home.pocket();
    await pocket.fill(MAILBOXES);
    const showing = new Showing({
      ...this.#line,
      clock,
      random,
      use: "add",
      page: address.origin + PAGE,
      voucher: pocket.give,
      grant: async () => ({ t: "person", vault: home.secret }),
    });
    this.adding.value = showing;
    await showing.start();
  }

  stopAdding(): void {
    this.adding.peek()?.close();
    this.adding.value = null;
  }

  async change(home: Home): Promise<void> {
    const { clock, random, passkeys, address, vaults } = this.#platform;
    const vault = await vaults.open(SCOPE);
    const pocket = home.pocket();
    const paying = home.pocket();
    const rings = await this.#rings(pocket.give);
    const kept = await this.#ringOf(home);
    /** The means that have a cell. */
    const there = new Set(kept.held.map((one) => b64u(placeOf(one))));
    this.changing.value = await createWaysBack({
      clock,
      random,
      passkeys,
      vault,
      held: kept.held,
      page: address.origin + PAGE,
      locks: [],
      helper: {
        circle: "trusted",
        own: "",
        show: (secret, name) => this.#showHelper(paying, secret, name),
      },
      keep: async (means, out) => {
        const ring: Ring = { ...kept, held: [...means] };
        // Before any cell is made with it: what is made without it could never be changed.
        await vault.save(ROOT, toBytes({ root: ring.root }));
        await pocket.fill(means.filter((one) => !there.has(b64u(placeOf(one)))).length);
        await rings.write(ring, out);
        for (const one of means) there.add(b64u(placeOf(one)));
        await home.vault.change((records) => [
          changed(records, {
            id: idFor(home.secret.slice(0, 16)),
            kind: "ring",
            data: dataOf("ring", { root: ring.root, held: [...means] }),
          }),
        ]);
      },
    });
  }

  leave(): void {
    this.changing.value = null;
  }

  /** Closes the cells of all ways, which open nothing from then on, and forgets them here. */
  async end({ root, held }: Data<"ring">): Promise<void> {
    const rings = await this.#rings(async () => {
      throw new Error("nothing is made where everything is closed");
    });
    await rings.write({ root, vault: new Uint8Array(32), held: [] }, held);
    await this.#platform.vaults.erase(SCOPE);
  }

  /** A means' secret goes to somebody else, with what pays for giving it back. */
  #showHelper(paying: Pocket, secret: Uint8Array, name: string): Showing {
    const { clock, random, address } = this.#platform;
    let mailboxes = MAILBOXES;
    let given: readonly Paid[] | undefined;
    const showing = new Showing({
      ...this.#line,
      clock,
      random,
      use: "help",
      page: address.origin + PAGE,
      voucher: async () => {
        // All of it before anything is made: half of it is of no use.
        await paying.fill(mailboxes + GIVEN);
        mailboxes -= 1;
        return await paying.give();
      },
      grant: async () => {
        given ??= await paying.take(GIVEN);
        return { t: "helper", secret, name, vouchers: [...given] };
      },
    });
    void showing.start();
    return showing;
  }

  #askHelper(
    vault: Vault,
    fragment: string,
    take: (secret: Uint8Array) => Promise<void>,
  ): AskingModel {
    const { clock, random } = this.#platform;
    return new Asking({
      ...this.#line,
      clock,
      random,
      vault,
      signer: seedSigner(random(32)),
      fragment,
      take: async ({ grant }) => {
        if (grant.t === "way") await take(grant.secret);
      },
    });
  }

  #came(): void {
    this.asking.value = null;
    this.recovering.value = null;
    this.#found();
  }

  async #rings(voucher: () => Promise<Uint8Array>): Promise<Rings> {
    const kept = await this.#platform.vaults.open(SCOPE);
    return createRings({ api: this.#line.api, random: this.#platform.random, kept, voucher });
  }

  async #ringOf(home: Home): Promise<Ring> {
    const [found] = recordsOf(home.vault.records.peek(), "ring");
    const vault = home.secret;
    if (found) return { root: found.data.root, vault, held: found.data.held };
    const begun = await this.#platform.vaults.look(SCOPE).load(ROOT);
    const root = begun ? fromBytes<{ root: Uint8Array }>(begun).root : this.#platform.random(32);
    return { root, vault, held: [] };
  }
}
