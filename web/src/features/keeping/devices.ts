/** The devices that keep the same: each has said so itself, in the home. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { b64u } from "../../sealing/encoding.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { VaultRecord } from "../../sealing/vault.ts";
import { timeOf } from "../consult/conversation.ts";
import type { Platform, Vault } from "../ports.ts";
import { changed, type SharedVault } from "../vault/shared.ts";
import { dataOf, recordsOf } from "./records.ts";

const NAME = "device";
/** What a label may have of UTF-16 units. */
export const LABEL_UNITS = 40;

export interface KeptDevice {
  readonly id: string;
  /** "" where nobody has named it. */
  readonly label: string;
  /** As in `2026-03-01T09:30:00Z`. */
  readonly since: string;
  /** It is this one. */
  readonly here: boolean;
}

/** What rests of this device itself. */
interface Own {
  readonly id: Uint8Array;
  readonly label: string;
  readonly since: string;
}

export class KeptDevices {
  readonly list: ReadonlySignal<readonly KeptDevice[]>;
  readonly #platform: Pick<Platform, "clock" | "random">;
  readonly #rest: Pick<Vault, "load" | "save">;
  readonly #vault: SharedVault;
  readonly #here = signal("");

  constructor(
    platform: Pick<Platform, "clock" | "random">,
    rest: Pick<Vault, "load" | "save">,
    vault: SharedVault,
  ) {
    this.#platform = platform;
    this.#rest = rest;
    this.#vault = vault;
    this.list = computed(() =>
      recordsOf(vault.records.value, "device")
        .map(({ id, data: { label, since } }) => ({
          id,
          label,
          since,
          here: id === this.#here.value,
        }))
        .sort((one, other) => one.since.localeCompare(other.since)),
    );
  }

  /** What this device says of itself; before it has, `label` is what it is called. */
  async record(label = ""): Promise<VaultRecord> {
    const own = await this.#own(label);
    this.#here.value = b64u(own.id);
    const data = dataOf("device", { label: own.label, since: own.since });
    return { id: b64u(own.id), n: 1, kind: "device", data };
  }

  /** Says that this device is one of them, once. */
  async introduce(): Promise<void> {
    const record = await this.record();
    const known = this.#vault.records.peek().some(({ id }) => id === record.id);
    if (known) return;
    await this.#vault.change((records) =>
      records.some(({ id }) => id === record.id) ? [] : [record],
    );
  }

  rename(id: string, label: string): Promise<void> {
    return this.#vault.change((records) =>
      recordsOf(records, "device")
        .filter((one) => one.id === id && one.data.label !== label)
        .map(({ data }) => {
          const named = dataOf("device", { ...data, label: label.slice(0, LABEL_UNITS) });
          return changed(records, { id, kind: "device", data: named });
        }),
    );
  }

  async #own(label: string): Promise<Own> {
    const bytes = await this.#rest.load(NAME);
    if (bytes) return fromBytes<Own>(bytes);
    const { clock, random } = this.#platform;
    const own = { id: random(16), label, since: timeOf(clock.now()) };
    await this.#rest.save(NAME, toBytes(own));
    return own;
  }
}
