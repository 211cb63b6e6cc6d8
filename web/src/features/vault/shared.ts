/**
 * A vault at a server: read, changed by compare and swap, watched. Of several devices that write at
 * once each takes up what the others wrote (docs/sealed-formats.md, Vaults).
 */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { type ErrorCode, ProtocolError } from "../../protocol/errors.ts";
import { Kind } from "../../protocol/watch.ts";
import { NOBODY, type Seen } from "../../sealing/cell.ts";
import { b64u } from "../../sealing/encoding.ts";
import { require, type SealCode, SealError } from "../../sealing/errors.ts";
import { padme } from "../../sealing/padme.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import {
  type Head,
  HeadKind,
  headOf,
  mergeRecords,
  openHead,
  openPage,
  sealHead,
  sealPage,
  type VaultKey,
  type VaultRecord,
} from "../../sealing/vault.ts";
import type { Platform, Vault } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import { deleteBlob, fetchBlob, storeBlob } from "../rooms/blobs.ts";
import { deleteCell, putCell, readCell } from "../rooms/cells.ts";
import type { RoomConnection } from "../rooms/connection.ts";
import { blobThing, cellThing, type Thing } from "../rooms/renewal.ts";

/** Somebody else was faster, or a page was deleted while it was asked for: so often it is tried. */
const ATTEMPTS = 8;
/** What a cell is paid for with. */
const CELL_BYTES = 4_096;

/**
 * What pays for one thing at the server. Where vouchers rest in the vault itself `changes` takes this
 * one out, in the same change that it pays for.
 */
export interface Payment {
  readonly voucher: Uint8Array;
  readonly changes?: readonly VaultRecord[];
}

/** The letter behind the last head of a vault that has moved. */
export interface MovedTo {
  readonly head: Head;
  readonly letter: Uint8Array;
}

export interface VaultNeeds {
  readonly platform: Pick<Platform, "random">;
  readonly api: Api;
  readonly rooms: RoomConnection;
  /** Where it rests on this device what was seen last; under `name`. */
  readonly rest: Vault;
  readonly name: string;
  readonly key: VaultKey;
  /** The key that the server signs with. */
  readonly server: Uint8Array;
  /**
   * A voucher for at least so many bytes, which is asked for again, with the newest records, when
   * one was good for nothing. Rejects where there is none.
   */
  pay(bytes: number, records: readonly VaultRecord[]): Promise<Payment>;
}

/** What rests of it, and is shown before the server has answered. */
interface Kept {
  readonly seen: Seen;
  readonly head: Head | null;
  readonly records: readonly VaultRecord[];
}

/** A blob, and the state that it holds. */
interface Sealed {
  readonly salt: Uint8Array;
  readonly blob: Uint8Array;
  readonly bytes: Uint8Array;
  readonly records: readonly VaultRecord[];
}

type Mutate = (records: readonly VaultRecord[]) => readonly VaultRecord[];

const NOTHING: Kept = { seen: { version: 0, hash: NOBODY }, head: null, records: [] };
const SPENT: readonly string[] = ["bad_voucher", "already_exists", "quota_exceeded"];

const isCode = (error: unknown, code: string): boolean =>
  error instanceof ProtocolError && error.code === code;

/** The next state of a record: `data` null erases it. */
export function changed(
  records: readonly VaultRecord[],
  { id, kind, data }: Omit<VaultRecord, "n">,
): VaultRecord {
  const before = records.find((one) => one.id === id);
  return { id, n: (before?.n ?? 0) + 1, kind, data };
}

export class SharedVault {
  readonly #records = signal<readonly VaultRecord[]>([]);
  readonly #problem = signal<ErrorCode | SealCode | "offline" | null>(null);
  readonly #moved = signal<MovedTo | null>(null);
  readonly #gap = signal(false);
  readonly #needs: VaultNeeds;
  #kept = NOTHING;
  #watch: { close(): void } | undefined;
  /** One thing at a time. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(needs: VaultNeeds) {
    this.#needs = needs;
  }

  /** The newest that is known, erased records among them. */
  get records(): ReadonlySignal<readonly VaultRecord[]> {
    return this.#records;
  }

  /**
   * Why the newest state is not known: `rolled_back` and `forked` are the server's fault, and say so
   * loudly; `not_found`: it is gone, or expired.
   */
  get problem(): ReadonlySignal<ErrorCode | SealCode | "offline" | null> {
    return this.#problem;
  }

  /** Once it is not null nothing can be changed here any more. */
  get moved(): ReadonlySignal<MovedTo | null> {
    return this.#moved;
  }

  /** So much has changed since this device looked that what lies between could not be checked. */
  get gap(): ReadonlySignal<boolean> {
    return this.#gap;
  }

  /** What of it ends with its voucher: its cell, and the page that holds the newest records. */
  get things(): { readonly cell: Thing; readonly page: Thing } | null {
    const { key } = this.#needs;
    const { head } = this.#kept;
    if (head?.kind !== HeadKind.PAGE) return null;
    const page = blobThing(key.owner, b64u(head.blob), head.length);
    return { cell: cellThing(key.owner, key.place), page };
  }

  /** Makes it, with its first records; again, after a lost answer, it finds what it made. */
  create(records: readonly VaultRecord[]): Promise<void> {
    return this.#step(async () => {
      await this.#load();
      try {
        await this.#read();
      } catch (error) {
        if (!isCode(error, "not_found") || this.#kept.seen.version > 0) throw error;
        await this.#write(() => records);
      }
    });
  }

  /** What this device knows, then what the server has. Rejects as `problem` says. */
  open(): Promise<void> {
    return this.#step(async () => {
      await this.#load();
      await this.#read();
    });
  }

  /**
   * Changes records: `mutate` gets the newest, gives those that it changes (see `changed`), and is
   * called again where another device was faster. Resolves once it is on the server's disk.
   */
  change(mutate: Mutate): Promise<void> {
    return this.#step(async () => {
      await this.#load();
      await this.#read();
      await this.#write(mutate);
    });
  }

  /** The last version: `letter` says where it goes on, to whom it is sealed for. */
  move(letter: Uint8Array): Promise<void> {
    return this.#step(async () => {
      await this.#load();
      await this.#read();
      const { random } = this.#needs.platform;
      const { records } = this.#kept;
      const last = { salt: random(32), blob: random(16), bytes: letter, records };
      await this.#put(HeadKind.MOVED, () => last);
    });
  }

  /** Follows what other devices write, from now on. */
  start(): void {
    const { rooms, key } = this.#needs;
    const look = (): void => void this.open().catch(() => undefined);
    this.#watch ??= rooms.watch(
      {
        kind: Kind.CELL,
        id: key.place,
        signer: key.reader,
        known: () => this.#kept.seen.version,
      },
      {
        begun: look,
        changed: ({ latest }) => {
          if (latest > this.#kept.seen.version) look();
        },
        closed: look,
      },
    );
  }

  close(): void {
    this.#watch?.close();
    this.#watch = undefined;
  }

  /** Erases cell and page at the server, and what rests of them here. */
  erase(): Promise<void> {
    this.close();
    return this.#step(async () => {
      const { api, key, rest, name } = this.#needs;
      await this.#load();
      await this.#read().catch(() => undefined);
      await this.#deletePage(this.#kept.head);
      await deleteCell(api, key.owner, key.place).catch((error: unknown) => {
        if (!isCode(error, "not_found")) throw error;
      });
      this.#kept = NOTHING;
      await rest.erase(name);
    });
  }

  #step<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(act);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #load(): Promise<void> {
    if (this.#kept !== NOTHING) return;
    const bytes = await this.#needs.rest.load(this.#needs.name);
    if (!bytes) return;
    this.#kept = fromBytes<Kept>(bytes);
    this.#records.value = this.#kept.records;
  }

  async #save(kept: Kept): Promise<void> {
    this.#kept = kept;
    await this.#needs.rest.save(this.#needs.name, toBytes(kept));
    batch(() => {
      this.#records.value = kept.records;
      this.#problem.value = null;
    });
  }

  async #read(): Promise<void> {
    try {
      await this.#readNewest();
      this.#problem.value = null;
    } catch (error) {
      const coded = error instanceof ProtocolError || error instanceof SealError;
      this.#problem.value = coded ? error.code : "offline";
      throw error;
    }
  }

  async #readNewest(): Promise<void> {
    const { api, key, server } = this.#needs;
    for (let attempt = 1; ; attempt += 1) {
      const before = this.#kept.seen;
      const { seen, gap, state } = await readCell(api, server, key.reader, key.cell, before);
      if (gap) this.#gap.value = true;
      const known = seen.version === before.version && this.#kept.head;
      if (known && (known.kind === HeadKind.PAGE || this.#moved.peek())) return;
      const head = openHead(key, seen.version, state.value);
      require(state.closed === (head.kind === HeadKind.MOVED), "bad_form", "closed, or moved");
      try {
        const { blob, length } = head;
        const where = { blob: b64u(blob), read: key.readSeed, length };
        const bytes = await fetchBlob(api, where);
        const isPage = head.kind === HeadKind.PAGE;
        const records = isPage ? openPage(key, head, bytes) : this.#kept.records;
        if (!isPage) this.#moved.value = { head, letter: bytes };
        await this.#save({ seen, head, records });
        return;
      } catch (error) {
        // The page was overtaken, and deleted, between the two answers.
        if (!isCode(error, "not_found") || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #write(mutate: Mutate): Promise<void> {
    const { key, platform } = this.#needs;
    if (this.#moved.peek()) throw new ProtocolError("cell_closed");
    await this.#put(HeadKind.PAGE, (paid) => {
      // What pays comes first: a change of the same record goes on from there.
      const records = mergeRecords(this.#kept.records, paid);
      const changes = mutate(records);
      if (changes.length === 0) return null;
      const [salt, blob] = [platform.random(32), platform.random(16)];
      const merged = mergeRecords(records, changes);
      return { salt, blob, bytes: sealPage(key, salt, blob, merged), records: merged };
    });
  }

  /** Seals anew, on top of what others wrote meanwhile, until the server takes it. */
  async #put(kind: HeadKind, seal: (paid: readonly VaultRecord[]) => Sealed | null): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const draft = seal([]);
      if (!draft) return;
      try {
        await this.#putOnce(kind, seal, padme(draft.bytes.length));
        return;
      } catch (error) {
        const code = error instanceof ProtocolError ? error.code : "";
        const again = code === "stale_version" || SPENT.includes(code);
        if (!again || attempt === ATTEMPTS) throw error;
        if (code === "stale_version") await this.#read();
      }
    }
  }

  async #putOnce(
    kind: HeadKind,
    seal: (paid: readonly VaultRecord[]) => Sealed | null,
    bytes: number,
  ): Promise<void> {
    const { api, platform, key, server } = this.#needs;
    const { seen: before, head: last } = this.#kept;
    const first = before.version === 0;
    const { vouchers, paid } = await this.#pay(first ? [bytes, CELL_BYTES] : [bytes]);
    const sealed = seal(paid);
    if (!sealed) return;
    const [forPage, forCell] = vouchers;
    const { random } = platform;
    const owned = { api, random, signer: key.owner, read: key.readSeed, id: sealed.blob };
    await storeBlob({ ...owned, ...(forPage ? { voucher: forPage } : {}) }, sealed.bytes);
    const head = headOf(kind, sealed.salt, sealed.blob, sealed.bytes);
    const value = sealHead(key, before.version + 1, head);
    const next = { owner: key.owner, keys: key.cell, before, value };
    const closed = kind === HeadKind.MOVED;
    const paying = forCell ? { voucher: forCell } : {};
    try {
      const seen = await putCell(api, server, { ...next, closed, ...paying });
      await this.#save({ seen, head, records: sealed.records });
    } catch (error) {
      // What the server has refused nothing points to.
      if (error instanceof ProtocolError) await this.#deletePage(head);
      throw error;
    }
    await this.#deletePage(last);
  }

  async #pay(sizes: readonly number[]) {
    const vouchers: Uint8Array[] = [];
    let paid: readonly VaultRecord[] = [];
    for (const bytes of sizes) {
      const records = mergeRecords(this.#kept.records, paid);
      const { voucher, changes = [] } = await this.#needs.pay(bytes, records);
      vouchers.push(voucher);
      paid = mergeRecords(paid, changes);
    }
    return { vouchers, paid };
  }

  /** Where that is lost it goes with its voucher. */
  async #deletePage(head: Head | null): Promise<void> {
    if (!head) return;
    const { api, key } = this.#needs;
    await deleteBlob(api, key.owner, b64u(head.blob)).catch(() => undefined);
  }
}
