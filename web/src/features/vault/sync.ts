/**
 * What this device has of the records that a vault shares, brought in step with the vault, both ways:
 * a change made here while the server was out of reach goes there later, and what other devices
 * changed comes here. Of two changes of one record the one that reaches the vault last stands.
 */
import type { VaultRecord } from "../../sealing/vault.ts";

/** A record's kind and what it holds: null where it was erased. */
export type Content = Pick<VaultRecord, "kind" | "data">;

/** A vault as others see it; both reject where it cannot be reached, or what it holds is refused. */
export interface SharedRecords {
  read(): Promise<readonly VaultRecord[]>;
  /** `make` gives what is to be changed of the newest state; it may be called more than once. */
  change(make: (records: readonly VaultRecord[]) => readonly VaultRecord[]): Promise<void>;
}

/** What this device keeps of its own: the same content always gives the same `data`. */
export interface OwnRecords {
  /** By the records' ids; nothing that was erased here. */
  list(): Promise<ReadonlyMap<string, Content>>;
  /** Takes a record as another device left it. What has a kind that is unknown here changes nothing. */
  apply(record: Pick<VaultRecord, "id" | "kind" | "data">): Promise<void>;
  /**
   * Whether what comes of a kind is merged into what is here, so that neither is lost: it is taken
   * even where this device has changed its own, and what both have together goes back.
   */
  merges(kind: string): boolean;
}

/** How both stood when they were in step, by the records' ids. */
export type Base = Readonly<Record<string, { readonly n: number; readonly own: string | null }>>;

export interface SyncNeeds {
  readonly vault: SharedRecords;
  readonly own: OwnRecords;
  loadBase(): Promise<Base>;
  saveBase(base: Base): Promise<void>;
}

export class Sync {
  readonly #needs: SyncNeeds;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(needs: SyncNeeds) {
    this.#needs = needs;
  }

  /** Whether something was changed here since both were in step: nobody is asked. */
  async hasNews(): Promise<boolean> {
    const { own, loadBase } = this.#needs;
    const [base, here] = [await loadBase(), await own.list()];
    const ids = new Set([...here.keys(), ...Object.keys(base)]);
    return [...ids].some((id) => (here.has(id) && !base[id]) || changedHere(base, here, id));
  }

  /** The ids of what was erased here since both were in step: nobody is asked. */
  async erased(): Promise<ReadonlySet<string>> {
    const { own, loadBase } = this.#needs;
    const [base, here] = [await loadBase(), await own.list()];
    const gone = (id: string): boolean => !here.has(id) && changedHere(base, here, id);
    return new Set(Object.keys(base).filter(gone));
  }

  /** Brings both in step; what changes meanwhile is taken along. Rejects as the vault does. */
  run(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#steps().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #steps(): Promise<void> {
    do {
      this.#again = false;
      await this.#step();
    } while (this.#again);
  }

  async #step(): Promise<void> {
    const { vault, own, loadBase, saveBase } = this.#needs;
    const base = { ...(await loadBase()) };
    const remote = new Map((await vault.read()).map((record) => [record.id, record]));
    const before = await own.list();
    for (const record of remote.values()) {
      const known = base[record.id];
      const isNews = known?.n !== record.n;
      const here = before.get(record.id)?.data ?? null;
      // What was changed here since is written below, on top of what came.
      const takes = !known || here === known.own || own.merges(record.kind);
      if (isNews && takes) await own.apply(record);
    }
    const now = await own.list();
    const changed = new Map<string, Content>();
    for (const { id, kind, n, data } of remote.values()) {
      const content = now.get(id);
      const merged = own.merges(kind) && base[id]?.n !== n && data !== null;
      if (merged && content && content.data !== data) changed.set(id, content);
    }
    for (const [id, content] of now) {
      const unknown = !remote.has(id) && !base[id];
      if (unknown || changedHere(base, before, id)) changed.set(id, content);
    }
    for (const id of Object.keys(base)) {
      const kind = remote.get(id)?.kind;
      const gone = !now.has(id) && changedHere(base, before, id);
      if (gone && kind) changed.set(id, { kind, data: null });
    }
    const written = changed.size > 0 ? await this.#write(changed) : new Map<string, VaultRecord>();
    const ids = new Set([...remote.keys(), ...now.keys(), ...Object.keys(base)]);
    const next = [...ids].flatMap((id) => {
      const n = written.get(id)?.n ?? remote.get(id)?.n ?? base[id]?.n;
      return n ? [[id, { n, own: now.get(id)?.data ?? null }] as const] : [];
    });
    await saveBase(Object.fromEntries(next));
  }

  async #write(changed: ReadonlyMap<string, Content>): Promise<ReadonlyMap<string, VaultRecord>> {
    let written = new Map<string, VaultRecord>();
    await this.#needs.vault.change((records) => {
      const newest = new Map(records.map(({ id, n }) => [id, n]));
      written = new Map(
        [...changed].map(([id, content]) => [id, { id, n: (newest.get(id) ?? 0) + 1, ...content }]),
      );
      return [...written.values()];
    });
    return written;
  }
}

/** Whether this device has changed a record, or erased it, since both were in step. */
function changedHere(base: Base, here: ReadonlyMap<string, Content>, id: string): boolean {
  const known = base[id];
  return known !== undefined && (here.get(id)?.data ?? null) !== known.own;
}
