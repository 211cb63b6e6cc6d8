/**
 * The practice's own mailbox, and what pays for those of its patients. One voucher is always ready,
 * so that nobody waits for one when a consult begins.
 */
import { LIMITS } from "../../protocol/limits.ts";
import type { Mail } from "../../sealing/mail.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { Address, MailboxKeys } from "../mail/address.ts";
import { Inbox } from "../mail/inbox.ts";
import { makeMailbox } from "../mail/mailboxes.ts";
import type { Platform, Vault } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomConnection } from "../rooms/connection.ts";
import { registerVouchers } from "../rooms/vouchers.ts";
import type { Credentials } from "./store.ts";

/** What rests of it, wrapped, besides the owner's key. */
interface Kept {
  readonly id: Uint8Array;
  readonly append: Uint8Array;
  readonly seal: Uint8Array;
  readonly made: boolean;
  readonly taken: number;
  /** Registered, and given to nobody yet. */
  readonly voucher: Uint8Array | null;
}

export interface DeskMailNeeds {
  readonly platform: Platform;
  readonly api: Api;
  readonly rooms: RoomConnection;
  readonly vault: Vault;
  readonly credentials: Credentials;
  /** Takes what a patient's device says about a document; stored when it resolves. */
  take(mail: Mail, content: Uint8Array): Promise<void>;
}

const NAME = "mail";
/** How long what is sent waits for its reader: seconds. */
const LASTS = 180 * 24 * 3600;

export class DeskMail {
  readonly #needs: DeskMailNeeds;
  #kept: Kept | undefined;
  #inbox: Inbox | undefined;
  /** One thing at a time: a voucher goes to one person. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(needs: DeskMailNeeds) {
    this.#needs = needs;
  }

  /**
   * Where the practice can be written to, and a voucher where one is wanted. Rejects as
   * `Api.request` does while the server cannot be reached, or has no room left.
   */
  offer(wanted: boolean): Promise<{ readonly address: Address; readonly voucher?: Uint8Array }> {
    return this.#step(async () => {
      const kept = await this.#ready();
      const address = { mailbox: kept.id, append: kept.append, seal: kemPublic(kept.seal) };
      if (!wanted) return { address };
      const voucher = kept.voucher ?? (await this.#voucher());
      await this.#save({ ...kept, voucher: null });
      // The next one, in its own time.
      void this.#step(async () => {
        if (this.#kept && !this.#kept.voucher)
          await this.#save({ ...this.#kept, voucher: await this.#voucher() });
      }).catch(() => undefined);
      return { address, voucher };
    });
  }

  /** Makes the mailbox if there is none, and begins to empty it. */
  start(): Promise<void> {
    return this.#step(async () => void (await this.#ready())).catch(() => undefined);
  }

  /** There may be something. */
  empty(): void {
    void this.#inbox?.empty();
  }

  close(): void {
    this.#inbox?.close();
    this.#inbox = undefined;
  }

  #step<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(act);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #ready(): Promise<Kept> {
    const { platform, api, rooms, take } = this.#needs;
    let kept = this.#kept ?? (await this.#stored());
    if (this.#inbox) return kept;
    const keys = await this.#keys(kept);
    if (!kept.made) {
      // Kept before it is spent: a retry spends the same one.
      const voucher = kept.voucher ?? (await this.#voucher());
      await this.#save({ ...kept, voucher });
      await makeMailbox(api, keys, voucher);
      kept = { ...kept, made: true, voucher: null };
      await this.#save(kept);
    }
    this.#inbox = new Inbox({
      api,
      clock: platform.clock,
      rooms,
      keys,
      taken: kept.taken,
      take,
      save: async (taken) => {
        if (this.#kept) await this.#save({ ...this.#kept, taken });
      },
    });
    this.#inbox.start();
    return kept;
  }

  async #stored(): Promise<Kept> {
    const bytes = await this.#needs.vault.load(NAME);
    if (bytes) {
      this.#kept = fromBytes<Kept>(bytes);
      return this.#kept;
    }
    const { random } = this.#needs.platform;
    const fresh = { id: random(16), append: random(32), seal: random(32) };
    const kept = { ...fresh, made: false, taken: 0, voucher: null };
    await this.#save(kept);
    return kept;
  }

  async #voucher(): Promise<Uint8Array> {
    const { platform, api, credentials } = this.#needs;
    const { random, clock } = platform;
    const expires = Math.floor(clock.now() / 1000) + LASTS;
    const by = { api, random, device: credentials.device };
    const [made] = await registerVouchers(by, [LIMITS.mailbox], expires);
    if (!made) throw new Error("a voucher is made for each size");
    return made.voucher;
  }

  async #keys({ id, append, seal }: Kept): Promise<MailboxKeys> {
    const { vault } = this.#needs;
    const owner = (await vault.signer(NAME)) ?? (await vault.makeSigner(NAME));
    return { id, owner, append, seal };
  }

  async #save(kept: Kept): Promise<void> {
    this.#kept = kept;
    await this.#needs.vault.save(NAME, toBytes(kept));
  }
}
