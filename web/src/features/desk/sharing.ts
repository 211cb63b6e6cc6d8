/** The practice's vault: made by its first device, and in step with this one from then on. */
import { ProtocolError } from "../../protocol/errors.ts";
import { requireInForce } from "../../sealing/device-list.ts";
import { b64u } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import { openMoved, sealMoved, type VaultKey, vaultKey } from "../../sealing/vault.ts";
import type { Platform } from "../ports.ts";
import { whoServes } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomConnection } from "../rooms/connection.ts";
import type { Thing } from "../rooms/renewal.ts";
import { registerVoucher } from "../rooms/vouchers.ts";
import { type MovedTo, SharedVault } from "../vault/shared.ts";
import { type OwnRecords, Sync } from "../vault/sync.ts";
import type { Credentials } from "./device.ts";
import { newestList } from "./device-papers.ts";
import type { DeskStore, SharedDevice } from "./store.ts";

/** What changes in quick succession goes up together. */
const PAUSE = 1_000;
/** Before what could not be brought in step is tried again. */
const RETRY = 15_000;
/** Seconds that a page and the vault's head are paid for: the server's longest is a little more. */
const LASTS = 3 * 365 * 24 * 3600;
/** What was seen last of a vault rests under its own name. */
const nameOf = ({ place }: VaultKey): string => `vault:${b64u(place)}`;

export interface SharingNeeds {
  readonly platform: Platform;
  readonly api: Api;
  readonly rooms: RoomConnection;
  readonly store: DeskStore;
  readonly credentials: Credentials;
  readonly own: OwnRecords;
  /** What the server shows is not what it showed before, or was altered. */
  refused(error: SealError): void;
}

export class Sharing {
  readonly #needs: SharingNeeds;
  #vault: SharedVault | undefined;
  #sync: Sync | undefined;
  #cancel = (): void => undefined;
  #stop = (): void => undefined;
  #closed = false;

  constructor(needs: SharingNeeds) {
    this.#needs = needs;
  }

  /** Makes the vault if there is none, and keeps in step from now on; tries until it can. */
  async start(): Promise<void> {
    try {
      await this.run();
      if (!this.#closed) this.#follow();
    } catch (error) {
      this.#failed(error, () => void this.start());
    }
  }

  /** What ends with its voucher; nothing before it was opened. */
  get things(): readonly Thing[] {
    const things = this.#vault?.things;
    return things ? [things.cell, things.page] : [];
  }

  /** Something was changed here that others may want to know. */
  readonly changed = (): void => {
    this.#cancel();
    if (this.#closed || !this.#sync) return;
    this.#cancel = this.#needs.platform.clock.after(PAUSE, () => void this.#news());
  };

  /** Brings both in step, now. Rejects where the vault cannot be reached, or is refused. */
  async run(): Promise<void> {
    const { store, platform, own } = this.#needs;
    if (!this.#vault || !this.#sync) {
      const { vault: secret } = await store.share(platform.random);
      const vault = await this.#openVault(secret);
      await found(vault, async () => {
        const first = [...(await own.list())].map(([id, content]) => ({ id, n: 1, ...content }));
        await vault.create(first);
        // What changes from now on is newer than what was put there.
        const base = first.map(({ id, n, data }) => [id, { n, own: data }] as const);
        await store.saveBase(Object.fromEntries(base));
      });
      this.#vault = vault;
      this.#sync = this.#syncOf(vault);
    }
    await this.#sync.run();
  }

  /** What was changed here goes up before this resolves, where that can be done. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#leave();
    if (await this.#sync?.hasNews()) await this.#sync?.run().catch(() => undefined);
  }

  /**
   * Puts all that is shared under another key (32 bytes) too. Again changes nothing. Of a vault that
   * is full it takes the last state that fitted: who is withdrawn must not keep it from moving. What
   * this device could not write there it tries to write in the new one, which has more room.
   */
  async copyTo(secret: Uint8Array): Promise<void> {
    await this.run().catch(unlessFull);
    const erased = (await this.#sync?.erased()) ?? new Set<string>();
    const fitted = this.#vault?.records.peek().filter(({ data }) => data !== null) ?? [];
    const records = fitted.map((record) =>
      erased.has(record.id) ? { ...record, n: record.n + 1, data: null } : record,
    );
    const copy = await this.#openVault(secret);
    await found(copy, () => copy.create(records));
    await copy.change(() => records);
  }

  /** Goes on there, and tells the devices that stay. Again changes nothing. */
  async moveTo(secret: Uint8Array, left: readonly SharedDevice[]): Promise<void> {
    const { store, platform, credentials } = this.#needs;
    const share = await store.share(platform.random);
    const seals = left.map(({ seal }) => seal);
    const old = vaultKey(share.vault);
    if (!this.#vault?.moved.peek()) {
      await this.#vault?.move(await sealMoved(old, secret, seals, credentials, platform.random));
    }
    await this.#goOn(secret);
  }

  async #goOn(secret: Uint8Array): Promise<void> {
    const { store, platform } = this.#needs;
    const share = await store.share(platform.random);
    await store.saveShare({ ...share, vault: secret });
    this.#leave();
    await store.vault.erase(nameOf(vaultKey(share.vault)));
    [this.#vault, this.#sync] = [undefined, undefined];
    await this.start();
  }

  #leave(): void {
    this.#cancel();
    this.#stop();
    this.#vault?.close();
  }

  /** Takes what other devices change, and goes with them where they go. */
  #follow(): void {
    const vault = this.#vault;
    if (!vault) return;
    let known = vault.records.peek();
    const stopRecords = vault.records.subscribe((now) => {
      if (now !== known) void this.#news("theirs");
      known = now;
    });
    const stopMoved = vault.moved.subscribe((moved) => {
      if (moved) void this.#moved(moved);
    });
    this.#stop = () => {
      stopRecords();
      stopMoved();
    };
    vault.start();
  }

  async #moved(to: MovedTo): Promise<void> {
    const { store, platform, credentials } = this.#needs;
    try {
      const { vault, seal } = await store.share(platform.random);
      const { certificate, vault: next } = openMoved(vaultKey(vault), to.head, seal, to.letter);
      // Whoever was withdrawn has the old key, and could say that it goes on where they are.
      requireInForce(await newestList(this.#needs, credentials.identity), certificate);
      await this.#goOn(next);
    } catch (error) {
      this.#failed(error, () => void this.#moved(to));
    }
  }

  async #news(whose: "ours" | "theirs" = "ours"): Promise<void> {
    try {
      if (whose === "theirs" || (await this.#sync?.hasNews())) await this.#sync?.run();
    } catch (error) {
      this.#failed(error, () => void this.#news("theirs"));
    }
  }

  #failed(error: unknown, again: () => void): void {
    if (error instanceof SealError) this.#needs.refused(error);
    if (!this.#closed) this.#cancel = this.#needs.platform.clock.after(RETRY, again);
  }

  #syncOf(vault: SharedVault): Sync {
    const { store, own } = this.#needs;
    return new Sync({
      vault: {
        read: async () => {
          await vault.open();
          return vault.records.peek();
        },
        change: (make) => vault.change(make),
      },
      own,
      loadBase: () => store.base(),
      saveBase: (base) => store.saveBase(base),
    });
  }

  async #openVault(secret: Uint8Array): Promise<SharedVault> {
    const { platform, api, rooms, store, credentials } = this.#needs;
    const { random, clock } = platform;
    const { device } = credentials;
    const key = vaultKey(secret);
    return new SharedVault({
      platform,
      api,
      rooms,
      rest: store.vault,
      name: nameOf(key),
      key,
      server: (await store.papers())?.server ?? (await whoServes(api)).key,
      pay: (bytes) => registerVoucher({ api, random, clock, device }, bytes, LASTS),
    });
  }
}

export const isFull = (error: unknown): boolean =>
  error instanceof SealError && error.code === "too_long";

function unlessFull(error: unknown): void {
  if (!isFull(error)) throw error;
}

/** Opens a vault, or makes it where there is none. */
async function found(vault: SharedVault, make: () => Promise<void>): Promise<void> {
  try {
    await vault.open();
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== "not_found") throw error;
    await make();
  }
}
