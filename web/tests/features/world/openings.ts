/** The server's counted blobs, in memory: read under an opening, so many times, until taken back. */
import { jsonBytes, jsonObject } from "../../../src/sealing/encoding.ts";

interface Counted {
  readonly most: number;
  readonly expires: number;
  withdrawn: boolean;
  readonly opened: Set<string>;
}

const refusedWith = (error: string) => ({ status: 410, body: jsonBytes({ error }) });

export class FakeOpenings {
  readonly #counted = new Map<string, Counted>();
  readonly #now: () => number;

  /** Unix seconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  create(blob: string, most: number, expires: number): void {
    this.#counted.set(blob, { most, expires, withdrawn: false, opened: new Set() });
  }

  /** How often it was opened. */
  used(blob: string): number | undefined {
    return this.#counted.get(blob)?.opened.size;
  }

  withdraw(blob: string): void {
    const found = this.#counted.get(blob);
    if (found) found.withdrawn = true;
  }

  /** What is said of, or done with, the openings of a blob. */
  request(method: string, blob: string, body: Uint8Array | undefined, length: number) {
    const found = this.#counted.get(blob);
    if (!found) return { status: 404, body: jsonBytes({ error: "not_found" }) };
    if (found.withdrawn) return refusedWith("withdrawn");
    if (found.expires <= this.#now()) return refusedWith("expired");
    const { most, expires, opened } = found;
    if (method === "GET") {
      return { status: 200, body: jsonBytes({ most, used: opened.size, expires }) };
    }
    const { opening = "" } = jsonObject(body ?? new Uint8Array()) as { opening?: string };
    if (!opened.has(opening) && opened.size >= most) return refusedWith("used_up");
    opened.add(opening);
    const said = { length, left: most - opened.size, until: this.#now() + 3600 };
    return { status: 201, body: jsonBytes(said) };
  }

  /** Whether a blob may be read under an opening, or without one. */
  mayRead(blob: string, opening: string | null): boolean {
    const found = this.#counted.get(blob);
    if (!found) return opening === null;
    return !found.withdrawn && opening !== null && found.opened.has(opening);
  }
}
