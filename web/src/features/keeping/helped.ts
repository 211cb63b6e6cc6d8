/**
 * Whom a person helps to come back. All devices that keep the same know it; where nothing is kept, or
 * nothing pays for a page more, it rests in this browser alone (docs/sealed-formats.md, Helpers).
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { hash } from "../../sealing/kdf.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { timeOf } from "../consult/conversation.ts";
import { type Helped, type HelpedStore, helpedId } from "../helping/people.ts";
import type { Vault } from "../ports.ts";
import { changed, type SharedVault } from "../vault/shared.ts";
import { dataOf, idFor, recordsOf } from "./records.ts";

const NAME = "helped";

/** What takes part of a home. */
interface Shelf {
  readonly vault: Pick<SharedVault, "records" | "change">;
}

export class KeptHelped implements HelpedStore {
  readonly list: ReadonlySignal<readonly Helped[]>;
  readonly #rest: Pick<Vault, "load" | "save">;
  readonly #home: ReadonlySignal<Shelf | null>;
  readonly #here = signal<readonly Helped[]>([]);

  /** `rest`: where it rests in this browser alone. */
  constructor(rest: Pick<Vault, "load" | "save">, home: ReadonlySignal<Shelf | null>) {
    this.#rest = rest;
    this.#home = home;
    this.list = computed(() => {
      const here = this.#here.value.map((one) => ({ ...one, here: true }));
      const known = new Set(here.map(helpedId));
      return [...here, ...atHome(home.value).filter((one) => !known.has(helpedId(one)))];
    });
  }

  async load(): Promise<void> {
    const bytes = await this.#rest.load(NAME);
    this.#here.value = bytes ? fromBytes<{ helped: Helped[] }>(bytes).helped : [];
  }

  readonly save = async ({ here: _, ...helped }: Helped): Promise<void> => {
    if (await this.#shared(helped)) await this.#leave(helped);
    else await this.#put([...this.#without(helped), helped]);
  };

  readonly erase = async (helped: Helped): Promise<void> => {
    const home = this.#home.peek();
    const id = helpedId(helped);
    if (atHome(home).some((one) => helpedId(one) === id)) {
      await home?.vault.change((records) => [changed(records, { id, kind: NAME, data: null })]);
    }
    await this.#leave(helped);
  };

  /** What lay in this browser alone goes where the other devices find it, as far as it can. */
  async share(): Promise<void> {
    for (const helped of this.#here.peek()) await this.save(helped);
  }

  /** Whether all devices know it now. */
  async #shared({ secret, name, since, vouchers }: Helped): Promise<boolean> {
    const home = this.#home.peek();
    if (!home) return false;
    const paid = vouchers ? { vouchers: [...vouchers] } : {};
    const data = dataOf(NAME, { secret, name, since: timeOf(since), ...paid });
    const record = { id: idFor(hash(secret)), kind: NAME, data };
    try {
      await home.vault.change((records) =>
        records.some((one) => one.id === record.id && one.data === data)
          ? []
          : [changed(records, record)],
      );
      return true;
    } catch (error) {
      const code = error instanceof ProtocolError ? error.code : "";
      // Nothing pays for it, or it is not there (yet, or any more).
      if (code === "quota_exceeded" || code === "not_found") return false;
      throw error;
    }
  }

  async #leave(helped: Helped): Promise<void> {
    const left = this.#without(helped);
    if (left.length < this.#here.peek().length) await this.#put(left);
  }

  #without(helped: Helped): readonly Helped[] {
    return this.#here.peek().filter((one) => helpedId(one) !== helpedId(helped));
  }

  async #put(helped: readonly Helped[]): Promise<void> {
    await this.#rest.save(NAME, toBytes({ helped }));
    this.#here.value = helped;
  }
}

const atHome = (home: Shelf | null): readonly Helped[] =>
  recordsOf(home?.vault.records.value ?? [], NAME).map(({ data }) => {
    const { secret, name, since, vouchers } = data;
    const paid = vouchers ? { vouchers } : {};
    return { secret, name, since: Date.parse(since), ...paid };
  });
