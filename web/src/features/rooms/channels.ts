/** What one connection carries: rooms and watches, each on a channel that comes back by itself. */
import type { ErrorCode } from "../../protocol/errors.ts";
import { type Frame, type Opened, Type, unpackOpened } from "../../protocol/frames.ts";
import { packOpen } from "../../protocol/open.ts";
import { type Changed, type Kind, packWatch, unpackChanged } from "../../protocol/watch.ts";
import type { Signer } from "../../sealing/keys.ts";

/** A key that opens a room, and what the room tells. */
export interface RoomAccess {
  readonly room: Uint8Array;
  readonly signer: Signer;
  /** The join key of the guest's link; the host has none. */
  readonly join?: Signer;
}

export interface RoomEvents {
  /** `peer`: the own number. */
  opened(opened: Opened, peer: number): void;
  frame(frame: Frame): void;
  /** An answer to something this page sent; nothing changed by it. */
  refused(code: ErrorCode, type: number, peer: number): void;
  /** Until `opened` comes again nothing can be sent. */
  lost(): void;
  /** The room is closed to this page for good. */
  closed(code: ErrorCode): void;
}

export interface RoomChannel {
  readonly ready: boolean;
  /** False where it could not go out: whoever must be heard sends again after `opened`. */
  send(type: Type, peer: number, body: Uint8Array): boolean;
  close(): void;
}

/** A key that may look, and how far it has seen: asked anew whenever the watch begins. */
export interface WatchAccess {
  readonly kind: Kind;
  readonly id: Uint8Array;
  readonly signer: Signer;
  readonly known: () => number;
}

/** Hints: what they say is only believed as far as what is fetched then. */
export interface WatchEvents {
  /** From now on it is told; what came before may have been missed. */
  begun(): void;
  changed(changed: Changed): void;
  /** There is nothing to watch any more. */
  closed(code: ErrorCode): void;
}

/** What channels send through. */
export interface Carrier {
  sendFrame(type: Type, channel: number, peer: number, body: Uint8Array): boolean;
  closeChannel(channel: Channel): void;
}

/** What an opening is signed over. */
export interface Proof {
  readonly origin: string;
  readonly serverNonce: Uint8Array;
  readonly clientNonce: Uint8Array;
}

export abstract class Channel {
  readonly number: number;
  ready = false;
  over = false;
  /** How often in a row the server could not look whether it may be opened. */
  failures = 0;
  readonly #carrier: Carrier;

  constructor(carrier: Carrier, number: number) {
    this.#carrier = carrier;
    this.number = number;
  }

  send(type: Type, peer: number, body: Uint8Array): boolean {
    return this.ready && this.#carrier.sendFrame(type, this.number, peer, body);
  }

  close(): void {
    this.#carrier.closeChannel(this);
  }

  /** The type of the frame that opens it, and its body. */
  abstract opening(proof: Proof): Promise<readonly [Type, Uint8Array]>;
  /** Takes any frame but ERROR and ICE. Refuses with a ProtocolError. */
  abstract take(frame: Frame): void;
  abstract refused(code: ErrorCode, type: number, peer: number): void;
  abstract lost(): void;
  abstract closed(code: ErrorCode): void;
}

export class RoomLine extends Channel implements RoomChannel {
  readonly #access: RoomAccess;
  readonly #events: RoomEvents;

  constructor(carrier: Carrier, number: number, access: RoomAccess, events: RoomEvents) {
    super(carrier, number);
    this.#access = access;
    this.#events = events;
  }

  async opening(proof: Proof): Promise<readonly [Type, Uint8Array]> {
    return [Type.OPEN, await packOpen({ ...this.#access, ...proof })];
  }

  take(frame: Frame): void {
    if (frame.type !== Type.OPENED) {
      this.#events.frame(frame);
      return;
    }
    this.#events.opened(unpackOpened(frame.body), frame.peer);
  }

  refused(code: ErrorCode, type: number, peer: number): void {
    this.#events.refused(code, type, peer);
  }

  lost(): void {
    this.#events.lost();
  }

  closed(code: ErrorCode): void {
    this.#events.closed(code);
  }
}

export class WatchLine extends Channel {
  readonly #access: WatchAccess;
  readonly #events: WatchEvents;

  constructor(carrier: Carrier, number: number, access: WatchAccess, events: WatchEvents) {
    super(carrier, number);
    this.#access = access;
    this.#events = events;
  }

  async opening(proof: Proof): Promise<readonly [Type, Uint8Array]> {
    const { known, ...access } = this.#access;
    return [Type.WATCH, await packWatch({ ...access, known: known(), ...proof })];
  }

  take({ type, body }: Frame): void {
    if (type === Type.WATCH) this.#events.begun();
    else if (type === Type.CHANGED) this.#events.changed(unpackChanged(body));
  }

  /** Every ERROR ends a watch. */
  refused(code: ErrorCode): void {
    this.#events.closed(code);
  }

  lost(): void {
    // What is missed meanwhile is fetched when it begins again.
  }

  closed(code: ErrorCode): void {
    this.#events.closed(code);
  }
}
