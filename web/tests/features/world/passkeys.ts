/** Passkeys of one person, whichever device they sit at: as an account that syncs them has it. */
import type { Passkeys } from "../../../src/features/ports.ts";
import { b64u, utf8 } from "../../../src/sealing/encoding.ts";
import { EMPTY, hkdf } from "../../../src/sealing/kdf.ts";

export class FakePasskeys implements Passkeys {
  readonly #made = new Map<string, Uint8Array>();
  /** Whether this browser has any. */
  offered = true;
  /** The person closes the browser's window. */
  declined = false;

  async available(): Promise<boolean> {
    return this.offered;
  }

  async make(_label: string, use: string) {
    this.#ask();
    const id = crypto.getRandomValues(new Uint8Array(16));
    this.#made.set(b64u(id), crypto.getRandomValues(new Uint8Array(32)));
    return { id, secret: await this.secret(use, id) };
  }

  async secret(use: string, id?: Uint8Array): Promise<Uint8Array> {
    this.#ask();
    const [newest] = [...this.#made.values()].slice(-1);
    const held = id ? this.#made.get(b64u(id)) : newest;
    if (!held) throw new DOMException("there is none", "NotAllowedError");
    return hkdf(held, EMPTY, utf8(use));
  }

  #ask(): void {
    if (this.declined) throw new DOMException("declined", "NotAllowedError");
  }
}
