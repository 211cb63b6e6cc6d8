/**
 * The mailbox of a guest in one room: made with what the host pays for it, emptied while a call is
 * there to take what it holds. Imported late: nobody has one before the consult.
 */
import type { Mail } from "../../sealing/mail.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { LiveCall } from "../consult/live.ts";
import type { MailboxKeys } from "../mail/address.ts";
import { Inbox } from "../mail/inbox.ts";
import { deleteMailbox, makeMailbox } from "../mail/mailboxes.ts";
import type { Platform, Vault } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomConnection } from "../rooms/connection.ts";

/** What rests of it, wrapped, besides the owner's key. */
interface Kept {
  readonly id: Uint8Array;
  readonly append: Uint8Array;
  readonly seal: Uint8Array;
  readonly voucher: Uint8Array;
  /** The server has said that it is there. */
  readonly made: boolean;
  /** The number of the last letter that was taken. */
  readonly taken: number;
}

export interface GuestMailNeeds {
  readonly platform: Platform;
  readonly api: Api;
  readonly rooms: RoomConnection;
  readonly vault: Vault;
}

const NAME = "mail";
/** Before a mailbox that could not be made is tried again. */
const PAUSE = 10_000;

export class GuestMail {
  readonly #needs: GuestMailNeeds;
  #kept: Kept | undefined;
  #inbox: Inbox | undefined;
  #live: LiveCall | undefined;
  #asked = false;
  /** One thing at a time: the host may speak while what is stored is still being read. */
  #queue: Promise<void> = Promise.resolve();
  #cancel = (): void => undefined;

  constructor(needs: GuestMailNeeds) {
    this.#needs = needs;
  }

  /** Takes up what is stored; `live` takes what comes from now on. */
  start(live: LiveCall): Promise<void> {
    this.#live = live;
    return this.#step(async () => {
      const bytes = await this.#needs.vault.load(NAME);
      if (bytes) this.#kept = fromBytes<Kept>(bytes);
      await this.#run();
      // The host may have spoken before there was a call to answer in.
      if (this.#asked) await this.#sayWhere();
    });
  }

  /** The host has said where it can be written to: says the same, with a mailbox if there is one. */
  addressed(voucher: Uint8Array | undefined): Promise<void> {
    return this.#step(async () => {
      this.#asked = true;
      if (!this.#kept && voucher) {
        const { random } = this.#needs.platform;
        const fresh = { id: random(16), append: random(32), seal: random(32) };
        await this.#save({ ...fresh, voucher, made: false, taken: 0 });
      }
      await this.#run();
      await this.#sayWhere();
    });
  }

  /** There may be something: a call that ends waits for this. */
  async empty(): Promise<void> {
    await this.#inbox?.empty();
  }

  close(): void {
    this.#cancel();
    this.#inbox?.close();
    this.#inbox = undefined;
    this.#live = undefined;
  }

  /** Nobody will read it any more. */
  async erase(): Promise<void> {
    const kept = this.#kept;
    const keys = kept?.made ? await this.#keys(kept) : undefined;
    this.close();
    if (keys) await deleteMailbox(this.#needs.api, keys).catch(() => undefined);
  }

  #step(act: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(act);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #run(): Promise<void> {
    const { platform, api, rooms } = this.#needs;
    const kept = this.#kept;
    if (!kept || this.#inbox || !this.#live) return;
    const keys = await this.#keys(kept);
    if (!kept.made) {
      try {
        await makeMailbox(api, keys, kept.voucher);
      } catch {
        this.#cancel = platform.clock.after(PAUSE, () => void this.#step(() => this.#again()));
        return;
      }
      await this.#save({ ...kept, made: true });
    }
    if (!this.#live) return;
    this.#inbox = new Inbox({
      api,
      clock: platform.clock,
      rooms,
      keys,
      taken: kept.taken,
      take: (mail, content) => this.#take(mail, content),
      save: (taken) => this.#save({ ...kept, made: true, taken }),
    });
    this.#inbox.start();
  }

  /** Rejects where no call is there to store it: then it stays in the mailbox. */
  async #take(mail: Mail, content: Uint8Array): Promise<void> {
    if (!this.#live) throw new Error("no call to take it");
    await this.#live.takeMail(mail, content);
  }

  async #again(): Promise<void> {
    await this.#run();
    await this.#sayWhere();
  }

  async #sayWhere(): Promise<void> {
    if (!this.#kept?.made || !this.#live) return;
    const { id, append, seal } = this.#kept;
    await this.#live.giveAddress({ mailbox: id, append, seal: kemPublic(seal) });
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
