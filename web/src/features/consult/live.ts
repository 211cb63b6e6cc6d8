/** A call as it runs: the sealed session, what is said in it, and the picture it sets up. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { LIMITS } from "../../protocol/limits.ts";
import { b64u, fromB64u, jsonObject } from "../../sealing/encoding.ts";
import { type SealCode, SealError } from "../../sealing/errors.ts";
import {
  type Message,
  type OutgoingMessage,
  readMessage,
  writeMessage,
} from "../../sealing/messages.ts";
import type { Session, Carried as SessionCarried, SessionState } from "../../sealing/session.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { Address } from "../mail/address.ts";
import type { LocalMedia } from "../media/media.ts";
import type { Platform } from "../ports.ts";
import type { Problem } from "../problems.ts";
import type { Beside, CallModel, Tell } from "./call.ts";
import { Conversation, type Entry } from "./conversation.ts";
import type { LooseLink } from "./media/loose.ts";
import type { Parcels } from "./parcels.ts";
import { Runner } from "./runner.ts";
import type { Shelf } from "./shelf.ts";

type Who = CallModel["who"]["value"];
type Link = CallModel["link"]["value"];

/** What a call keeps at rest, wrapped, until the room ends. */
export interface CallRecord {
  readonly session: SessionState;
  readonly who: Who;
  /** What stands for the other side: the host's identity key, or the guest's key. */
  readonly peer: Uint8Array;
  readonly entries: readonly Entry[];
  /** When the first moment was that showed as secure; null before. */
  readonly since: number | null;
  /** SHA-256 of the intro that the session began with: it is not answered twice. */
  readonly intro: Uint8Array;
  /** How often a newer intro of the same key was accepted without a tap. */
  readonly renewals: number;
}

/** What a later call with the same person goes on with: no secret of the session is in it. */
export interface Carried {
  readonly session: SessionCarried;
  readonly entries: readonly Entry[];
}

export const readRecord = (bytes: Uint8Array): CallRecord => fromBytes<CallRecord>(bytes);

export interface LiveOptions {
  readonly platform: Platform;
  readonly media: LocalMedia;
  readonly session: Session;
  readonly record: Omit<CallRecord, "session">;
  readonly parcels: Parcels;
  readonly picture: LooseLink;
  readonly host: boolean;
  /** The accept carries an offer: the first exchange needs no new one. */
  readonly offered: boolean;
  /** The person had another authentication string before. */
  readonly renewed: boolean;
  save(record: Uint8Array): Promise<void>;
  transmit(frame: Uint8Array): void;
  /** The other side says that it leaves, or holds, and means it. */
  parted(how: "bye" | "hold"): void;
  /** The documents of both; none between guests, who have words and pictures for each other. */
  readonly shelf?: Shelf;
  /** The other side has said where it can be written to, and may pay for a mailbox of ours. */
  addressed?(voucher: Uint8Array | undefined): void;
  /** There may be something in our mailbox. */
  mail?(): void;
  /** Host of a guest who wants to keep documents: the guest asks for what pays. */
  keep?(): void;
  /** Guest of a host: a host-signed roster came. Refuses with a SealError. */
  roster?(object: Uint8Array): void;
  /** Whether a refusal is no news to tell. */
  expected?(code: SealCode): boolean;
  /** Nothing can be stored any more: another tab has taken over, or the disk is full. */
  failed(error: unknown): void;
}

const LINKS: Readonly<Record<LooseLink["link"]["state"]["value"], Link>> = {
  idle: "connecting",
  connecting: "connecting",
  connected: "secure",
  reconnecting: "reconnecting",
  refused: "refused",
};

type SupplyMessage = Extract<OutgoingMessage, { t: "supply" }>;

/** Messages for a feature that is fetched when they come: the newest of each type, of so many. */
const BESIDE = 8;

const typeOf = (bytes: Uint8Array): unknown => (jsonObject(bytes) as { t?: unknown }).t;

/** Drawing a call waits until a picture begins to arrive, but not longer than this. */
const QUIET = 600;

const loud = (key: string): Problem => ({ key, loud: true });
const calm = (key: string): Problem => ({ key, loud: false });

export class LiveCall implements CallModel {
  /** The page may draw it: what has to be quick is done. */
  readonly settled = signal(false);
  readonly who: CallModel["who"];
  readonly remote: CallModel["remote"];
  readonly remoteState = signal({ audio: true, video: true, screen: false });
  readonly link: ReadonlySignal<Link>;
  readonly quality: CallModel["quality"];
  readonly authenticationString = signal("");
  readonly security: CallModel["security"];
  readonly since = signal<number | null>(null);
  readonly chat: CallModel["chat"];
  readonly unread: CallModel["unread"];
  readonly documents: CallModel["documents"];
  readonly problem: CallModel["problem"];
  readonly beside: Beside;

  readonly #options: LiveOptions;
  readonly #heard = signal<readonly Uint8Array[]>([]);
  readonly #exchanges = signal(0);
  readonly #runner: Runner;
  readonly #conversation: Conversation;
  readonly #shelf: Shelf | undefined;
  readonly #renewed: ReturnType<typeof signal<boolean>>;
  /** What the relay brought last did not hold; nothing that was said has come since. */
  readonly #refused = signal<SealCode | null>(null);
  readonly #stops: (() => void)[] = [];
  /** The offer that an accept carried has been answered. */
  #answered: Promise<void> = Promise.resolve();
  /** The next exchange finds an offer already made. */
  #offered: boolean;

  constructor(options: LiveOptions) {
    const { platform, session, record, parcels, picture, shelf } = options;
    const { clock, random, photos } = platform;
    const { link } = picture;
    this.#options = options;
    this.#offered = options.offered;
    this.#renewed = signal(options.renewed);
    this.#conversation = new Conversation({
      entries: record.entries,
      clock,
      random,
      photos,
      parcels,
      full: () => shelf?.isFull() ?? this.#conversation.photos >= LIMITS.files,
      send: (message) => void this.#runner.send(message),
    });
    this.#shelf = shelf;
    shelf?.attach({
      photos: () => this.#conversation.photos,
      hint: () => this.#say({ t: "mail" }),
    });
    this.#runner = new Runner(session, clock, {
      save: (state) => this.#save(state),
      transmit: options.transmit,
      deliver: (message) => this.#deliver(message),
      began: () => this.#began(),
      authenticated: (string) => {
        this.authenticationString.value = string;
      },
      refused: (code) => this.#refuse(code),
      failed: options.failed,
    });
    this.beside = {
      heard: this.#heard,
      exchanges: this.#exchanges,
      say: (message) => void this.#runner.send(message),
      waiting: () => session.unacknowledged,
    };
    this.who = signal(record.who);
    this.since.value = record.since;
    this.remote = link.remote;
    this.quality = link.quality;
    this.security = link.security;
    this.chat = this.#conversation.chat;
    this.unread = this.#conversation.unread;
    this.documents = shelf?.documents ?? signal([]);
    this.link = computed(() => this.#link());
    this.problem = computed(() => this.#problem());
  }

  /** Begins this page load; resolves once its first frames, and an answer, are on their way. */
  async start(): Promise<void> {
    const started = this.#runner.start();
    const { picture } = this.#options;
    picture.attach((message) => this.#say(message));
    if (this.#offered && this.#options.host) picture.link.expectAnswer();
    this.#stops.push(
      effect(() => this.#stateChanged()),
      effect(() => {
        if (this.link.value === "secure" && this.since.peek() === null) {
          this.since.value = this.#options.platform.clock.now();
          void this.#runner.save();
        }
      }),
    );
    // One that takes the place of another is drawn already.
    if (!this.#offered || !this.#options.host || this.#options.renewed) this.#settle();
    else {
      this.#stops.push(
        this.#options.platform.clock.after(QUIET, () => this.#settle()),
        effect(() => {
          if (picture.link.arriving.value) this.#settle();
        }),
      );
    }
    await started;
    await this.#answered;
    await this.#runner.done();
  }

  /** The accept that the other side has not answered yet: the same bytes may be sent again. */
  get accept(): Uint8Array | undefined {
    return this.#runner.session.state.awaiting?.accept;
  }

  #settle(): void {
    this.settled.value = true;
  }

  receive(frame: Uint8Array): Promise<void> {
    return this.#runner.receive(frame);
  }

  /** The other side can be reached, again or for the first time. */
  reached(): void {
    void this.#runner.reconnected();
    this.#options.picture.link.retry();
  }

  networkChanged(): void {
    this.#options.picture.link.networkChanged();
  }

  /** Host: tells the guest who is in the consult; resolves once it is on its way. */
  async introduce(roster: Uint8Array): Promise<void> {
    const id = this.#conversation.newId();
    await this.#runner.send(writeMessage({ t: "roster", id, roster: b64u(roster) }));
  }

  /** Tells the other side where it can write to, with what pays for a mailbox of its own. */
  async giveAddress(
    { mailbox, append, seal, ...more }: Address,
    voucher?: Uint8Array,
  ): Promise<void> {
    const id = this.#conversation.newId();
    const said = { t: "address", id, mailbox: b64u(mailbox), append: b64u(append) } as const;
    const paid = voucher ? { voucher: b64u(voucher) } : {};
    await this.#runner.send(writeMessage({ ...said, seal: b64u(seal), ...more, ...paid }));
  }

  /** Says what concerns keeping documents; resolves once it is on its way. */
  keeping(said: { t: "keep" } | Omit<SupplyMessage, "id">): Promise<void> {
    return this.#runner.send(writeMessage({ ...said, id: this.#conversation.newId() }));
  }

  /** Tells the other side why this ends; resolves once it is on its way. */
  async part(how: "bye" | "hold"): Promise<void> {
    const id = this.#conversation.newId();
    await this.#runner.send(writeMessage({ t: how, id }));
  }

  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    this.#options.picture.link.close();
    await this.#runner.stop();
  }

  /** What a session that replaces this one goes on with. */
  carried(): Carried {
    const { outbox, seen } = this.#runner.session.state;
    return { session: { outbox, seen }, entries: this.#conversation.entries };
  }

  // Views pass these on by themselves.

  readonly sendChat: CallModel["sendChat"] = (...said) => this.#conversation.sendChat(...said);

  readonly sendPhoto: CallModel["sendPhoto"] = (...said) => this.#conversation.sendPhoto(...said);

  readonly passOn: Tell = (...said) => this.#conversation.passOn(...said);

  readonly markRead = (): void => {
    this.#conversation.unread.value = 0;
  };

  readonly sendDocument: CallModel["sendDocument"] = async (...document) => {
    if (!this.#shelf) throw new Error("no documents here");
    await this.#shelf.send(...document);
  };

  readonly tellOpened = (document: string): void => this.#shelf?.tellOpened(document);

  #link(): Link {
    const { link } = this.#options.picture;
    const state = LINKS[link.state.value];
    if (state === "reconnecting" && link.struggling.value) return "lost";
    // A page that loaded anew comes back to a consult that others see as interrupted.
    return state === "connecting" && this.since.value !== null ? "reconnecting" : state;
  }

  #problem(): Problem | null {
    const { link } = this.#options.picture;
    if (link.refusal.value) return loud(link.refusal.value);
    if (this.#renewed.value) return loud("sas_changed");
    const said = this.#conversation.problem.value ?? this.#shelf?.problem.value;
    if (said) return said;
    if (this.#shelf?.full.value) return calm("too_many_files");
    if (this.#refused.value) return calm(this.#refused.value);
    if (link.struggling.value) return { ...calm("media_failed"), retry: () => link.retry() };
    return link.audioOnly.value ? calm("weak_network") : null;
  }

  async #save(session: SessionState): Promise<void> {
    const { record, save } = this.#options;
    this.#conversation.waiting(new Set(session.outbox.map(({ id }) => id ?? "")));
    const kept = { entries: this.#conversation.entries, since: this.since.peek() };
    const bytes = toBytes({ ...record, ...kept, session });
    // What a message brought there is stored before the session has seen that message.
    await this.#shelf?.saved();
    await save(bytes);
  }

  #began(): void {
    const { host, picture } = this.#options;
    // Whoever asked for new keys has a new page: nothing of the old picture is left there.
    if (host && !this.#offered) void picture.link.rebuild();
    this.#offered = false;
    this.#stateChanged();
    // Readers of what is beside have no hand in the session: whatever one throws comes after it.
    queueMicrotask(() => {
      this.#heard.value = [];
      this.#exchanges.value += 1;
    });
  }

  #deliver(bytes: Uint8Array): void {
    let message: Message | undefined;
    try {
      message = readMessage(bytes);
    } catch {
      return;
    }
    if (!message) {
      queueMicrotask(() => this.#hear(bytes));
      return;
    }
    if (message.t === "sdp" || message.t === "ice") {
      this.#answered = this.#options.picture.link.receive(message);
    } else if (message.t === "state") {
      const { audio, video, screen } = message;
      this.remoteState.value = { audio, video, screen };
    } else if (message.t === "bye" || message.t === "hold") {
      this.#options.parted(message.t);
    } else if (message.t === "roster") {
      this.#introduced(fromB64u(message.roster));
    } else if (message.t === "mail") {
      this.#options.mail?.();
    } else if (message.t === "address") {
      const { t: _t, id: _id, voucher, ...address } = message;
      this.#shelf?.addressed(address);
      if (this.#shelf) this.#options.addressed?.(voucher);
    } else if (message.t === "keep") {
      this.#options.keep?.();
    } else if (message.t === "supply") {
      this.#shelf?.supplied(message.vouchers);
    } else {
      this.#refused.value = null;
      this.#conversation.take(bytes, message);
    }
  }

  #hear(bytes: Uint8Array): void {
    const others = this.#heard.peek().filter((one) => typeOf(one) !== typeOf(bytes));
    this.#heard.value = [...others, bytes].slice(-BESIDE);
  }

  #refuse(code: SealCode): void {
    if (!this.#options.expected?.(code)) this.#refused.value = code;
  }

  #introduced(roster: Uint8Array): void {
    try {
      this.#options.roster?.(roster);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      this.#refuse(error.code);
    }
  }

  #stateChanged(): void {
    const { media, picture } = this.#options;
    const video = media.video.value && !picture.link.audioOnly.value;
    const [audio, screen] = [media.audio.value, media.screen.value];
    this.#say({ t: "state", audio, video: video || screen, screen });
  }

  #say(message: OutgoingMessage): void {
    void this.#runner.send(writeMessage(message));
  }
}
