/** The links of a room, and the knocks that come by them. */
import { type HostIntro, openIntro } from "../../sealing/handshake.ts";
import { type Link, linkHash, makeLink } from "../../sealing/link.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { RoomRecord } from "./store.ts";

export class RoomLinks {
  readonly #origin: string;
  readonly #hash: Uint8Array;

  constructor(origin: string, identity: Uint8Array, prekey: Uint8Array) {
    this.#origin = origin;
    this.#hash = linkHash(identity, kemPublic(prekey));
  }

  /** The whole address that is handed to one person. */
  address(room: Uint8Array, secret: Uint8Array): string {
    return makeLink(this.#origin, this.#link(room, secret));
  }

  /**
   * The intro of a guest, read under the link of its seat; null for a seat that was never made.
   * Refuses with a SealError what was bent on the way, or comes from somebody without the link.
   */
  read(record: RoomRecord, seat: number, key: Uint8Array, intro: Uint8Array): HostIntro | null {
    const { room, prekey, secrets } = record;
    const secret = secrets[seat];
    if (!secret) return null;
    return openIntro(intro, { link: this.#link(room, secret), prekey, announced: key });
  }

  #link(room: Uint8Array, secret: Uint8Array): Link {
    return { room, secret, hash: this.#hash };
  }
}
