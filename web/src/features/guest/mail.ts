/**
 * The mailbox of a guest in one room: made with what the host pays for it, emptied until the room
 * is over. Imported late: nobody has one before the consult.
 */
import { ProtocolError } from "../../protocol/errors.ts";
import type { Mail } from "../../sealing/mail.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { Address, MailboxKeys } from "../mail/address.ts";
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
  /** Tells the host where we can be written to, if a call is there to tell it in. */
  tell(address: Address): Promise<void>;
}

/** Stores what a mail held; it is erased at the server when this resolves. */
export type Take = (mail: Mail, content: Uint8Array) => Promise<void>;

const NAME = "mail";
/** What no further attempt can make good. */
const SPENT: readonly string[] = ["bad_voucher", "already_exists"];
/** Before a mailbox that could not be made is tried again. */
const PAUSE = 10_000;

export class GuestMail {
  readonly #needs: GuestMailNeeds;
  #kept: Kept | undefined;
  #inbox: Inbox | undefined;
  #take: Take | undefined;
  /** One thing at a time: the host may speak while what is stored is still being read. */
  #queue: Promise<unknown> = Promise.resolve();
  #cancel = (): void => undefined;

  constructor(needs: GuestMailNeeds) {
    this.#needs = needs;
  }

  /** Takes up what is stored; `take` gets what comes from now on. */
  start(take: Take): Promise<void> {
    this.#take = take;
    return this.#step(() => this.#run());
  }

  /** The host has said where it can be written to: says the same, with a mailbox if there is one. */
  addressed(voucher: Uint8Array | undefined): Promise<void> {
    return this.#step(async () => {
      if (!(await this.#stored()) && voucher) {
        const { random } = this.#needs.platform;
        const fresh = { id: random(16), append: random(32), seal: random(32) };
        await this.#save({ ...fresh, voucher, made: false, taken: 0 });
      }
      await this.#run();
      await this.#sayWhere();
    });
  }

  /** There may be something. */
  async empty(): Promise<void> {
    await this.#inbox?.empty();
  }

  /** Takes all that is there, and deletes the mailbox; false where that cannot be done for now. */
  finish(): Promise<boolean> {
    return this.#step(async () => {
      const kept = await this.#stored();
      // Before it was made nobody was told where it is.
      if (!kept?.made) return true;
      await this.#run();
      if (!(await this.#inbox?.empty())) return false;
      this.close();
      // Where this is lost the mailbox ends with its voucher.
      await deleteMailbox(this.#needs.api, await this.#keys(kept)).catch(() => undefined);
      return true;
    });
  }

  close(): void {
    this.#cancel();
    this.#inbox?.close();
    this.#inbox = undefined;
    this.#take = undefined;
  }

  #step<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(act);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #stored(): Promise<Kept | undefined> {
    if (this.#kept) return this.#kept;
    const bytes = await this.#needs.vault.load(NAME);
    if (bytes) this.#kept = fromBytes<Kept>(bytes);
    return this.#kept;
  }

  async #run(): Promise<void> {
    const { platform, api, rooms } = this.#needs;
    const [kept, take] = [await this.#stored(), this.#take];
    if (!kept || this.#inbox || !take) return;
    const keys = await this.#keys(kept);
    if (!kept.made && !(await this.#make(kept, keys))) return;
    // It may have been closed meanwhile.
    if (!this.#take) return;
    this.#inbox = new Inbox({
      api,
      clock: platform.clock,
      rooms,
      keys,
      taken: kept.taken,
      take,
      save: (taken) => this.#save({ ...kept, made: true, taken }),
    });
    this.#inbox.start();
  }

  /** False where it is to be tried again, by itself or with what the host pays next. */
  async #make(kept: Kept, keys: MailboxKeys): Promise<boolean> {
    const { platform, api, vault } = this.#needs;
    try {
      await makeMailbox(api, keys, kept.voucher);
    } catch (error) {
      if (error instanceof ProtocolError && SPENT.includes(error.code)) {
        this.#kept = undefined;
        await vault.erase(NAME);
      } else if (this.#take) {
        this.#cancel = platform.clock.after(PAUSE, () => void this.#step(() => this.#again()));
      }
      return false;
    }
    await this.#save({ ...kept, made: true });
    return true;
  }

  async #again(): Promise<void> {
    await this.#run();
    await this.#sayWhere();
  }

  async #sayWhere(): Promise<void> {
    if (!this.#kept?.made || !this.#inbox) return;
    const { id, append, seal } = this.#kept;
    await this.#needs.tell({ mailbox: id, append, seal: kemPublic(seal) });
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
