/** The first claim of each cell that the server showed: it may never show another (Dispensing). */
import { batch, signal } from "@preact/signals";
import type { CellKeys, Claimed } from "../../sealing/cell.ts";
import { b64u, same } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import { differ, readTwoClaims, type TwoClaims, writeTwoClaims } from "../../sealing/two-claims.ts";
import { timeOf } from "../consult/conversation.ts";
import type { Clock } from "../ports.ts";

/** Where both are kept, one proof a cell. */
interface Keeps {
  keepProof(cell: Uint8Array, proof: Uint8Array): Promise<void>;
  proofs(): Promise<readonly Uint8Array[]>;
}

export class FirstClaims {
  /** It showed another claim than before, or none. */
  readonly lied = signal(false);
  /** What shows that to others, as files. */
  readonly proofs = signal<readonly Uint8Array[]>([]);
  readonly #origin: string;
  readonly #clock: Clock;
  readonly #keeps: Keeps;
  readonly #first = new Map<string, Claimed>();
  readonly #proven = new Set<string>();

  constructor(origin: string, clock: Clock, keeps: Keeps) {
    this.#origin = origin;
    this.#clock = clock;
    this.#keeps = keeps;
  }

  /** Of what a page before this one kept; `claim` is the ticket's public claim key. */
  async remind(server: Uint8Array, claim: Uint8Array): Promise<void> {
    for (const proof of await this.#keeps.proofs()) {
      const found = readProof(proof);
      const own = found && same(found.server, server) && same(found.key, claim);
      if (own) this.#proves(found.cell, proof);
    }
  }

  /** A cell was read: its first claim is remembered, and both are kept where it has another now. */
  async see(server: Uint8Array, keys: CellKeys, claimed: Claimed | null): Promise<void> {
    const cell = b64u(keys.id);
    const known = this.#first.get(cell);
    if (!known) {
      if (claimed) this.#first.set(cell, claimed);
    } else if (!claimed) {
      // A claim is for good. That it is gone shows to us, and proves nothing to others.
      this.lied.value = true;
    } else if (differ(known, claimed) && !this.#proven.has(cell)) {
      const [origin, seen] = [this.#origin, timeOf(this.#clock.now())];
      const claims = [known, claimed] as const;
      const said = { origin, server, cell: keys.id, key: keys.claim, seen, claims };
      const proof = writeTwoClaims(said);
      this.#proves(keys.id, proof);
      // A browser that keeps nothing can still save it as a file.
      await this.#keeps.keepProof(keys.id, proof).catch(() => undefined);
    }
  }

  #proves(cell: Uint8Array, proof: Uint8Array): void {
    this.#proven.add(b64u(cell));
    batch(() => {
      this.lied.value = true;
      this.proofs.value = [...this.proofs.peek(), proof];
    });
  }
}

function readProof(proof: Uint8Array): TwoClaims | null {
  try {
    return readTwoClaims(proof);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
