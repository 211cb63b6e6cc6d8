/**
 * The one WebSocket of a page and the channels on it. It comes back by itself, opens every channel
 * anew, and notices within seconds when the way to the server is gone.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import * as v from "valibot";
import { type ErrorCode, ProtocolError } from "../../protocol/errors.ts";
import { type Frame, packFrame, Type, unpackError, unpackFrame } from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { text } from "../../sealing/encoding.ts";
import type { Random } from "../../sealing/keys.ts";
import type { Clock, Dial, Socket } from "../ports.ts";
import {
  type Carrier,
  type Channel,
  type RoomAccess,
  type RoomChannel,
  type RoomEvents,
  RoomLine,
  type WatchAccess,
  type WatchEvents,
  WatchLine,
} from "./channels.ts";

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

export class RoomConnection implements Carrier {
  readonly state: ReadonlySignal<"idle" | "connecting" | "open" | "reconnecting">;
  readonly iceServers: ReadonlySignal<readonly RTCIceServer[]>;
  readonly #state = signal<"idle" | "connecting" | "open" | "reconnecting">("idle");
  readonly #ice = signal<readonly RTCIceServer[]>([]);
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #dial: Dial;
  readonly #origin: string;
  readonly #sentAway: (code: ErrorCode) => void;
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
    /** The server has ended this connection for a reason. */
    readonly sentAway?: (code: ErrorCode) => void;
  }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#dial = options.dial;
    this.#origin = options.origin;
    this.#sentAway = options.sentAway ?? (() => undefined);
    this.state = this.#state;
    this.iceServers = this.#ice;
  }

  /** Is in a room until the channel is closed, by either side. Dials where nobody has yet. */
  open(access: RoomAccess, events: RoomEvents): RoomChannel {
    this.#lastChannel += 1;
    return this.#add(new RoomLine(this, this.#lastChannel, access, events));
  }

  /** Tells of what is new in a mailbox or a cell, until it is closed. */
  watch(access: WatchAccess, events: WatchEvents): Pick<RoomChannel, "ready" | "close"> {
    this.#lastChannel += 1;
    return this.#add(new WatchLine(this, this.#lastChannel, access, events));
  }

  #add<One extends Channel>(channel: One): One {
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
      channel.lost();
    }
    const wait =
      code === RESTARTING.code
        ? RESTARTING.from + this.#chance() * (RESTARTING.to - RESTARTING.from)
        : this.#pause(this.#failures);
    this.#failures += 1;
    this.#cancelDial();
    this.#cancelDial = this.#clock.after(wait, () => this.#connect());
  }

  /** Between 0 and 1. */
  #chance(): number {
    return (this.#random(1)[0] ?? 0) / 256;
  }

  #pause(failures: number): number {
    const longest = PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 8_000;
    return longest * (1 - this.#chance() / 2);
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
    else if (frame.channel === 0) {
      if (frame.type === Type.ERROR) this.#farewell(frame.body);
      return;
    }
    const channel = this.#channels.get(frame.channel);
    if (!channel) return;
    if (frame.type === Type.ERROR) this.#refused(channel, frame);
    else if (frame.type === Type.ICE) this.#takeIce(channel, frame.body);
    else {
      const opens = frame.type === Type.OPENED || frame.type === Type.WATCH;
      if (opens) {
        channel.ready = true;
        channel.failures = 0;
        this.#state.value = "open";
      }
      if (frame.type === Type.OPENED && this.#iceAt <= this.#clock.now()) this.#askForIce(channel);
      channel.take(frame);
    }
  }

  #farewell(body: Uint8Array): void {
    const { code, fatal } = unpackError(body);
    if (fatal) this.#sentAway(code);
  }

  #greeted(nonce: Uint8Array): void {
    this.#nonce = nonce;
    this.#failures = 0;
    this.#state.value = "open";
    this.#ping(PING_PATIENCE);
    for (const channel of this.#channels.values()) void this.#openChannel(channel, nonce);
  }

  async #openChannel(channel: Channel, serverNonce: Uint8Array): Promise<void> {
    const proof = { origin: this.#origin, serverNonce, clientNonce: this.#random(32) };
    const [type, body] = await channel.opening(proof);
    // Signing takes a moment: the connection that it was for may be gone.
    if (this.#nonce !== serverNonce || channel.over) return;
    this.sendFrame(type, channel.number, 0, body);
  }

  #refused(channel: Channel, { peer, body }: Frame): void {
    const { code, type, fatal } = unpackError(body);
    if (type === Type.ICE) this.#setIce([], ICE_RETRY);
    if (!fatal) {
      channel.refused(code, type, peer);
      return;
    }
    if (code === "storage_failed") {
      this.#openLater(channel);
      return;
    }
    this.#forget(channel);
    channel.closed(code);
  }

  /** The server could not look, which says nothing about the room: asks again, by and by. */
  #openLater(channel: Channel): void {
    if (channel.ready) channel.lost();
    channel.ready = false;
    this.#state.value = "reconnecting";
    const nonce = this.#nonce;
    this.#clock.after(this.#pause(channel.failures), () => {
      // A new connection has opened it by itself.
      if (nonce && nonce === this.#nonce) void this.#openChannel(channel, nonce);
    });
    channel.failures += 1;
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
