/**
 * The one WebSocket of a page and the rooms on it. It comes back by itself, opens every room anew,
 * and notices within seconds when the way to the server is gone.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import * as v from "valibot";
import { type ErrorCode, ProtocolError } from "../../protocol/errors.ts";
import {
  type Frame,
  type Opened,
  packFrame,
  Type,
  unpackError,
  unpackFrame,
  unpackOpened,
} from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { packOpen } from "../../protocol/open.ts";
import { text } from "../../sealing/encoding.ts";
import type { Random, Signer } from "../../sealing/keys.ts";
import type { Clock, Dial, Socket } from "../ports.ts";

/** Waits between attempts: the last one repeats. Each is shortened by up to half, at random. */
const PAUSES = [400, 1_000, 2_000, 4_000, 8_000] as const;
/** After 1012 everybody comes back: spread out, and yet soon. */
const RESTARTING = { code: 1012, from: 200, to: 2_000 } as const;
const HELLO_PATIENCE = 8_000;
const PING_PATIENCE = 6_000;
/** When something hints that the network is gone, an answer must come sooner. */
const SUSPICIOUS_PATIENCE = 1_200;

/** A server that will not say is asked again after so long; timers hold no more than 24 days. */
const ICE_RETRY = 60_000;
const LONGEST_TTL = 7 * 24 * 3600;

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

class Channel implements RoomChannel {
  readonly number: number;
  readonly access: RoomAccess;
  readonly events: RoomEvents;
  ready = false;
  over = false;
  readonly #connection: RoomConnection;

  constructor(connection: RoomConnection, number: number, access: RoomAccess, events: RoomEvents) {
    this.#connection = connection;
    this.number = number;
    this.access = access;
    this.events = events;
  }

  send(type: Type, peer: number, body: Uint8Array): boolean {
    return this.ready && this.#connection.sendFrame(type, this.number, peer, body);
  }

  close(): void {
    this.#connection.closeChannel(this);
  }
}

export class RoomConnection {
  readonly state: ReadonlySignal<"idle" | "connecting" | "open" | "reconnecting">;
  readonly iceServers: ReadonlySignal<readonly RTCIceServer[]>;
  readonly #state = signal<"idle" | "connecting" | "open" | "reconnecting">("idle");
  readonly #ice = signal<readonly RTCIceServer[]>([]);
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #dial: Dial;
  readonly #origin: string;
  readonly #channels = new Map<number, Channel>();
  #lastChannel = 0;
  #socket: Socket | undefined;
  #nonce: Uint8Array | undefined;
  #failures = 0;
  #cancelDial = (): void => undefined;
  #cancelPing = (): void => undefined;
  #cancelPatience = (): void => undefined;
  #cancelIce = (): void => undefined;
  #iceWaiters: (() => void)[] = [];
  /** When the servers have to be asked for again. */
  #iceAt = 0;

  constructor(options: {
    readonly clock: Clock;
    readonly random: Random;
    readonly dial: Dial;
    readonly origin: string;
  }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#dial = options.dial;
    this.#origin = options.origin;
    this.state = this.#state;
    this.iceServers = this.#ice;
  }

  /** Watches a room until the channel is closed, by either side. Dials where nobody has yet. */
  open(access: RoomAccess, events: RoomEvents): RoomChannel {
    this.#lastChannel += 1;
    const channel = new Channel(this, this.#lastChannel, access, events);
    this.#channels.set(channel.number, channel);
    if (this.#nonce) void this.#openChannel(channel, this.#nonce);
    else if (this.#state.peek() === "idle") {
      this.#state.value = "connecting";
      this.#connect();
    }
    return channel;
  }

  /** The STUN and TURN servers, asked for once a room is open; empty where there are none. */
  async ice(): Promise<readonly RTCIceServer[]> {
    if (this.#iceAt === 0 || this.#iceAt === Number.POSITIVE_INFINITY)
      await new Promise<void>((done) => this.#iceWaiters.push(done));
    return this.#ice.peek();
  }

  /** Something hints that the way to the server is gone: finds out, or dials, now. */
  check(): void {
    if (this.#socket && this.#nonce) this.#ping(SUSPICIOUS_PATIENCE);
    else if (!this.#socket && this.#channels.size > 0) this.#dialNow();
  }

  /** The network is another one, or the page was asleep: an attempt under way is of no use. */
  wake(): void {
    if (this.#socket && this.#nonce) this.#ping(SUSPICIOUS_PATIENCE);
    else if (this.#channels.size > 0) this.#dialNow();
  }

  #dialNow(): void {
    this.#failures = 0;
    this.#hangUp();
    this.#connect();
  }

  close(): void {
    this.#channels.clear();
    this.#hangUp();
    this.#cancelDial();
    this.#cancelIce();
    this.#state.value = "idle";
  }

  sendFrame(type: Type, channel: number, peer: number, body: Uint8Array): boolean {
    if (!this.#socket || !this.#nonce) return false;
    this.#socket.send(packFrame({ type, channel, peer, body }));
    return true;
  }

  closeChannel(channel: Channel): void {
    if (channel.over) return;
    if (channel.ready) channel.send(Type.CLOSE, 0, new Uint8Array());
    this.#forget(channel);
  }

  #forget(channel: Channel): void {
    channel.over = true;
    channel.ready = false;
    this.#channels.delete(channel.number);
    if (this.#channels.size === 0) this.close();
  }

  #connect(): void {
    this.#cancelDial();
    let socket: Socket | undefined;
    const mine = (): boolean => socket !== undefined && this.#socket === socket;
    socket = this.#dial({
      message: (bytes) => {
        if (mine()) this.#message(bytes);
      },
      closed: (code) => {
        if (mine()) this.#closed(code);
      },
    });
    this.#socket = socket;
    this.#expect(HELLO_PATIENCE);
  }

  /** Gives the socket up, and dials anew, unless something arrives within `patience`. */
  #expect(patience: number): void {
    this.#cancelPatience();
    this.#cancelPatience = this.#clock.after(patience, () => {
      // One that greeted and fell silent is worth an attempt at once; others wait their turn.
      const greeted = this.#nonce !== undefined;
      this.#socket?.close();
      if (greeted && this.#channels.size > 0) this.#dialNow();
    });
  }

  #ping(patience: number): void {
    this.#cancelPing();
    this.#cancelPing = this.#clock.after(LIMITS.pingEvery, () => this.#ping(PING_PATIENCE));
    this.#expect(patience);
    this.sendFrame(Type.PING, 0, 0, this.#random(8));
  }

  #hangUp(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#nonce = undefined;
    this.#cancelPing();
    this.#cancelPatience();
    socket?.close();
  }

  #closed(code: number): void {
    this.#hangUp();
    if (this.#channels.size === 0) return;
    this.#state.value = "reconnecting";
    for (const channel of [...this.#channels.values()].filter(({ ready }) => ready)) {
      channel.ready = false;
      channel.events.lost();
    }
    const chance = (this.#random(1)[0] ?? 0) / 256;
    const pause = PAUSES[Math.min(this.#failures, PAUSES.length - 1)] ?? 8_000;
    const wait =
      code === RESTARTING.code
        ? RESTARTING.from + chance * (RESTARTING.to - RESTARTING.from)
        : pause * (1 - chance / 2);
    this.#failures += 1;
    this.#cancelDial();
    this.#cancelDial = this.#clock.after(wait, () => this.#connect());
  }

  #message(bytes: Uint8Array): void {
    this.#cancelPatience();
    try {
      this.#take(unpackFrame(bytes));
    } catch (error) {
      // A server that does not speak the protocol: the connection is of no use.
      if (!(error instanceof ProtocolError)) throw error;
      this.#socket?.close();
    }
  }

  #take(frame: Frame): void {
    if (frame.type === Type.HELLO) this.#greeted(frame.body);
    else if (frame.channel === 0) return;
    const channel = this.#channels.get(frame.channel);
    if (!channel) return;
    if (frame.type === Type.ERROR) this.#refused(channel, frame);
    else if (frame.type === Type.ICE) this.#takeIce(channel, frame.body);
    else if (frame.type === Type.OPENED) {
      channel.ready = true;
      if (this.#iceAt <= this.#clock.now()) this.#askForIce(channel);
      channel.events.opened(unpackOpened(frame.body), frame.peer);
    } else channel.events.frame(frame);
  }

  #greeted(nonce: Uint8Array): void {
    this.#nonce = nonce;
    this.#failures = 0;
    this.#state.value = "open";
    this.#ping(PING_PATIENCE);
    for (const channel of this.#channels.values()) void this.#openChannel(channel, nonce);
  }

  async #openChannel(channel: Channel, serverNonce: Uint8Array): Promise<void> {
    const { room, signer, join } = channel.access;
    const body = await packOpen({
      origin: this.#origin,
      room,
      signer,
      ...(join ? { join } : {}),
      serverNonce,
      clientNonce: this.#random(32),
    });
    // Signing takes a moment: the connection that it was for may be gone.
    if (this.#nonce !== serverNonce || channel.over) return;
    this.sendFrame(Type.OPEN, channel.number, 0, body);
  }

  #refused(channel: Channel, { peer, body }: Frame): void {
    const { code, type, fatal } = unpackError(body);
    if (type === Type.ICE) this.#setIce([], ICE_RETRY);
    if (!fatal) {
      channel.events.refused(code, type, peer);
      return;
    }
    this.#forget(channel);
    channel.events.closed(code);
  }

  #askForIce(channel: Channel): void {
    this.#cancelIce();
    this.#iceAt = Number.POSITIVE_INFINITY;
    channel.send(Type.ICE, 0, new Uint8Array());
  }

  #takeIce(channel: Channel, body: Uint8Array): void {
    const { iceServers, ttl } = readIce(body);
    this.#setIce(iceServers, (ttl * 1000) / 2);
    this.#cancelIce = this.#clock.after((ttl * 1000) / 2, () => {
      if (channel.ready) this.#askForIce(channel);
    });
  }

  #setIce(servers: readonly RTCIceServer[], fresh: number): void {
    this.#iceAt = this.#clock.now() + fresh;
    this.#ice.value = servers;
    for (const wake of this.#iceWaiters.splice(0)) wake();
  }
}

const iceServer = v.object({
  urls: v.union([v.string(), v.array(v.string())]),
  username: v.optional(v.string()),
  credential: v.optional(v.string()),
});
const iceAnswer = v.object({
  iceServers: v.array(iceServer),
  ttl: v.pipe(v.number(), v.minValue(2)),
});

/** Refuses with `bad_frame`. */
function readIce(body: Uint8Array): { readonly iceServers: RTCIceServer[]; readonly ttl: number } {
  try {
    const { iceServers, ttl } = v.parse(iceAnswer, JSON.parse(text(body)));
    const servers = iceServers.map(({ urls, username, credential }) => ({
      urls,
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    }));
    return { iceServers: servers, ttl: Math.min(ttl, LONGEST_TTL) };
  } catch {
    throw new ProtocolError("bad_frame", "no list of ICE servers");
  }
}
