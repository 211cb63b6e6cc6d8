/** One room of the doctor's: its door, its calls, its end. */
import { computed, effect, type Signal, signal } from "@preact/signals";
import { type ErrorCode, ProtocolError } from "../../protocol/errors.ts";
import {
  type Frame,
  type Opened,
  packAdmit,
  State,
  Type,
  unpackKnock,
  unpackMember,
  unpackSwitch,
} from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { b64u, same } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import type { HostIntro } from "../../sealing/handshake.ts";
import { hash } from "../../sealing/kdf.ts";
import { joinKey } from "../../sealing/link.ts";
import type { Mail } from "../../sealing/mail.ts";
import type { HostProfile } from "../../sealing/profile.ts";
import { signRoster } from "../../sealing/roster.ts";
import { Session } from "../../sealing/session.ts";
import { Group } from "../consult/group.ts";
import type { CallRecord, Carried, LiveCall } from "../consult/live.ts";
import { LooseLink } from "../consult/media/loose.ts";
import { mergePapers } from "../consult/merge.ts";
import type { ShelfRecord } from "../consult/papers.ts";
import type { Shelf } from "../consult/shelf.ts";
import type { Issued } from "../dispensing/issued.ts";
import { inert } from "../inert.ts";
import type { LocalMedia } from "../media/media.ts";
import type { Platform } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { Journal } from "../reports/journal.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomChannel } from "../rooms/channels.ts";
import type { RoomConnection } from "../rooms/connection.ts";
import { Accepts } from "./accepts.ts";
import type { ConsultModel, PastPerson } from "./desk.ts";
import type { Credentials } from "./device.ts";
import { hostCall, hostShelf } from "./host-call.ts";
import { RoomLinks } from "./links.ts";
import { type DeskMail, hasSent } from "./mail.ts";
import type { People } from "./people.ts";
import type { SharedShelf } from "./shared-forms.ts";
import type { RoomRecord, RoomStore } from "./store.ts";
import {
  callsOf,
  membersOf,
  newVisitor,
  peopleOf,
  seen,
  type Visitor,
  type Visitors,
  waitingOf,
} from "./visitor.ts";

const NOTHING = new Uint8Array();
/** A guest whose device lost its state is let in again without a tap, so often. */
const RENEWALS = 5;
/** How long the end of a consult waits for a document that is on its way. */
const UNSENT = 5_000;

export interface ConsultNeeds {
  readonly platform: Platform;
  readonly media: LocalMedia;
  readonly rooms: RoomConnection;
  readonly api: Api;
  readonly credentials: Credentials;
  /** What an accept states; the same object as long as nothing changed. */
  readonly profile: () => HostProfile;
  readonly store: RoomStore;
  readonly mail: DeskMail;
  readonly people: Pick<People, "met" | "said">;
  readonly issued: Pick<Issued, "issue">;
  /** Somebody new is at the door. */
  arrived(name: string): void;
  /** Another tab of this device has taken over. */
  elsewhere(): void;
}

export class Consult implements ConsultModel {
  readonly id: string;
  readonly expires: number;
  readonly created: number;
  readonly label: Signal<string>;
  readonly links: ConsultModel["links"];
  readonly state = signal<ConsultModel["state"]["value"]>("connecting");
  readonly locked = signal(false);
  readonly waiting: ConsultModel["waiting"];
  readonly calls: ConsultModel["calls"];
  readonly people: ConsultModel["people"];
  readonly seen = new Map<string, Journal>();
  readonly past: ConsultModel["past"];
  readonly chat: Group;
  readonly problem = signal<Problem | null>(null);

  readonly #needs: ConsultNeeds;
  readonly #record: Signal<RoomRecord>;
  readonly #links: RoomLinks;
  readonly #visitors = signal<Visitors>(new Map());
  readonly #accepts: Accepts;
  readonly #announced = new Set<string>();
  /** Everybody who was let in, as this page has seen them. */
  readonly #met = signal<readonly PastPerson[]>([]);
  /** What was said with who waits again, by guest key. */
  readonly #sentBack = new Map<string, Carried>();
  /** The documents of everybody who was let in, by guest key, until the room ends. */
  readonly #shelves = new Map<string, Shelf>();
  #channel: RoomChannel | undefined;
  #queue: Promise<void> = Promise.resolve();
  /** Join keys that this connection asks a seat for, in order. */
  #asked: Uint8Array[] = [];
  /** Who waits for a seat, by the base64url of the link's secret. */
  readonly #seatAnswers = new Map<string, (code: ErrorCode | null) => void>();

  constructor(record: RoomRecord, needs: ConsultNeeds) {
    this.#needs = needs;
    this.#record = signal(record);
    this.id = b64u(record.room);
    this.expires = record.expires;
    this.created = record.created;
    this.label = signal(record.label);
    const { platform, credentials, profile, rooms } = needs;
    this.#links = new RoomLinks(platform.address.origin, credentials.identity, record.prekey);
    this.links = computed(() => {
      const { room, secrets, unconfirmed = 0 } = this.#record.value;
      return secrets
        .slice(0, secrets.length - unconfirmed)
        .map((secret) => this.#links.address(room, secret));
    });
    this.waiting = computed(() => waitingOf(this.#visitors.value, this.id));
    const calls = computed(() => callsOf(this.#visitors.value));
    this.calls = calls;
    this.people = computed(() => peopleOf(calls.value));
    this.past = computed(() =>
      this.#met.value.filter(({ key }) => !this.#visitors.value.get(key)?.live),
    );
    this.chat = new Group(this.people);
    this.#accepts = new Accepts({
      platform,
      credentials,
      profile,
      ice: () => rooms.ice(),
      newPicture: (key) => this.#newPicture(key),
    });
  }

  /** Takes up the documents that are stored: what comes about one of them is taken from now on. */
  async restore(): Promise<void> {
    for (const [key, record] of await this.#needs.store.shelves()) this.#newShelf(key, record);
  }

  #newShelf(key: string, record?: ShelfRecord): Shelf {
    const name = (): string => this.#visitors.peek().get(key)?.record?.who.name ?? "";
    const shelf = hostShelf(this.#needs, this.#record.peek().room, key, name, record);
    this.#shelves.set(key, shelf);
    shelf.start();
    return shelf;
  }

  /** Its door stays with another device of ours, until `takeHere`. */
  leaveElsewhere(): void {
    this.state.value = "elsewhere";
  }

  /** Its door is here from now on. */
  async takeHere(): Promise<void> {
    if (this.state.peek() !== "elsewhere") return;
    this.state.value = "connecting";
    await this.start();
  }

  /** Takes up the calls that are stored, and opens the room at the server. */
  async start(): Promise<void> {
    if (this.#record.peek().displaced) {
      for (const key of (await this.#needs.store.calls()).keys()) {
        await this.#needs.store.dropCall(key);
      }
      await this.#saveRoom({ displaced: false });
    }
    for (const [key, record] of await this.#needs.store.calls()) {
      const visitor = newVisitor(key, this.#needs.platform.clock.now());
      const session = Session.resume(record.session, this.#needs.platform);
      const renewed = record.renewals > 0;
      const live = await this.#run(key, session, record, this.#newPicture(key), false, renewed);
      this.#set({ ...visitor, live, record });
    }
    await this.#introduce();
    const { room } = this.#record.peek();
    this.#channel = this.#needs.rooms.open(
      { room, signer: this.#needs.credentials.device },
      {
        opened: (opened) => this.#opened(opened),
        frame: (frame) => void this.#step(() => this.#frame(frame)),
        refused: (code, type, peer) => void this.#step(() => this.#refused(code, type, peer)),
        lost: () => this.#lost(),
        closed: (code) => void this.#closed(code),
      },
    );
  }

  /** Another device of ours has changed it. */
  adopt(shared: Omit<RoomRecord, "room">): Promise<void> {
    return this.#step(async () => {
      const { secrets, unconfirmed = 0 } = this.#record.peek();
      const asked = secrets.slice(secrets.length - unconfirmed);
      await this.#saveRoom({ ...shared, secrets: [...shared.secrets, ...asked] });
      this.label.value = shared.label;
      // Ended on a device that does not have the door.
      if (shared.ending) this.#channel?.send(Type.END, 0, NOTHING);
    });
  }

  /** Another device of ours has this of what a guest and we have of each other. */
  async adoptShelf({ guest, papers, address }: SharedShelf): Promise<void> {
    await (this.#shelves.get(guest) ?? this.#newShelf(guest)).adopt(
      { papers, address },
      mergePapers,
    );
  }

  /** Stops watching; what is stored stays. */
  async stop(): Promise<void> {
    this.#channel?.close();
    const visitors = [...this.#visitors.peek().values()];
    this.#visitors.value = new Map();
    this.#accepts.close();
    for (const { live } of visitors) await live?.close();
    for (const shelf of this.#shelves.values()) await shelf.close();
  }

  networkChanged(): void {
    this.#accepts.refresh();
    for (const { live } of this.#visitors.peek().values()) live?.networkChanged();
  }

  readonly setLabel = (text: string): void => {
    this.label.value = text.trim();
    void this.#step(() => this.#saveRoom({ label: text.trim() }));
  };

  readonly admit = (peer: number, takeOver = false): Promise<void> => {
    this.problem.value = null;
    return this.#step(async () => {
      const visitor = this.#byPeer(peer);
      if (!visitor?.intro || visitor.admitted) return;
      await this.#admit(visitor, visitor.intro, takeOver, false);
    });
  };

  readonly refuse = (peer: number): void => {
    this.#channel?.send(Type.REFUSE, peer, NOTHING);
    void this.#step(() => this.#left(peer));
  };

  readonly sendBack = (peer: number): void => {
    const visitor = this.#byPeer(peer);
    if (!visitor || !this.#channel?.ready) {
      // Without the server nobody can be sent anywhere, and numbers mean nothing.
      this.problem.value = { key: "offline", loud: false };
      return;
    }
    void this.#step(async () => {
      const said = visitor.live?.carried();
      await visitor.live?.part("hold");
      this.#channel?.send(Type.SEND_BACK, peer, NOTHING);
      await this.#out(visitor.key);
      if (said) this.#sentBack.set(visitor.key, said);
    });
  };

  readonly lock = (on: boolean): void => {
    this.#channel?.send(Type.LOCK, 0, Uint8Array.of(on ? 1 : 0));
  };

  readonly addPerson = async (): Promise<string> => {
    const { room } = this.#record.peek();
    const secret = this.#needs.platform.random(32);
    const code = await new Promise<ErrorCode | null>((done) => {
      if (!this.#channel?.ready) {
        done("internal");
        return;
      }
      this.#seatAnswers.set(b64u(secret), done);
      void this.#step(async () => {
        const { secrets, unconfirmed = 0 } = this.#record.peek();
        // Kept from before the server hears of it until it says no: where its answer is lost, it
        // may have made a seat, and the seats after it would be read with the wrong secret.
        await this.#saveRoom({ secrets: [...secrets, secret], unconfirmed: unconfirmed + 1 });
        this.#askSeats();
      }).then(() => {
        if (!this.#record.peek().secrets.includes(secret)) done("storage_failed");
      });
    });
    this.#seatAnswers.delete(b64u(secret));
    if (code === null) return this.#links.address(room, secret);
    this.problem.value = { key: code === "internal" ? "offline" : code, loud: false };
    throw new Error(code);
  };

  /** Asks for the seats that the server has not confirmed, in the order of their links. */
  #askSeats(): void {
    const { room, secrets, unconfirmed = 0 } = this.#record.peek();
    const open = secrets.slice(secrets.length - unconfirmed);
    for (const secret of open.slice(this.#asked.length)) {
      const join = joinKey({ room, secret }).publicKey;
      if (!this.#channel?.send(Type.SEAT, 0, join)) return;
      this.#asked.push(join);
    }
  }

  /** The server's word on the seat that was asked for first. */
  async #seatAnswered(code: ErrorCode | null, join?: Uint8Array): Promise<void> {
    const { secrets, unconfirmed = 0 } = this.#record.peek();
    const [first] = this.#asked;
    if (!first || (join && !same(join, first))) return;
    this.#asked.shift();
    const at = secrets.length - unconfirmed;
    const secret = secrets[at];
    const left = code === null ? secrets : secrets.filter((_, number) => number !== at);
    await this.#saveRoom({ secrets: left, unconfirmed: unconfirmed - 1 });
    if (secret) this.#seatAnswers.get(b64u(secret))?.(code);
  }

  readonly end = async (): Promise<void> => {
    const shelves = [...this.#shelves.values()];
    const posted = await Promise.all(shelves.map((shelf) => shelf.posted(UNSENT)));
    // Once it was said, ending again means it.
    if (posted.includes(false) && this.problem.peek()?.key !== "document_unsent") {
      this.problem.value = { key: "document_unsent", loud: false };
      return;
    }
    await this.#end();
  };

  #end(): Promise<void> {
    return this.#step(async () => {
      for (const { live } of this.#visitors.peek().values()) await live?.part("bye");
      this.#notSeen(null);
      await this.#saveRoom({ ending: true });
      if (this.#channel?.send(Type.END, 0, NOTHING)) return;
      // The server hears of it when it can be reached; here it is over now.
      this.state.value = "ended";
    });
  }

  /** One thing at a time: frames are taken in the order in which they came. */
  #step(act: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(act).catch((error: unknown) => this.#failed(error));
    return this.#queue;
  }

  #failed(error: unknown): void {
    if (error instanceof Error && error.name === "TakenOver") this.#needs.elsewhere();
    else if (error instanceof SealError) this.problem.value = { key: error.code, loud: false };
    else this.problem.value = { key: "storage_unavailable", loud: false };
  }

  async #saveRoom(change: Partial<RoomRecord>): Promise<void> {
    const record = { ...this.#record.peek(), ...change };
    await this.#needs.store.saveRoom(record);
    this.#record.value = record;
  }

  /** Of intros: nothing takes the place of a session with one of them without a tap. */
  async #remember(...intros: readonly (Uint8Array | undefined)[]): Promise<void> {
    const { accepted = [] } = this.#record.peek();
    const fresh = intros.filter((intro) => intro !== undefined);
    const unknown = fresh.filter((intro) => !accepted.some((one) => same(one, intro)));
    if (unknown.length === 0) return;
    await this.#saveRoom({ accepted: [...accepted, ...unknown].slice(-LIMITS.acceptedIntros) });
  }

  /** Nobody has number 0: it stands for those whom the server has not told of. */
  #byPeer(peer: number): Visitor | undefined {
    if (peer === 0) return undefined;
    return [...this.#visitors.peek().values()].find((visitor) => visitor.peer === peer);
  }

  #set(visitor: Visitor): Visitor {
    this.#visitors.value = new Map(this.#visitors.peek()).set(visitor.key, visitor);
    return visitor;
  }

  async #remove(key: string): Promise<void> {
    const visitor = this.#visitors.peek().get(key);
    const left = new Map(this.#visitors.peek());
    left.delete(key);
    this.#visitors.value = left;
    this.#accepts.drop(key);
    this.seen.get(key)?.over("left");
    await visitor?.live?.close();
    const waited = visitor?.intro && hash(visitor.intro.intro);
    await this.#remember(visitor?.record?.intro, waited ?? undefined);
    await this.#needs.store.dropCall(key);
  }

  async #out(key: string): Promise<void> {
    const inside = !!this.#visitors.peek().get(key)?.live;
    await this.#remove(key);
    if (inside) await this.#introduce();
  }

  /** Tells everybody inside who is in, once there were two. The version is stored before. */
  async #introduce(): Promise<void> {
    const { room, roster = 0 } = this.#record.peek();
    const members = membersOf(this.#visitors.peek());
    if (members.length === 0 || (members.length < 2 && roster === 0)) return;
    const { device, certificate } = this.#needs.credentials;
    // Not only the next one: another device may have used that, and its word be on its way.
    const version = Math.max(roster + 1, Math.floor(this.#needs.platform.clock.now() / 1000));
    await this.#saveRoom({ roster: version });
    const signed = await signRoster({ room, version, members: [...members] }, device, certificate);
    for (const { live } of this.#visitors.peek().values()) await live?.introduce(signed);
  }

  #opened(opened: Opened): void {
    this.state.value = "open";
    this.locked.value = opened.locked;
    this.problem.value = null;
    if (this.#record.peek().ending) this.#channel?.send(Type.END, 0, NOTHING);
    void this.#step(async () => this.#askSeats());
  }

  #lost(): void {
    if (this.state.peek() === "open") this.state.value = "reconnecting";
    const away = [...this.#visitors.peek().values()].map((visitor): [string, Visitor] => [
      visitor.key,
      { ...visitor, peer: 0, present: false },
    ]);
    this.#visitors.value = new Map(away);
    this.#asked = [];
    for (const answer of [...this.#seatAnswers.values()]) answer("internal");
  }

  async #frame({ type, peer, body }: Frame): Promise<void> {
    // Not awaited: an answer does not wait until the frame before it is stored.
    if (type === Type.RELAY) void this.#byPeer(peer)?.live?.receive(body);
    else if (type === Type.KNOCK) await this.#knock(peer, body);
    else if (type === Type.PRESENCE) await this.#presence(peer, body);
    else if (type === Type.LEAVE) await this.#left(peer);
    else if (type === Type.LOCK) this.locked.value = unpackSwitch(body);
    else if (type === Type.SEAT) await this.#seatAnswered(null, body);
    else if (type === Type.END) this.#over("ended");
  }

  async #refused(code: ErrorCode, type: number, peer: number): Promise<void> {
    if (type === Type.RELAY) return;
    if (type === Type.SEAT) {
      await this.#seatAnswered(code);
      return;
    }
    const visitor = this.#byPeer(peer);
    // Nothing came of the admission: the person is still at the door, or has gone.
    if (type === Type.ADMIT && visitor) {
      const said = visitor.live?.carried();
      await this.#out(visitor.key);
      if (said) this.#sentBack.set(visitor.key, said);
    }
    if (code !== "stale_knock" && code !== "no_such_peer") {
      this.problem.value = { key: code, loud: false };
    }
  }

  #closed(code: ErrorCode): void {
    if (code === "displaced") void this.#step(() => this.#displaced());
    else if (code === "room_ended") this.#over("ended");
    else if (code === "room_expired") this.#over("expired");
    else this.state.value = "lost";
  }

  /** By another device; where it is another tab of this one, nothing can be stored here any more. */
  async #displaced(): Promise<void> {
    await this.#saveRoom({ displaced: true });
    this.#notSeen("moved");
    this.state.value = "elsewhere";
    const visitors = [...this.#visitors.peek().values()];
    this.#visitors.value = new Map();
    this.#announced.clear();
    this.#sentBack.clear();
    for (const { live } of visitors) await live?.close();
  }

  /** The room is over: its secrets go, what was said stays in view. */
  #over(state: "ended" | "expired"): void {
    this.state.value = state;
    this.#channel?.close();
    this.#accepts.close();
    this.#notSeen(null);
    for (const { live } of this.#visitors.peek().values()) void live?.close();
    this.#visitors.value = new Map();
    this.#sentBack.clear();
    void this.#forget();
  }

  /** Nobody is seen here any more. */
  #notSeen(why: "moved" | null): void {
    for (const journal of this.seen.values()) journal.over(why);
  }

  /** What is being stored must not come back after it was erased. */
  async #forget(): Promise<void> {
    for (const shelf of this.#shelves.values()) await shelf.over();
    await this.#needs.platform.vaults.erase(`room:${this.id}`);
  }

  async #left(peer: number): Promise<void> {
    const visitor = this.#byPeer(peer);
    if (!visitor) return;
    this.#announced.delete(visitor.key);
    this.#sentBack.delete(visitor.key);
    await this.#out(visitor.key);
  }

  async #presence(peer: number, body: Uint8Array): Promise<void> {
    const member = unpackMember(body);
    const known = this.#visitors.peek().get(b64u(member.key));
    if (!known) {
      // Admitted, and we know nothing of it: knocking anew is the way back to us.
      if (member.state === State.ADMITTED) this.#channel?.send(Type.SEND_BACK, peer, NOTHING);
      return;
    }
    const visitor = this.#set(seen(known, peer, member));
    if (member.state === State.ADMITTED && member.connected) visitor.live?.reached();
  }

  async #knock(peer: number, body: Uint8Array): Promise<void> {
    const { member, intro: raw } = unpackKnock(body);
    const key = b64u(member.key);
    const now = this.#needs.platform.clock.now();
    const before = this.#visitors.peek().get(key) ?? newVisitor(key, now);
    const known = seen(before, peer, member);
    if (before.live && before.record && same(before.record.intro, hash(raw))) {
      this.#acceptAgain(this.#set(known), before.live.accept, raw);
      return;
    }
    if (before.intro && same(before.intro.intro, raw)) {
      this.#set(known);
      return;
    }
    const { accepted = [] } = this.#record.peek();
    // Shown again by the server: in the place of the session that followed it nothing is accepted.
    if (before.live && accepted.some((one) => same(one, hash(raw)))) return;
    const intro = this.#links.read(this.#record.peek(), member.seat, member.key, raw);
    if (!intro) return;
    const renewals = before.record?.renewals ?? 0;
    const renews = renewals < RENEWALS && accepted.length < LIMITS.acceptedIntros;
    // Only what this device remembers counts: that the server says *admitted* proves nothing.
    if (before.live && member.state === State.ADMITTED && renews) {
      await this.#admit(known, intro, false, true);
      return;
    }
    const since = before.intro && !before.admitted ? before.since : now;
    this.#set({ ...known, intro, since, admitted: false });
    this.#accepts.prepare(key, intro);
    if (!this.#announced.has(key)) this.#needs.arrived(intro.profile.name);
    this.#announced.add(key);
    // Kept at once, since this page may load anew. Beside a session only once another follows it:
    // a page that loads anew has to show it again.
    if (!before.live) await this.#remember(hash(raw));
    else if (before.intro) await this.#remember(hash(before.intro.intro));
  }

  /** The accept did not arrive: the same bytes again. */
  #acceptAgain({ peer }: Visitor, accept: Uint8Array | undefined, intro: Uint8Array): void {
    if (accept) this.#channel?.send(Type.ADMIT, peer, packAdmit(false, hash(intro), accept));
  }

  #newPicture(key: string): LooseLink {
    const { platform, media, rooms } = this.#needs;
    return new LooseLink({
      platform,
      media,
      host: true,
      iceServers: rooms.iceServers,
      reachable: () =>
        (this.#channel?.ready ?? false) && (this.#visitors.peek().get(key)?.present ?? false),
      suspect: () => rooms.check(),
    });
  }

  async #admit(
    visitor: Visitor,
    intro: HostIntro,
    takeOver: boolean,
    renewed: boolean,
  ): Promise<void> {
    const { agreed, picture } = await this.#accepts.take(visitor.key, intro);
    const before = visitor.live?.carried() ?? this.#sentBack.get(visitor.key);
    this.#sentBack.delete(visitor.key);
    const session = Session.host(agreed, this.#needs.platform, before?.session);
    await visitor.live?.close();
    const { name, reason } = intro.profile;
    const record = {
      who: { name: inert(name), reason: inert(reason) },
      peer: intro.guestKey,
      entries: before?.entries ?? [],
      since: renewed ? (visitor.record?.since ?? null) : null,
      intro: hash(intro.intro),
      renewals: renewed ? (visitor.record?.renewals ?? 0) + 1 : 0,
    };
    const carried = agreed.messages.length > 0;
    if (visitor.record) await this.#remember(visitor.record.intro);
    // Stored before it is sent: the same accept again is all that may ever follow.
    const live = await this.#run(visitor.key, session, record, picture, carried, renewed);
    const { peer } = this.#visitors.peek().get(visitor.key) ?? visitor;
    const body = packAdmit(takeOver, record.intro, agreed.accept);
    this.#channel?.send(Type.ADMIT, peer, body);
    // Drawn once it is on its way: drawing takes longer than all of the above.
    const now = this.#visitors.peek().get(visitor.key) ?? visitor;
    this.#set({ ...now, live, record, intro, admitted: true });
    if (takeOver) await this.#displace(visitor);
    await this.#introduce();
  }

  /** The seat has a new owner: the session of the old one ends. */
  async #displace({ key, seat }: Visitor): Promise<void> {
    for (const other of [...this.#visitors.peek().values()]) {
      if (other.key !== key && other.seat === seat && other.live) await this.#remove(other.key);
    }
  }

  async #run(
    key: string,
    session: Session,
    record: Omit<CallRecord, "session">,
    picture: LooseLink,
    offered: boolean,
    renewed: boolean,
  ): Promise<LiveCall> {
    const shelf = this.#shelves.get(key) ?? this.#newShelf(key);
    const begun = {
      session,
      record,
      picture,
      offered,
      renewed,
      transmit: (frame: Uint8Array) => {
        const peer = this.#visitors.peek().get(key)?.peer ?? 0;
        if (peer > 0) this.#channel?.send(Type.RELAY, peer, frame);
      },
      failed: (error: unknown) => this.#failed(error),
    };
    const live = hostCall(this.#needs, this.#record.peek().room, key, begun, shelf);
    const journal = this.seen.get(key) ?? new Journal(this.#needs.platform.clock);
    this.seen.set(key, journal);
    journal.watch(live);
    const others = this.#met.peek().filter((one) => one.key !== key);
    const { documents } = shelf;
    const met = { key, call: { who: signal(record.who) }, seen: journal, documents };
    this.#met.value = [...others, met];
    await live.start();
    // Not before the picture comes: nothing is to be written to a mailbox so soon.
    const stop = effect(() => {
      if (live.settled.value) void this.#giveAddress(key, live, shelf).finally(() => stop());
    });
    return live;
  }

  /** Says where the practice can be written to; where it fails, the next session says it. */
  async #giveAddress(guest: string, live: LiveCall, shelf: Shelf): Promise<void> {
    try {
      const { address, voucher } = await this.#needs.mail.offer(shelf.address === null);
      await live.giveAddress(address, voucher);
      await this.#needs.people.said(guest, address.since);
    } catch (error) {
      const key = error instanceof ProtocolError ? error.code : "offline";
      const retry = (): void => void this.#giveAddress(guest, live, shelf);
      this.problem.value = { key, loud: false, retry };
    }
  }

  /** Takes what a patient's device says about a document of this consult; true if it is of one. */
  async takeMail(mail: Mail, content: Uint8Array): Promise<boolean> {
    if (mail.t !== "delivered" && mail.t !== "opened") return false;
    const sender = [...this.#shelves.values()].find((shelf) => hasSent(shelf, mail.document));
    await sender?.take(mail, content);
    return sender !== undefined;
  }
}
