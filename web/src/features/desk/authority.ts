/**
 * What signs the practitioner's papers. It rests on the first device until there are ways back; from
 * then on a ring has to be opened for it, each time, with this device and one of those ways.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Signer } from "../../sealing/keys.ts";
import { identityOf, type Ring } from "../../sealing/ring.ts";
import type { DeskStore } from "./store.ts";

/** The practitioner is asked to open the ring; the view answers with one of the two. */
export interface Opening {
  opened(ring: Ring): void;
  declined(): void;
}

/** The practitioner did not want to. */
export class Declined extends Error {
  override readonly name = "Declined";
}

export class Authority {
  readonly #opening = signal<Opening | null>(null);
  readonly opening: ReadonlySignal<Opening | null> = this.#opening;

  /** To sign a card, a certificate or a list with, at once. Rejects with Declined. */
  async identity(store: DeskStore): Promise<Signer> {
    const root = await store.root();
    return identityOf(root ? { root } : await this.ring());
  }

  /** All that the ring holds, for as long as it is needed. Rejects with Declined. */
  ring(): Promise<Ring> {
    // One question at a time: who asks again takes the place of who asked before.
    this.#opening.peek()?.declined();
    return new Promise<Ring>((resolve, reject) => {
      this.#opening.value = {
        opened: (ring) => {
          this.#opening.value = null;
          resolve(ring);
        },
        declined: () => {
          this.#opening.value = null;
          reject(new Declined("nothing was opened"));
        },
      };
    });
  }
}
