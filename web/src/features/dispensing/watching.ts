/** Tells when something comes of a prescription: by the server's word, without it by looking. */
import { Kind } from "../../protocol/watch.ts";
import type { CellKeys } from "../../sealing/cell.ts";
import { b64u } from "../../sealing/encoding.ts";
import type { Signer } from "../../sealing/keys.ts";
import type { Platform } from "../ports.ts";
import { RoomConnection } from "../rooms/connection.ts";

/** Between two looks while there is no connection that would tell, in milliseconds. */
const AGAIN = 10_000;

export interface Watched {
  readonly keys: CellKeys;
  /** The newest version that was seen. */
  readonly version: number;
}

export class Watching {
  readonly #rooms: RoomConnection;
  readonly #clock: Platform["clock"];
  readonly #look: () => Promise<void>;
  readonly #watches = new Map<string, { close(): void }>();
  #looking = false;
  #again = false;
  #closed = false;
  #cancel: () => void;

  /** `look` never rejects. */
  constructor(
    needs: Pick<Platform, "clock" | "random" | "dial"> & { readonly origin: string },
    look: () => Promise<void>,
  ) {
    this.#rooms = new RoomConnection(needs);
    this.#clock = needs.clock;
    this.#look = look;
    this.#cancel = this.#later();
  }

  /** Watches these cells, and no others any more: those where something may come next. */
  follow(cells: readonly Watched[], reader: Signer): void {
    if (this.#closed) return;
    const wanted = new Map(cells.map((cell) => [b64u(cell.keys.id), cell]));
    for (const [id, watch] of this.#watches) {
      if (wanted.has(id)) continue;
      watch.close();
      this.#watches.delete(id);
    }
    for (const [id, { keys, version }] of wanted) {
      if (!this.#watches.has(id)) this.#watches.set(id, this.#watch(keys, version, reader));
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    this.#rooms.close();
  }

  #watch(keys: CellKeys, version: number, signer: Signer): { close(): void } {
    const look = (): void => void this.#tell();
    return this.#rooms.watch(
      { kind: Kind.CELL, id: keys.id, signer, known: () => version },
      // What came while nobody was told is looked for once the watch begins; a claim has no version.
      { begun: look, changed: look, closed: () => undefined },
    );
  }

  /** Several hints at once are one look; one that comes meanwhile is another. */
  async #tell(): Promise<void> {
    this.#again = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      await this.#look();
    }
    this.#looking = false;
  }

  #later(): () => void {
    return this.#clock.after(AGAIN, () => {
      if (this.#watches.size > 0 && this.#rooms.state.peek() !== "open") void this.#tell();
      this.#cancel = this.#later();
    });
  }
}
