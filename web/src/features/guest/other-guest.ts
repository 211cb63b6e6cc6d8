/** Another guest of the same consult: the handshake with them, and the call that follows it. */
import { signal } from "@preact/signals";
import { b64u, same } from "../../sealing/encoding.ts";
import type { SealCode } from "../../sealing/errors.ts";
import { HELLO_KIND, type Side } from "../../sealing/exchange.ts";
import { hash } from "../../sealing/kdf.ts";
import type { Signer } from "../../sealing/keys.ts";
import { durableId, writeMessage } from "../../sealing/messages.ts";
import { delay } from "../../sealing/outbox.ts";
import {
  makePairAnswer,
  makePairOffer,
  offers,
  PAIR_ANSWER_KIND,
  PAIR_OFFER_KIND,
  type Pair,
  readPairAnswer,
  readPairOffer,
} from "../../sealing/pair.ts";
import type { Roster, RosterMember } from "../../sealing/roster.ts";
import { type Carried, pairState, Session } from "../../sealing/session.ts";
import type { CallModel, Tell } from "../consult/call.ts";
import type { Attendee } from "../consult/group.ts";
import { createParcels } from "../consult/late-parcels.ts";
import { type CallRecord, LiveCall, readRecord } from "../consult/live.ts";
import { LooseLink } from "../consult/media/loose.ts";
import { inert } from "../inert.ts";
import type { LocalMedia } from "../media/media.ts";
import type { Platform } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomConnection } from "../rooms/connection.ts";
import type { PairRecord, PlaceStore } from "./place.ts";

/** Whether it agrees on a session, and is none of its frames. */
export const isHandshake = (frame: Uint8Array): boolean =>
  frame[1] === PAIR_OFFER_KIND || frame[1] === PAIR_ANSWER_KIND;

/** So many hellos unanswered, or refused, mean that the two sides have come apart. */
const APART = 4;
/** Refused hellos are counted over this time. */
const WINDOW = 60_000;
/** Not sooner than this after an offer is another one made. */
const OFFER_PAUSE = 15_000;
/** What is kept for somebody with whom there is no session yet. */
const OWED = 256;

const NEW: PairRecord = { made: 0, taken: 0, offer: null, answered: null, owed: [], call: null };

export interface GuestsNeeds {
  readonly platform: Platform;
  readonly media: LocalMedia;
  readonly api: Api;
  readonly room: Uint8Array;
  readonly signer: Signer;
  readonly store: PlaceStore;
  readonly rooms: RoomConnection;
  /** Sends to another guest by the server's number. */
  relay(peer: number, body: Uint8Array): void;
  ready(): boolean;
  failed(error: unknown): void;
}

export class OtherGuest implements Attendee {
  readonly key: string;
  readonly name = signal("");
  readonly call = signal<CallModel | null>(null);

  readonly #needs: GuestsNeeds;
  readonly #peer: Uint8Array;
  #pair: Pair | null = null;
  #record = NEW;
  #live: LiveCall | null = null;
  /** The server's number; 0 until it has told one on this connection. */
  #number = 0;
  #connected = false;
  #cancelOffer = (): void => undefined;
  #offeredAt = Number.NEGATIVE_INFINITY;
  #unanswered = 0;
  #strange: number[] = [];
  #saving: Promise<void> = Promise.resolve();
  /** What is being read is a hello: one that does not hold counts. */
  #hello = false;

  constructor(peer: Uint8Array, needs: GuestsNeeds) {
    this.#peer = peer;
    this.#needs = needs;
    this.key = b64u(peer);
  }

  /** In the newest roster: takes up the session that there is, or sees to one. */
  async enter(roster: Roster, { name }: RosterMember): Promise<void> {
    const first = this.#pair === null;
    this.name.value = inert(name);
    this.#pair = { roster, own: this.#needs.signer.publicKey, peer: this.#peer };
    if (first) {
      this.#record = (await this.#needs.store.pair(this.key)) ?? NEW;
      const { call } = this.#record;
      if (call) await this.#run(call);
    }
    await this.#reach();
  }

  /** Fallen out of the roster, or we are: session and secrets go, the counters stay. */
  async drop(): Promise<void> {
    this.#pair = null;
    await this.close();
    const record = (await this.#needs.store.pair(this.key)) ?? NEW;
    const { made, taken } = record;
    this.#record = { ...NEW, made, taken };
    await this.#save();
  }

  /** Stops; what is stored stays. */
  async close(): Promise<void> {
    this.#cancelOffer();
    const live = this.#live;
    this.#live = null;
    this.call.value = null;
    await live?.close();
  }

  /** What the server says of them on this connection. */
  async seen(number: number, connected: boolean): Promise<void> {
    this.#number = number;
    this.#connected = connected;
    await this.#reach();
  }

  networkChanged(): void {
    this.#live?.networkChanged();
  }

  readonly passOn: Tell = (message, url) => {
    if (this.#live) {
      this.#live.passOn(message, url);
      return;
    }
    const bytes = writeMessage(message);
    const owed = [...this.#record.owed, { message: bytes, id: durableId(bytes) }].slice(-OWED);
    this.#record = { ...this.#record, owed };
    void this.#save().catch((error: unknown) => this.#needs.failed(error));
  };

  /** A frame of theirs. Refuses with a SealError what belongs to a handshake and does not hold. */
  async receive(frame: Uint8Array): Promise<void> {
    const pair = this.#pair;
    if (!pair) return;
    if (frame[1] === PAIR_OFFER_KIND) await this.#answer(frame, pair);
    else if (frame[1] === PAIR_ANSWER_KIND) await this.#answered(frame, pair);
    else {
      if (frame[1] === HELLO_KIND) this.#hello = true;
      // Not awaited: an answer does not wait until the frame before it is stored.
      void this.#live?.receive(frame);
      this.#hello = false;
    }
  }

  async #reach(): Promise<void> {
    if (!this.#pair || !this.#connected) return;
    this.#live?.reached();
    if (!offers(this.#pair)) return;
    if (this.#record.offer) this.#sendOffer();
    else if (!this.#live) await this.#offer(this.#pair);
  }

  async #offer(pair: Pair): Promise<void> {
    const { signer, platform } = this.#needs;
    const made = this.#record.made + 1;
    this.#offeredAt = platform.clock.now();
    const offer = await makePairOffer(pair, signer, made, platform.random);
    await this.#keep({ made, offer });
    this.#sendOffer();
  }

  /** The same bytes until they are answered. */
  #sendOffer(attempt = 0): void {
    this.#cancelOffer();
    const { offer } = this.#record;
    if (!offer || !this.#connected) return;
    this.#needs.relay(this.#number, offer.offer);
    this.#cancelOffer = this.#needs.platform.clock.after(delay(attempt), () =>
      this.#sendOffer(attempt + 1),
    );
  }

  async #answer(offer: Uint8Array, pair: Pair): Promise<void> {
    const { signer, platform } = this.#needs;
    const { answered } = this.#record;
    const digest = hash(offer);
    if (answered && same(answered.offer, digest)) {
      this.#needs.relay(this.#number, answered.answer);
      return;
    }
    const taken = readPairOffer(offer, pair, this.#record.taken);
    const { answer, root } = await makePairAnswer(offer, pair, signer, platform.random);
    const call = await this.#begin(0, root, digest);
    // Stored before it is sent: the same offer again is given the same answer.
    const kept = { offer: digest, answer };
    await this.#keep({ taken, answered: kept, call });
    this.#needs.relay(this.#number, answer);
    await this.#run(call);
  }

  async #answered(answer: Uint8Array, pair: Pair): Promise<void> {
    const { offer } = this.#record;
    const root = readPairAnswer(answer, pair, offer);
    this.#cancelOffer();
    const call = await this.#begin(1, root, hash(offer?.offer ?? answer));
    await this.#keep({ offer: null, call });
    await this.#run(call);
  }

  /** The record of a new session: it goes on with what the one before had not delivered. */
  async #begin(side: Side, root: Uint8Array, offer: Uint8Array): Promise<CallRecord> {
    const before = this.#live?.carried();
    await this.close();
    const carried: Carried = before?.session ?? { outbox: [], seen: [] };
    return {
      session: pairState(side, root, carried),
      who: { name: this.name.peek() },
      peer: this.#peer,
      entries: before?.entries ?? [],
      since: null,
      intro: offer,
      renewals: 0,
    };
  }

  async #run(call: CallRecord): Promise<void> {
    const { platform, media, api, room, signer, rooms } = this.#needs;
    const { random } = platform;
    const host = call.session.side === 0;
    const self = signer.publicKey;
    const picture = new LooseLink({
      platform,
      media,
      host,
      iceServers: rooms.iceServers,
      reachable: () => this.#needs.ready() && this.#connected,
      suspect: () => rooms.check(),
    });
    this.#unanswered = 0;
    this.#strange = [];
    // What was said while there was none goes out in this session.
    const outbox = [...call.session.outbox, ...this.#record.owed];
    const session = { ...call.session, outbox };
    this.#record = { ...this.#record, owed: [] };
    const live = new LiveCall({
      platform,
      media,
      session: Session.resume(session, { random }),
      record: call,
      parcels: createParcels({ api, random, room, signer, self, peer: this.#peer }),
      picture,
      host,
      offered: !host,
      renewed: false,
      save: (bytes) => {
        this.#record = { ...this.#record, call: readRecord(bytes) };
        return this.#save("quick");
      },
      transmit: (frame) => this.#transmit(frame),
      parted: () => undefined,
      expected: (code) => this.#expected(code),
      failed: (error) => this.#needs.failed(error),
    });
    this.#live = live;
    await live.start();
    if (this.#live === live) this.call.value = live;
  }

  /** Changes the record and stores it, or neither: what is not stored must never be sent. */
  async #keep(changes: Partial<PairRecord>): Promise<void> {
    const before = this.#record;
    this.#record = { ...before, ...changes };
    try {
      await this.#save();
    } catch (error) {
      const back = Object.keys(changes).map((name) => [name, before[name as keyof PairRecord]]);
      this.#record = { ...this.#record, ...Object.fromEntries(back) };
      throw error;
    }
  }

  /** One after the other, and what is true then: an older state never overwrites a newer one. */
  #save(quick?: "quick"): Promise<void> {
    const { store } = this.#needs;
    const saved = this.#saving.then(() => store.savePair(this.key, this.#record, quick));
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  #transmit(frame: Uint8Array): void {
    if (!this.#connected) return;
    this.#unanswered = frame[1] === HELLO_KIND ? this.#unanswered + 1 : 0;
    this.#needs.relay(this.#number, frame);
    if (this.#unanswered >= APART) this.#comeApart();
  }

  #expected(code: SealCode): boolean {
    if (code !== "bad_mac" || !this.#hello) return this.#record.offer !== null;
    const now = this.#needs.platform.clock.now();
    this.#strange = [...this.#strange.filter((at) => now - at < WINDOW), now];
    if (this.#strange.length >= APART) this.#comeApart();
    return true;
  }

  /** The session that there is cannot be taken up: who offers does so anew. */
  #comeApart(): void {
    const pair = this.#pair;
    const now = this.#needs.platform.clock.now();
    if (!pair || !offers(pair) || now - this.#offeredAt < OFFER_PAUSE) return;
    this.#unanswered = 0;
    this.#strange = [];
    void this.#offer(pair).catch((error: unknown) => this.#needs.failed(error));
  }
}
