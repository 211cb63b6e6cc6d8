/** The passkeys of one device, and whether the person says yes to what is asked. */
import type { Passkeys } from "../../../src/features/ports.ts";
import { fields, same } from "../../../src/sealing/encoding.ts";
import { hmacOf } from "../../../src/sealing/kdf.ts";

interface Kept {
  readonly id: Uint8Array;
  readonly key: Uint8Array;
  readonly label: string;
}

export class FakePasskeys implements Passkeys {
  readonly kept: Kept[] = [];
  able = true;
  willing = true;

  available = async (): Promise<boolean> => this.able;

  async make(label: string, use: string) {
    this.#ask();
    const [id, key] = [16, 32].map((n) => crypto.getRandomValues(new Uint8Array(n)));
    if (!id || !key) throw new Error("two were drawn");
    this.kept.push({ id, key, label });
    return { id, secret: secretOf(key, use) };
  }

  async secret(use: string, id?: Uint8Array): Promise<Uint8Array> {
    this.#ask();
    const found = id ? this.kept.find((one) => same(one.id, id)) : this.kept[0];
    if (!found) throw new DOMException("no such passkey", "NotAllowedError");
    return secretOf(found.key, use);
  }

  #ask(): void {
    if (!this.able || !this.willing) throw new DOMException("declined", "NotAllowedError");
  }
}

const secretOf = (key: Uint8Array, use: string): Uint8Array => hmacOf(key, fields(use));
