/**
 * What a doctor keeps to write again: reports' templates, favourite medicines. On every device of the
 * practice, by its vault; a device that reaches none has its own (docs/sealed-formats.md, Records of
 * a practice).
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { b64u, fields, jsonBytes } from "../../sealing/encoding.ts";
import { hash } from "../../sealing/kdf.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { Vault } from "../ports.ts";

/** How many of each a practice keeps, and how many bytes all of them have in the vault's page. */
export const KEPT_LIMITS = { template: 50, favourite: 200, bytes: 128 * 1024 } as const;

export const KEPT_KINDS = ["template", "favourite"] as const;
export type KeptKind = (typeof KEPT_KINDS)[number];

/** `data` is JSON as text: who writes again reads it, and nobody else. */
export interface KeptText {
  readonly kind: KeptKind;
  readonly data: string;
}

export const isKept = (kind: string): kind is KeptKind =>
  (KEPT_KINDS as readonly string[]).includes(kind);

const PREFIX = "kept:";

/** The id of a record follows from all of it: what is written anew is another record. */
export const keptId = ({ kind, data }: KeptText): string =>
  b64u(hash(fields(kind, data)).slice(0, 16));

/** As they are in the page of a vault, where `data` is a text within JSON. */
const sizeOf = ({ data }: KeptText): number => jsonBytes({ data }).length;

export class KeptTexts {
  readonly #all = signal<ReadonlyMap<string, KeptText>>(new Map());
  readonly #vault: Vault;
  readonly #changed: () => void;
  #loaded: Promise<void> | undefined;

  /** `changed`: other devices may want to know. */
  constructor(vault: Vault, changed: () => void) {
    this.#vault = vault;
    this.#changed = changed;
  }

  /** By their ids; nothing before `load`. */
  get all(): ReadonlySignal<ReadonlyMap<string, KeptText>> {
    return this.#all;
  }

  /** Rejects where what rests cannot be read: it is not gone then. */
  load(): Promise<void> {
    this.#loaded ??= this.#read().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  /** What rests on this device. */
  async records(): Promise<ReadonlyMap<string, KeptText>> {
    await this.load();
    return this.#all.peek();
  }

  /**
   * Keeps one more, in the place of others (`instead`: their ids). False, with nothing changed, where
   * there is no room for it, or this device keeps nothing.
   */
  async put(text: KeptText, instead: readonly string[]): Promise<boolean> {
    const id = keptId(text);
    try {
      const gone = new Set([...instead, id]);
      const others = [...(await this.records())].filter(([one]) => !gone.has(one));
      const texts = [text, ...others.map(([, one]) => one)];
      const count = texts.filter(({ kind }) => kind === text.kind).length;
      const bytes = texts.reduce((sum, one) => sum + sizeOf(one), 0);
      if (count > KEPT_LIMITS[text.kind] || bytes > KEPT_LIMITS.bytes) return false;
      await this.adopt(id, text);
      for (const one of instead) if (one !== id) await this.drop(one);
    } catch {
      return false;
    }
    this.#changed();
    return true;
  }

  async remove(id: string): Promise<void> {
    await this.drop(id);
    this.#changed();
  }

  /** Another device has it: also where it is one more than this one would keep. */
  async adopt(id: string, text: KeptText): Promise<void> {
    await this.load();
    // One that stands under another's id is left where it is.
    if (keptId(text) !== id) return;
    await this.#vault.save(PREFIX + id, toBytes(text));
    this.#all.value = new Map([...this.#all.peek(), [id, text]]);
  }

  /** Another device has it no more. */
  async drop(id: string): Promise<void> {
    await this.load();
    await this.#vault.erase(PREFIX + id);
    this.#all.value = new Map([...this.#all.peek()].filter(([one]) => one !== id));
  }

  async #read(): Promise<void> {
    const found = new Map<string, KeptText>();
    for (const name of await this.#vault.names()) {
      const bytes = name.startsWith(PREFIX) ? await this.#vault.load(name) : undefined;
      if (bytes) found.set(name.slice(PREFIX.length), fromBytes<KeptText>(bytes));
    }
    this.#all.value = found;
  }
}
