/**
 * The practice's own mailbox, and what pays for those of its patients. One voucher is always ready,
 * so that nobody waits for one when a consult begins.
 */

import { LIMITS } from "../../protocol/limits.ts";
import { same } from "../../sealing/encoding.ts";
import { seedSigner } from "../../sealing/keys.ts";
import type { Mail } from "../../sealing/mail.ts";
import type { Destination } from "../../sealing/permit-papers.ts";
import type { PracticeAddress } from "../../sealing/practice-moved.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { Shelf } from "../consult/shelf.ts";
import type { MailboxKeys } from "../mail/address.ts";
import { Inbox } from "../mail/inbox.ts";
import { allowAppend, deleteMailbox, makeMailbox } from "../mail/mailboxes.ts";
import type { Platform, Vault } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomConnection } from "../rooms/connection.ts";
import { mailboxThing, type Thing } from "../rooms/renewal.ts";
import { registerVoucher } from "../rooms/vouchers.ts";
import type { Credentials } from "./device.ts";
import type { SharedMailbox } from "./shared-forms.ts";

/** What rests of it, wrapped. The mailbox is the practice's, the rest is this device's. */
interface Kept extends SharedMailbox {
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
  /** There is something that the practice's other devices want to know. */
  changed(): void;
  /** Takes what a patient's device says about a document; stored when it resolves. */
  take(mail: Mail, content: Uint8Array): Promise<void>;
}

const NAME = "mail";
/** How long what is sent waits for its reader: seconds. */
export const WAITS = 180 * 24 * 3600;
/** How long the practice's own is paid for: people have its address from then on. */
const LASTS = 3 * 365 * 24 * 3600;

const keysOf = ({ id, owner, append, seal }: SharedMailbox): MailboxKeys => ({
  id,
  owner: seedSigner(owner),
  append,
  seal,
});

/** Whether a document that was sent stands on a shelf. */
export const hasSent = ({ documents }: Pick<Shelf, "documents">, document: string): boolean =>
  documents.peek().some(({ id, mine }) => mine && id === document);

export const addressOf = ({ id, append, seal, since }: SharedMailbox): PracticeAddress => ({
  mailbox: id,
  append,
  seal: kemPublic(seal),
  since,
});

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
  offer(
    wanted: boolean,
  ): Promise<{ readonly address: PracticeAddress; readonly voucher?: Uint8Array }> {
    return this.#step(async () => {
      const kept = await this.#ready();
      const address = addressOf(kept);
      if (!wanted) return { address };
      const voucher = kept.voucher ?? (await this.#voucher(WAITS));
      await this.#save({ ...kept, voucher: null });
      // The next one, in its own time.
      void this.#step(async () => {
        if (this.#kept && !this.#kept.voucher)
          await this.#save({ ...this.#kept, voucher: await this.#voucher(WAITS) });
      }).catch(() => undefined);
      return { address, voucher };
    });
  }

  /** Makes the mailbox if there is none, and begins to empty it. */
  start(): Promise<void> {
    return this.#step(async () => void (await this.#ready())).catch(() => undefined);
  }

  /** The mailbox, for the practice's other devices; undefined until there is one. */
  async shared(): Promise<SharedMailbox | undefined> {
    const kept = this.#kept ?? (await this.#loaded());
    if (!kept?.made) return undefined;
    const { id, owner, append, seal, since, permits } = kept;
    return { id, owner, append, seal, since, ...(permits ? { permits } : {}) };
  }

  /** What ends with its voucher. */
  async things(): Promise<readonly Thing[]> {
    const shared = await this.shared();
    return shared ? [mailboxThing(keysOf(shared))] : [];
  }

  /** The practice's mailbox is this one from now on. */
  adopt(mailbox: SharedMailbox): Promise<void> {
    return this.#step(async () => {
      const kept = this.#kept ?? (await this.#loaded());
      if (kept && same(kept.id, mailbox.id)) return await this.#adoptKey(kept, mailbox.permits);
      const running = this.#inbox !== undefined;
      this.close();
      const voucher = kept?.voucher ?? null;
      await this.#save({ ...mailbox, made: true, taken: 0, voucher });
      if (running) await this.#ready();
    });
  }

  /**
   * Where whoever has a permit writes to: with a key that is for permits alone. `anew`: with another
   * one from now on, so that whoever had one before writes no more. Rejects as `Api.request` does.
   */
  permits(anew?: "anew"): Promise<Destination> {
    return this.#step(async () => {
      const kept = await this.#ready();
      const permits = anew || !kept.permits ? this.#needs.platform.random(32) : kept.permits;
      if (permits !== kept.permits) {
        await this.#save({ ...kept, permits });
        this.#needs.changed();
      }
      // Again changes nothing: it may not have been said before a page was closed.
      await this.#allow({ ...kept, permits });
      return { mailbox: kept.id, append: permits, seal: kemPublic(kept.seal) };
    });
  }

  /** Another mailbox from now on: the keys of the one before are somebody else's, too. */
  renew(): Promise<void> {
    return this.#step(async () => {
      const before = this.#kept ?? (await this.#loaded());
      this.close();
      await this.#fresh(before?.since);
      await this.#ready();
      const { api } = this.#needs;
      // Where this is lost it ends with its voucher.
      if (before?.made) await deleteMailbox(api, keysOf(before)).catch(() => undefined);
    });
  }

  /** There may be something. */
  empty(): void {
    void this.#inbox?.empty();
  }

  close(): void {
    this.#inbox?.close();
    this.#inbox = undefined;
  }

  /** Another device has replaced the key that permits name: what the server has is that one. */
  async #adoptKey(kept: Kept, permits: Uint8Array | undefined): Promise<void> {
    if (!permits || (kept.permits && same(permits, kept.permits))) return;
    await this.#save({ ...kept, permits });
    await this.#allow({ ...kept, permits }).catch(() => undefined);
  }

  async #allow(kept: SharedMailbox): Promise<void> {
    const seeds = [kept.append, ...(kept.permits ? [kept.permits] : [])];
    const keys = seeds.map((seed) => seedSigner(seed).publicKey);
    await allowAppend(this.#needs.api, keysOf(kept), keys);
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
    const keys = keysOf(kept);
    if (!kept.made) {
      // Kept before it is spent: a retry spends the same one.
      const voucher = kept.voucher ?? (await this.#voucher(LASTS));
      await this.#save({ ...kept, voucher });
      await makeMailbox(api, keys, voucher);
      kept = { ...kept, made: true, voucher: null };
      await this.#save(kept);
      this.#needs.changed();
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

  async #loaded(): Promise<Kept | undefined> {
    const bytes = await this.#needs.vault.load(NAME);
    this.#kept = bytes && fromBytes<Kept>(bytes);
    return this.#kept;
  }

  async #stored(): Promise<Kept> {
    const stored = await this.#loaded();
    return stored ?? (await this.#fresh());
  }

  /** `before`: when the one before was made; later than that, whatever this device's clock says. */
  async #fresh(before = 0): Promise<Kept> {
    const { random, clock } = this.#needs.platform;
    const since = Math.max(Math.floor(clock.now() / 1000), before + 1);
    const fresh = { id: random(16), owner: random(32), append: random(32), seal: random(32) };
    const kept = { ...fresh, since, made: false, taken: 0, voucher: null };
    await this.#save(kept);
    return kept;
  }

  async #voucher(seconds: number): Promise<Uint8Array> {
    const { platform, api, credentials } = this.#needs;
    const { random, clock } = platform;
    const by = { api, random, clock, device: credentials.device };
    return (await registerVoucher(by, LIMITS.mailbox, seconds)).voucher;
  }

  async #save(kept: Kept): Promise<void> {
    this.#kept = kept;
    await this.#needs.vault.save(NAME, toBytes(kept));
  }
}
