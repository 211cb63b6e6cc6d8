/**
 * The sealed session between two people: exchanges, numbering, acknowledgement, resending.
 *
 * Sans-I/O: time (`now`, milliseconds), randomness and frames come in; effects come out, and the
 * caller MUST perform them in order before it calls again. What is stored before it is sent can
 * never be denied after a reload; what is delivered before the next store is stored with it, and
 * only then acknowledged.
 */
import { SUITE, same } from "./encoding.ts";
import { require, SealError } from "./errors.ts";
import {
  ANSWER_KIND,
  derive,
  type Exchange,
  GUEST,
  HELLO_KIND,
  HOST,
  makeAnswer,
  makeHello,
  peerOf,
  readAnswer,
  readHello,
  type Side,
} from "./exchange.ts";
import { checkOpen, type GuestAgreed, type HostAgreed, OPEN_KIND } from "./handshake.ts";
import { Inbox } from "./inbox.ts";
import { type Aead, CHACHA, EMPTY } from "./kdf.ts";
import type { Random } from "./keys.ts";
import { durableId } from "./messages.ts";
import { delay, Outbox, type Waiting } from "./outbox.ts";
import { DATA_KIND, exchangeOf, MESSAGE_BYTES, Traffic } from "./traffic.ts";

const PENDING = 4;
/**
 * Ids kept of what was taken. A side sends no more than 256 messages that are not acknowledged, so
 * that what it repeats is among the newest: older ids are of no use.
 */
export const SEEN = 1024;
const ACK_DELAY = 100;
/** An initiator that was not heard so often asks anew: the other side may have loaded anew. */
const UNHEARD = 3;
const NO_ID = new Uint8Array(0);

export type Effect =
  /** To be durable, wrapped, before what follows is performed. */
  | { readonly type: "store"; readonly state: SessionState }
  | { readonly type: "send"; readonly frame: Uint8Array }
  /** In order, and once; `id` for durable messages. */
  | { readonly type: "deliver"; readonly message: Uint8Array; readonly id: string | null }
  /** The other side has taken and stored a durable message. */
  | { readonly type: "delivered"; readonly id: string }
  /** The authentication string is known (the host learns it from *open*). */
  | { readonly type: "authenticated"; readonly string: string }
  /** Fresh keys are in place; passing messages sent before are gone. */
  | { readonly type: "began" };

/** What a session passes on to the one that replaces it (the guest knocked anew). */
export interface Carried {
  /** Durable messages that were not acknowledged. */
  readonly outbox: readonly Waiting[];
  /** Ids of the newest durable messages that were taken, oldest first. */
  readonly seen: readonly string[];
}

/** Another secret that the other side may be at. */
interface Pending {
  /** Of an exchange that we answered; empty for a secret from before one that we asked for. */
  readonly id: Uint8Array;
  readonly root: Uint8Array;
}

type Awaiting = Omit<HostAgreed, "root" | "messages"> & { readonly carried: number };

/** What a side stores, wrapped. Traffic keys and counters are never part of it. */
export interface SessionState extends Carried {
  readonly side: Side;
  readonly root: Uint8Array;
  readonly pending: readonly Pending[];
  /** The host's accept, until *open* came: to be sent again, as it is, for the same intro. */
  readonly awaiting: Awaiting | null;
  /** The guest's *open*, until R has moved past R₀. */
  readonly opening: Uint8Array | null;
  readonly authenticationString: string | null;
}

type Core = Omit<SessionState, keyof Carried>;

/** An exchange whose keys this page load holds. */
interface Live {
  readonly traffic: Traffic;
  readonly inbox: Inbox;
  /** Whether a frame of the other side came under these keys. */
  heard: boolean;
}

const NOTHING: Carried = { outbox: [], seen: [] };

/**
 * What either guest of a pair stores once they share R₀ (docs/sealed-formats.md, Pairs), to be
 * taken up with `Session.resume`. Side 0 is who answered the offer.
 */
export const pairState = (side: Side, root: Uint8Array, before: Carried): SessionState => ({
  side,
  root,
  pending: [],
  awaiting: null,
  opening: null,
  authenticationString: null,
  outbox: before.outbox,
  seen: before.seen,
});

interface Options {
  readonly random: Random;
  /** For tests that watch nonces. */
  readonly aead?: Aead;
}

/** One side of a session, for one page load. */
export class Session {
  readonly #random: Random;
  readonly #aead: Aead;
  readonly #outbox: Outbox;
  readonly #seen: Set<string>;
  readonly #restored: boolean;
  readonly #effects: Effect[] = [];
  readonly #control: Uint8Array[] = [];
  #core: Core;
  #dirty = true;
  #active: Live | null = null;
  /** The guest's first exchange: it may send at once, the keys being this page load's own. */
  #first: Live | null = null;
  /** Exchanges that we answered, oldest first; the same hello is given the same answer. */
  #answered: { readonly hello: Uint8Array; readonly answer: Uint8Array; readonly live: Live }[] =
    [];
  #initiator = false;
  #hello: { frame: Uint8Array; roots: readonly Uint8Array[] } | null = null;
  #open: Uint8Array | null = null;
  /** For what opens an exchange: *open*, hello, or the frame that confirms. */
  #knocking: { at: number; attempt: number } | null = null;
  #ackAt: number | null = null;

  private constructor(state: SessionState, restored: boolean, options: Options) {
    const { outbox, seen, ...core } = state;
    this.#core = core;
    this.#random = options.random;
    this.#aead = options.aead ?? CHACHA;
    this.#outbox = new Outbox(outbox);
    this.#seen = new Set(seen);
    this.#restored = restored;
  }

  /** The host's side after *accept* was made. */
  static host(agreed: HostAgreed, options: Options, before: Carried = NOTHING): Session {
    const { root, messages, accept, transcript, random, commitment } = agreed;
    const awaiting = { accept, transcript, random, commitment, carried: messages.length };
    const waiting = messages.map((message) => ({ message, id: durableId(message) }));
    const outbox = [...waiting, ...before.outbox];
    const core = { pending: [], awaiting, opening: null, authenticationString: null };
    return new Session({ ...before, side: HOST, root, ...core, outbox }, false, options);
  }

  /** The guest's side after *accept* was checked, with the *open* that it will send. */
  static guest(
    agreed: GuestAgreed,
    opening: Uint8Array,
    options: Options,
    before: Carried = NOTHING,
  ): Session {
    const { root, authenticationString } = agreed;
    const first = derive(root, agreed.accept, opening);
    const pending = [{ id: first.id, root: first.ratchet }];
    const core = { pending, awaiting: null, opening, authenticationString };
    const session = new Session({ ...before, side: GUEST, root, ...core }, false, options);
    session.#first = session.#live(first, agreed.messages.length);
    for (const message of agreed.messages) session.#deliver(message);
    return session;
  }

  /** A session of an earlier page load. */
  static resume(state: SessionState, options: Options): Session {
    return new Session(state, true, options);
  }

  /** What is to be stored; a `store` effect gives it whenever it changed. */
  get state(): SessionState {
    return { ...this.#core, outbox: this.#outbox.durable(), seen: [...this.#seen] };
  }

  /** How many messages wait for the other side. */
  get unacknowledged(): number {
    return this.#outbox.size;
  }

  /** Begins this page load; once, before anything else. */
  start(now: number): Effect[] {
    const { authenticationString: string, opening, awaiting } = this.#core;
    if (string) this.#effects.push({ type: "authenticated", string });
    if (opening) this.#knocking = { at: now, attempt: 0 };
    if (this.#restored && !awaiting) this.#ask(now);
    return this.#finish(now);
  }

  /** Queues a message of at most 61,428 bytes. Refuses with `too_long`. */
  send(message: Uint8Array, now: number): Effect[] {
    require(message.length <= MESSAGE_BYTES, "too_long");
    const id = durableId(message);
    this.#outbox.add({ message: message.slice(), id });
    if (id !== null) this.#dirty = true;
    return this.#finish(now);
  }

  /** The relay is reachable again: everything that is not acknowledged is due. */
  reconnected(now: number): Effect[] {
    this.#outbox.hurry();
    if (this.#knocking) this.#knocking = { at: now, attempt: 0 };
    return this.#finish(now);
  }

  /** Takes one frame of the other side. Refuses with a SealError, and changes nothing then. */
  receive(frame: Uint8Array, now: number): Effect[] {
    // Another suite is refused where data frames are read.
    const kind = frame[0] === SUITE ? frame[1] : DATA_KIND;
    if (kind === DATA_KIND) this.#receiveData(frame, now);
    else if (kind === HELLO_KIND) this.#receiveHello(frame);
    else if (kind === ANSWER_KIND) this.#receiveAnswer(frame, now);
    else if (kind === OPEN_KIND && this.#core.side === HOST) this.#receiveOpen(frame, now);
    else throw new SealError("bad_form");
    return this.#finish(now);
  }

  /** Does what is due. */
  tick(now: number): Effect[] {
    return this.#finish(now);
  }

  /** When `tick` has something to do. */
  nextAt(): number | undefined {
    const sending = this.#active ?? this.#first;
    const data = sending ? [this.#ackAt, this.#outbox.nextAt()] : [];
    const times = [this.#knocking?.at, ...data].filter((at) => typeof at === "number");
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  // Frames out

  /** What came about: deliveries, then what must be stored, then what may be sent. */
  #finish(now: number): Effect[] {
    const frames = this.#control.splice(0);
    if (this.#knocking && this.#knocking.at <= now) frames.push(...this.#knock(now));
    const sending = this.#active ?? this.#first;
    if (sending && !sending.traffic.exhausted) frames.push(...this.#data(sending, now));
    else if (sending && !this.#hello) this.#ask(now);
    const effects = this.#effects.splice(0);
    if (this.#dirty) effects.push({ type: "store", state: this.state });
    this.#dirty = false;
    return [...effects, ...frames.map((frame): Effect => ({ type: "send", frame }))];
  }

  /** Asks for fresh keys. */
  #ask(now: number): void {
    const roots = this.#roots();
    this.#hello = { frame: makeHello(this.#core.side, roots, this.#random), roots };
    this.#knocking = { at: now, attempt: 0 };
  }

  /** Sends again what opens an exchange. */
  #knock(now: number): Uint8Array[] {
    const attempt = this.#knocking?.attempt ?? 0;
    this.#knocking = { at: now + delay(attempt), attempt: attempt + 1 };
    const unheard = this.#active !== null && !this.#active.heard;
    if (unheard) this.#ackAt = now;
    if (unheard && !this.#hello && attempt >= UNHEARD) {
      this.#ask(now);
      return this.#knock(now);
    }
    const frames = [this.#core.opening, this.#hello?.frame].filter((frame) => !!frame);
    if (frames.length === 0 && !unheard) this.#knocking = null;
    return frames;
  }

  #data({ traffic, inbox }: Live, now: number): Uint8Array[] {
    const ack = inbox.taken;
    const frames = this.#outbox.due(now).map((one) => traffic.seal({ ...one, ack }));
    const owed = this.#ackAt !== null && this.#ackAt <= now;
    if (owed && frames.length === 0) frames.push(traffic.seal({ n: 0, ack, message: EMPTY }));
    if (frames.length > 0) this.#ackAt = null;
    return frames;
  }

  // Frames in

  #receiveOpen(frame: Uint8Array, now: number): void {
    const { awaiting, root } = this.#core;
    if (!awaiting) {
      require(this.#open !== null && same(this.#open, frame), "stale_exchange");
      // The guest has not heard from us yet: say something under the new keys.
      if (this.#active) this.#ackAt = now;
      return;
    }
    const string = checkOpen(frame, { ...awaiting, root });
    const made = derive(root, awaiting.accept, frame);
    this.#open = frame.slice();
    const pending = [{ id: NO_ID, root }];
    this.#change({ root: made.ratchet, pending, awaiting: null, authenticationString: string });
    this.#effects.push({ type: "authenticated", string });
    // The keys of a handshake that an earlier page load began are not for this one.
    if (this.#restored) {
      this.#ask(now);
    } else {
      this.#outbox.carried(awaiting.carried, now);
      this.#initiate(made, now);
    }
  }

  #receiveHello(frame: Uint8Array): void {
    const { side, pending, awaiting } = this.#core;
    const root = readHello(frame, peerOf(side), this.#roots());
    require(!awaiting, "unknown_exchange");
    if (this.#hello && side === GUEST) return;
    const known = this.#answered.find(({ hello }) => same(hello, frame));
    if (known) {
      this.#control.push(known.answer);
      return;
    }
    const answer = makeAnswer(side, frame, root, this.#random);
    const made = derive(root, frame, answer);
    // The other side is at this secret, and stays there while its answers get lost: of the four
    // places the newest stay, and being answered under makes new.
    const spare = pending.filter((one) => !same(one.root, root));
    const used = pending.filter((one) => same(one.root, root));
    const kept = [...spare, ...used, { id: made.id, root: made.ratchet }].slice(-PENDING);
    this.#change({ pending: kept });
    this.#answered.push({ hello: frame.slice(), answer, live: this.#live(made) });
    this.#forget(kept);
    this.#control.push(answer);
  }

  #receiveAnswer(frame: Uint8Array, now: number): void {
    const hello = this.#hello;
    const root = readAnswer(frame, peerOf(this.#core.side), hello?.frame, hello?.roots ?? []);
    if (!hello) return;
    const made = derive(root, hello.frame, frame);
    // Not heard since earlier ones: the other side may be at any of them.
    const before = this.#core.pending.filter((one) => one.id.length === 0 && !same(one.root, root));
    const pending = [...before, { id: NO_ID, root }].slice(-PENDING);
    this.#change({ root: made.ratchet, pending, opening: null });
    this.#outbox.renumber();
    this.#initiate(made, now);
  }

  #receiveData(frame: Uint8Array, now: number): void {
    const id = exchangeOf(frame);
    const lives = [this.#active, this.#first, ...this.#answered.map(({ live }) => live)];
    const live = lives.find((one) => one && same(one.traffic.id, id));
    require(!!live, "unknown_exchange");
    const numbered = live === this.#active || live === this.#first;
    const inner = live.traffic.open(frame, numbered ? this.#outbox.last : 0);
    if (live !== this.#active) this.#confirm(live);
    if (!live.heard) this.#hear(live);
    const gone = this.#outbox.acknowledge(inner.ack);
    for (const { id } of gone) {
      if (id === null) continue;
      this.#dirty = true;
      this.#effects.push({ type: "delivered", id });
    }
    if (inner.n > 0) {
      for (const message of live.inbox.take(inner.n, inner.message)) this.#deliver(message);
    }
    // A bare frame that acknowledges nothing new may be an initiator's that was not heard.
    const owed = inner.n > 0 || (gone.length === 0 && !this.#initiator);
    if (owed) this.#ackAt = Math.min(this.#ackAt ?? Number.POSITIVE_INFINITY, now + ACK_DELAY);
  }

  // Exchanges

  /** The current secret, then the pending ones, newest first. */
  #roots(): Uint8Array[] {
    return [this.#core.root, ...this.#core.pending.map(({ root }) => root).reverse()];
  }

  #live(made: Exchange, carried = 0): Live {
    const traffic = new Traffic(made, this.#core.side, this.#aead);
    return { traffic, inbox: new Inbox(carried), heard: false };
  }

  #change(changed: Partial<Core>): void {
    this.#core = { ...this.#core, ...changed };
    this.#dirty = true;
  }

  /** A frame under these keys came back: the other side holds them too. */
  #hear(live: Live): void {
    live.heard = true;
    this.#knocking = null;
    this.#hello = null;
    this.#change({ pending: this.#core.pending.filter(({ id }) => id.length > 0) });
  }

  /** Erases the keys of answered exchanges that are no longer pending. */
  #forget(pending: readonly Pending[]): void {
    this.#answered = this.#answered.filter(({ live }) =>
      pending.some(({ id }) => same(id, live.traffic.id)),
    );
  }

  /** Erases the keys used so far. */
  #activate(live: Live): void {
    this.#active = live;
    this.#first = null;
    this.#hello = null;
    this.#ackAt = null;
    this.#effects.push({ type: "began" });
  }

  /** An exchange that we asked for: a frame goes out at once, until one comes back. */
  #initiate(made: Exchange, now: number): void {
    this.#initiator = true;
    this.#answered = [];
    this.#activate(this.#live(made));
    this.#ackAt = now;
    this.#knocking = { at: now + delay(0), attempt: 1 };
  }

  /** The first valid data frame of an exchange that we answered: what is older goes. */
  #confirm(live: Live): void {
    const { pending } = this.#core;
    const at = pending.findIndex(({ id }) => same(id, live.traffic.id));
    const root = pending[at]?.root;
    require(root !== undefined, "unknown_exchange");
    if (live !== this.#first) this.#outbox.renumber();
    const newer = pending.slice(at + 1);
    this.#change({ root, pending: newer, opening: null });
    this.#forget(newer);
    this.#initiator = false;
    this.#activate(live);
  }

  #deliver(message: Uint8Array): void {
    const id = durableId(message);
    if (id !== null && this.#seen.has(id)) return;
    if (id !== null) {
      this.#seen.add(id);
      for (const oldest of this.#seen) {
        if (this.#seen.size <= SEEN) break;
        this.#seen.delete(oldest);
      }
      this.#dirty = true;
    }
    this.#effects.push({ type: "deliver", message, id });
  }
}
