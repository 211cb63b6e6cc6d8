/** The guest's knock: one intro, the same bytes until it was accepted. */
import { type GuestIntro, makeIntro } from "../../sealing/handshake.ts";
import type { Signer } from "../../sealing/keys.ts";
import type { Link } from "../../sealing/link.ts";
import type { Platform } from "../ports.ts";
import type { PlaceStore } from "./place.ts";

/** A door that says *too soon* is knocked at again after this. */
const PAUSE = 10_000;

/** What the server says the room's keys are, checked against the link. */
export interface Host {
  readonly identity: Uint8Array;
  readonly prekey: Uint8Array;
}

interface Knock {
  readonly link: Link;
  readonly host: Host;
  readonly guest: Signer;
  readonly said: { readonly name: string; readonly reason: string };
  readonly lang: string;
  readonly store: PlaceStore | undefined;
}

export class Door {
  /** The intro that waits for its accept. */
  intro: GuestIntro | undefined;
  /** The server has it, as far as this connection knows. */
  heard = false;
  readonly #platform: Platform;
  #cancel = (): void => undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** The bytes to knock with: stored before they are given. Refuses with a SealError. */
  async bytes({ store, said, lang, host, ...knock }: Knock): Promise<Uint8Array> {
    const profile = { ...said, lang };
    const { random } = this.#platform;
    if (!this.intro) {
      const intro = await makeIntro({ ...knock, ...host, profile, random });
      await store?.saveIntro(intro);
      this.intro = intro;
    }
    return this.intro.intro;
  }

  /** The knock stands: the code that an accept needs runs once, while there is time. */
  stands(): void {
    this.heard = true;
    this.#platform.rehearse();
  }

  later(knock: () => void): void {
    this.#cancel();
    this.#cancel = this.#platform.clock.after(PAUSE, knock);
  }

  /** The next knock is a new one. */
  close(): void {
    this.#cancel();
    this.intro = undefined;
    this.heard = false;
  }
}
