/** Whom the practitioner helps to come back: all of their devices know it. */
import { signal } from "@preact/signals";
import { type Helped, type HelpedStore, helpedId } from "../helping/people.ts";
import { ids } from "./shared-forms.ts";
import type { DeskStore } from "./store.ts";

export class DeskHelped implements HelpedStore {
  readonly list = signal<readonly Helped[]>([]);
  readonly #store: DeskStore;
  readonly #changed: () => void;

  /** `changed`: other devices may want to know. */
  constructor(store: DeskStore, changed: () => void) {
    this.#store = store;
    this.#changed = changed;
  }

  async load(): Promise<void> {
    this.list.value = await this.#store.helped();
  }

  readonly save = async (helped: Helped): Promise<void> => {
    await this.adopt(helped);
    this.#changed();
  };

  readonly erase = async (helped: Helped): Promise<void> => {
    await this.#put(this.#without(helpedId(helped)));
    this.#changed();
  };

  /** Another device has it. */
  adopt(helped: Helped): Promise<void> {
    return this.#put([...this.#without(helpedId(helped)), helped]);
  }

  /** Another device has it no more; `id`: of the record. */
  drop(id: string): Promise<void> {
    return this.#put(this.list.peek().filter((one) => ids.helped(one) !== id));
  }

  #without(id: string): readonly Helped[] {
    return this.list.peek().filter((one) => helpedId(one) !== id);
  }

  async #put(list: readonly Helped[]): Promise<void> {
    await this.#store.saveHelped(list);
    this.list.value = list;
  }
}
