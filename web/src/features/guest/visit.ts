/** The patient's page: from the link to the consult and back out. */
import { batch, computed, effect, type Signal, signal } from "@preact/signals";
import type { ErrorCode } from "../../protocol/errors.ts";
import { type Frame, type Opened, State, Type, unpackSwitch } from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { b64u, same } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import { hash } from "../../sealing/kdf.ts";
import type { Signer } from "../../sealing/keys.ts";
import { joinKey, type Link, parseLink, requireHost } from "../../sealing/link.ts";
import { Session } from "../../sealing/session.ts";
import type { CallModel } from "../consult/call.ts";
import { type Attendee, Group } from "../consult/group.ts";
import type { CallRecord, Carried, LiveCall } from "../consult/live.ts";
import { LooseLink } from "../consult/media/loose.ts";
import type { ShelfRecord } from "../consult/papers.ts";
import type { Judge } from "../consult/parcels.ts";
import type { Shelf } from "../consult/shelf.ts";
import { inert } from "../inert.ts";
import type { Address } from "../mail/address.ts";
import type { ConnectionTest } from "../media/connection-test.ts";
import { createMedia, type LocalMedia } from "../media/media.ts";
import { createConnectionTest } from "../media/probe.ts";
import type { Platform } from "../ports.ts";
import type { Standing } from "../practitioners/standing.ts";
import type { Problem } from "../problems.ts";
import { Api } from "../rooms/api.ts";
import type { RoomChannel } from "../rooms/channels.ts";
import { RoomConnection } from "../rooms/connection.ts";
import { Circle, circleSignals } from "./circle.ts";
import { Doctor } from "./doctor.ts";
import { Door, type Host } from "./door.ts";
import type { GuestModel, GuestPhase, Keepable } from "./guest.ts";
import { type Begun, guestCall, guestShelf, takeAccept } from "./guest-call.ts";
import { callThatIsOver, forgetDocuments, keepDocuments, keptCall } from "./kept.ts";
import { eraseExpired, type KeptDoctor, type Place, PlaceStore, scopeOf } from "./place.ts";
import { createPostbox, type Postbox } from "./postbox.ts";

const NOTHING = new Uint8Array();
/** Phases in which the guest wants to be in the room, and knocks again by itself. */
const WANTS_IN: readonly GuestPhase[] = ["waiting", "held", "consult"];
/** After a server that could not be reached once the room was over. */
const FINISH_AGAIN = 10_000;
/** Seconds that a place is kept for whose room the server has not told of yet. */
const UNHEARD = 24 * 3600;

function linkOf(fragment: string): Link | null {
  try {
    return parseLink(fragment);
  } catch {
    return null;
  }
}

class Visit implements GuestModel {
  readonly phase: Signal<GuestPhase>;
  readonly connection: GuestModel["connection"];
  readonly hostPresent = signal(false);
  readonly seatOwned = signal(false);
  readonly pausing = signal(false);
  readonly media: LocalMedia;
  readonly test: ConnectionTest;
  readonly call = signal<CallModel | null>(null);
  readonly doctor = signal<Standing>({ record: null, checked: "unknown" });
  readonly people: GuestModel["people"];
  readonly others: GuestModel["others"];
  readonly news: GuestModel["news"];
  readonly chat: Group;
  readonly problem: GuestModel["problem"];
  readonly keepOnDevice = signal(false);
  readonly tellOpened = signal(false);

  readonly #platform: Platform;
  readonly #language: () => string;
  readonly #link: Link | null;
  readonly #room: string;
  readonly #rooms: RoomConnection;
  readonly #api: Api;
  readonly #door: Door;
  readonly #said = signal<Problem | null>(null);
  readonly #shown = circleSignals();
  #circle: Circle | undefined;
  #store: PlaceStore | undefined;
  #postbox: Postbox | undefined;
  /** Whose link it is: known once the server has named somebody whom the link stands for. */
  #doctor: Doctor | undefined;
  /** There is one once somebody has let us in. */
  #shelf: Shelf | undefined;
  #signer: Signer | undefined;
  #channel: RoomChannel | undefined;
  #host: Host | undefined;
  #expires = 0;
  #stated: { readonly name: string; readonly reason: string } | null = null;
  /** The server admits us, as far as this connection knows. */
  #admitted = false;
  #live: LiveCall | undefined;
  #record: CallRecord | undefined;
  /** Of a call before the waiting room. */
  #earlier: Carried | undefined;
  /** The hash of the accept that this page began its call with. */
  #taken: Uint8Array | undefined;
  #picture: LooseLink | undefined;
  /** Where documents are kept for good. */
  #writeTo: Address | undefined;
  #queue: Promise<void> = Promise.resolve();
  #stopTabs = (): void => undefined;
  #stopKeeping = (): void => undefined;

  constructor(platform: Platform, language: () => string) {
    const { clock, random, dial, http, address, makePeer, surroundings } = platform;
    const { origin } = address;
    this.#platform = platform;
    this.#language = language;
    this.#door = new Door(platform);
    this.#link = linkOf(address.fragment());
    this.#room = this.#link ? b64u(this.#link.room) : "";
    this.phase = signal<GuestPhase>(this.#link ? "start" : "bad-link");
    this.#rooms = new RoomConnection({ clock, random, dial, origin });
    this.#api = new Api({ http, clock, random, origin });
    this.connection = this.#rooms.state;
    this.media = createMedia(platform.devices);
    this.test = createConnectionTest(makePeer, clock, () => this.#rooms.ice());
    this.others = this.#shown.others;
    this.news = this.#shown.news;
    const doctor: Attendee = {
      key: "host",
      name: computed(
        () =>
          inert(this.doctor.value.record?.card.name ?? "") ||
          (this.call.value?.who.value.name ?? ""),
      ),
      call: this.call,
      passOn: (...said) => this.call.peek()?.passOn(...said),
    };
    this.people = computed(() => [doctor, ...this.others.value]);
    this.chat = new Group(this.people);
    this.problem = computed(() => this.#problem());
    surroundings.woke(() => this.#rooms.wake());
    surroundings.networkChanged(() => {
      this.#rooms.wake();
      this.#live?.networkChanged();
      this.#circle?.networkChanged();
    });
    effect(() => {
      if (WANTS_IN.includes(this.phase.value)) return surroundings.keepAwake();
      return undefined;
    });
    void this.#restore().catch(() => undefined);
  }

  readonly begin = async (): Promise<void> => {
    if (this.phase.peek() !== "start") return;
    this.phase.value = "preview";
    void this.media.start();
    await this.#enter();
  };

  readonly knock = async (name: string, reason: string): Promise<void> => {
    this.#stated = { name: name.trim(), reason: reason.trim() };
    // Where the server named another doctor nothing goes out, and the page goes on saying so.
    if (!this.#said.peek()?.loud) this.#said.value = null;
    this.#door.close();
    this.phase.value = "waiting";
    await this.#step(async () => {
      await this.#savePlace();
      await this.#knock();
    });
  };

  readonly leave = async (): Promise<void> => {
    await this.#live?.part("bye");
    this.#channel?.send(Type.LEAVE, 0, NOTHING);
    await this.#depart("left");
  };

  readonly comeBack = async (): Promise<void> => {
    const from = this.phase.peek();
    const refused = from === "refused" && !this.pausing.peek();
    if (from !== "left" && from !== "elsewhere" && !refused) return;
    this.#said.value = null;
    void this.media.start();
    this.phase.value = this.#stated ? "waiting" : "preview";
    await this.#enter();
  };

  readonly setKeepOnDevice = async (on: boolean): Promise<void> => {
    this.keepOnDevice.value = on;
    this.#stopKeeping();
    this.#stopKeeping = (): void => undefined;
    await this.#step(() => this.#savePlace());
    if (on) this.#keep();
    else await forgetDocuments(this.#platform.vaults, this.#room);
  };

  readonly keepable = (): Keepable | null => {
    const [link, signer, host, shelf] = [this.#link, this.#signer, this.#host, this.#shelf];
    if (!link || !signer || !host || !shelf) return null;
    return {
      platform: this.#platform,
      identity: host.identity,
      room: link.room,
      guest: signer.publicKey,
      shelf,
      ask: async () => await this.#live?.keeping({ t: "keep" }),
      write: async (to) => {
        this.#writeTo = to;
        await this.#live?.giveAddress(to);
      },
    };
  };

  readonly setTellOpened = async (on: boolean): Promise<void> => {
    this.tellOpened.value = on;
    await this.#step(() => this.#savePlace());
  };

  #problem(): Problem | null {
    const said = this.#said.value ?? this.#shown.problem.value;
    if (said) return said;
    if (this.connection.value !== "reconnecting") return null;
    const key = this.#platform.surroundings.online ? "reconnecting" : "offline";
    return { key, loud: false };
  }

  /** One thing at a time: an accept must not overtake the knock that it answers. */
  #step(act: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(act).catch((error: unknown) => this.#failed(error));
    return this.#queue;
  }

  #failed(error: unknown): void {
    if (error instanceof SealError) this.#said.value = { key: error.code, loud: true };
    else if (error instanceof Error && error.name === "TakenOver") void this.#depart("elsewhere");
    else this.#said.value = { key: "storage_unavailable", loud: false };
  }

  /** A page that loaded anew in the middle of a visit goes on by itself. */
  async #restore(): Promise<void> {
    const { vaults, clock } = this.#platform;
    await eraseExpired(this.#platform);
    const place = await new PlaceStore(vaults.look(scopeOf(this.#room))).place();
    if (!place?.said || place.expires * 1000 <= clock.now()) return;
    if (this.phase.peek() !== "start") return;
    this.phase.value = "waiting";
    void this.media.start();
    await this.#enter();
  }

  /** Takes the room over in this tab, with what is stored of it, and opens it at the server. */
  #enter(): Promise<void> {
    const { vaults, tabs } = this.#platform;
    const link = this.#link;
    if (!link) return Promise.resolve();
    return this.#step(async () => {
      const vault = await vaults.open(scopeOf(this.#room));
      this.#stopTabs();
      this.#stopTabs = tabs.take(scopeOf(this.#room), () => void this.#depart("elsewhere"));
      if (!vaults.lasting) this.#said.value = { key: "storage_unavailable", loud: false };
      const store = new PlaceStore(vault);
      this.#store = store;
      this.#postbox?.close();
      await this.#shelf?.close();
      this.#shelf = undefined;
      this.#postbox = createPostbox({
        platform: this.#platform,
        api: this.#api,
        rooms: this.#rooms,
        vault,
        tell: async (address) => await this.#live?.giveAddress(this.#writeTo ?? address),
      });
      const place = await store.place();
      this.#stated = place?.said ?? this.#stated;
      this.#expires = place?.expires ?? Math.floor(this.#platform.clock.now() / 1000) + UNHEARD;
      this.keepOnDevice.value = place?.keep ?? false;
      this.tellOpened.value = place?.tell ?? false;
      // Before the key is made: what is kept says from the first until when.
      if (!place) await this.#savePlace();
      this.#signer = (await vault.signer("guest")) ?? (await vault.makeSigner("guest"));
      await this.#circle?.close();
      this.#doctor?.close();
      this.#record = await store.call();
      this.#earlier = await store.earlier();
      const intro = await store.intro();
      // Of one that is in the record the accept was taken, and the page left before it was erased.
      const taken = intro && this.#record && same(hash(intro.intro), this.#record.intro);
      this.#door.intro = taken ? undefined : intro;
      const record = this.#record;
      const inside = !!record && !this.#door.intro;
      const doctor = await store.doctor();
      // Of a call that is over the device may be withdrawn since: that is no news of the next one.
      const device = inside ? (doctor?.device ?? null) : null;
      this.#doctor = doctor && this.#newDoctor(store, { ...doctor, device });
      const shelf = await store.shelf();
      if (shelf) this.#newShelf(shelf.peer, shelf);
      this.#takeMail();
      const circle = this.#newCircle(link, store, this.#signer);
      this.#circle = circle;
      if (this.#stated && !WANTS_IN.includes(this.phase.peek())) this.phase.value = "waiting";
      this.#open(link, this.#signer);
      await circle.restore(inside);
      if (!inside) return;
      await this.#run(Session.resume(record.session, this.#platform), record);
    });
  }

  #newDoctor(store: PlaceStore, kept: KeptDoctor): Doctor {
    const needs = { api: this.#api, clock: this.#platform.clock, store, standing: this.doctor };
    return new Doctor({ ...needs, refused: (error) => void this.#doubt(error) }, kept);
  }

  /** What the server shows of the doctor does not hold, or their device is none of theirs now. */
  #doubt(error: SealError): Promise<void> {
    return this.#step(async () => {
      this.#said.value = { key: error.code, loud: true };
      if (error.code !== "revoked" || !this.#live) return;
      await this.#dropCall("waiting");
      await this.#knock();
    });
  }

  readonly #judge: Judge = async () => this.#doctor?.judge();

  #newShelf(peer: Uint8Array, record?: ShelfRecord): Shelf | undefined {
    const [link, signer, store, mail] = [this.#link, this.#signer, this.#store, this.#postbox];
    if (!link || !signer || !store || !mail) return undefined;
    const needs = { platform: this.#platform, api: this.#api, room: link.room };
    const judge = this.#judge;
    const shelf = guestShelf({ ...needs, signer, store, mail, judge }, peer, record);
    this.#shelf = shelf;
    shelf.start();
    return shelf;
  }

  /** What comes is taken from now on, whether somebody lets us in or not. */
  #takeMail(): void {
    const shelf = this.#shelf;
    if (shelf) this.#postbox?.start((...letter) => shelf.take(...letter));
  }

  #newCircle(link: Link, store: PlaceStore, signer: Signer): Circle {
    return new Circle(
      {
        platform: this.#platform,
        media: this.media,
        api: this.#api,
        rooms: this.#rooms,
        room: link.room,
        signer,
        store,
        relay: (peer, body) => this.#channel?.send(Type.RELAY, peer, body),
        ready: () => this.#channel?.ready ?? false,
        failed: (error) => this.#failed(error),
      },
      this.#shown,
    );
  }

  #open(link: Link, signer: Signer): void {
    this.#channel = this.#rooms.open(
      { room: link.room, signer, join: joinKey(link) },
      {
        opened: (opened) => void this.#step(() => this.#opened(link, opened)),
        frame: (frame) => this.#frame(frame),
        refused: (code, type) => this.#refused(code, type),
        lost: () => {
          this.#door.heard = false;
          this.#circle?.lost();
        },
        closed: (code) => void this.#closed(code),
      },
    );
  }

  async #opened(link: Link, opened: Opened): Promise<void> {
    const { identity, prekey, state } = opened;
    try {
      requireHost(link, identity, prekey);
    } catch (error) {
      this.#channel?.close();
      throw error;
    }
    this.#host = { identity, prekey };
    if (this.#store) {
      const nobody = { identity, papers: null, device: null };
      this.#doctor ??= this.#newDoctor(this.#store, nobody);
      this.#doctor.ask();
    }
    this.#admitted = state === State.ADMITTED;
    this.#expires = opened.expires;
    await this.#savePlace();
    batch(() => {
      this.hostPresent.value = opened.hostConnected;
      this.seatOwned.value = opened.seatTaken;
    });
    if (state === State.ADMITTED && this.#live) {
      this.#live.reached();
      return;
    }
    if (!WANTS_IN.includes(this.phase.peek())) return;
    // The server has forgotten an admission that we remember: the seat went to somebody else.
    if (state !== State.ADMITTED && this.#live) await this.#dropCall("waiting");
    if (state !== State.WAITING || !this.#door.heard) await this.#knock();
  }

  #frame({ type, peer, body }: Frame): void {
    if (peer > 0) this.#among(type, peer, body);
    else if (type === Type.RELAY) void this.#live?.receive(body);
    else if (type === Type.KNOCK) this.#warm();
    else if (type === Type.ADMIT) void this.#step(() => this.#accept(body));
    else if (type === Type.PRESENCE) this.#hostCame(unpackSwitch(body));
    else if (type === Type.SEND_BACK) void this.#step(() => this.#held());
    else if (type === Type.REFUSE) void this.#turnedAway();
    else if (type === Type.END) void this.#over("ended");
  }

  /** What comes from another guest, or is about one. */
  #among(type: Type, peer: number, body: Uint8Array): void {
    if (type === Type.RELAY) this.#circle?.receive(peer, body);
    else if (type === Type.PRESENCE) this.#circle?.presence(peer, body);
    else if (type === Type.LEAVE) this.#circle?.left(peer);
  }

  #hostCame(present: boolean): void {
    this.hostPresent.value = present;
    // It may be gone because it was revoked, and what came back another device.
    this.#doctor?.ask();
    // The server shows a host who comes the intros of who waits, not those of who is admitted.
    if (present && this.#admitted && this.#door.intro) void this.#step(() => this.#knock());
  }

  #refused(code: ErrorCode, type: number): void {
    if (type !== Type.KNOCK) return;
    this.#said.value = { key: code, loud: false };
    if (code !== "knock_too_soon" && code !== "room_locked" && code !== "room_full") return;
    this.#door.later(() => {
      void this.#step(async () => {
        this.#said.value = null;
        await this.#knock();
      });
    });
  }

  async #closed(code: ErrorCode): Promise<void> {
    if (code === "displaced") await this.#depart("elsewhere");
    else if (code === "room_ended") await this.#over("ended");
    else if (code === "room_expired") await this.#over("expired");
    else if (code === "not_found") await this.#over("unknown");
    else this.#said.value = { key: code, loud: true };
  }

  #placeOf(said: Place["said"]): Place {
    const [keep, tell] = [this.keepOnDevice.peek(), this.tellOpened.peek()];
    return { said, expires: this.#expires, keep, tell };
  }

  async #savePlace(): Promise<void> {
    await this.#store?.savePlace(this.#placeOf(this.#stated));
  }

  /** Says who is there: the same intro again until it was accepted. */
  async #knock(): Promise<void> {
    const [link, guest, host, said] = [this.#link, this.#signer, this.#host, this.#stated];
    if (!link || !guest || !host || !said) return;
    const lang = this.#language();
    const knock = { link, guest, host, said, lang, store: this.#store };
    this.#channel?.send(Type.KNOCK, 0, await this.#door.bytes(knock));
  }

  /** The knock stands: what an offer will need is made ready meanwhile. */
  #warm(): void {
    if (!this.#said.peek()?.loud) this.#said.value = null;
    const picture = this.#picture ?? this.#newPicture();
    this.#picture = picture;
    void this.#rooms.ice().then(() => picture.link.warm());
    this.#door.stands();
  }

  #newPicture(): LooseLink {
    return new LooseLink({
      platform: this.#platform,
      media: this.media,
      host: false,
      iceServers: this.#rooms.iceServers,
      reachable: () => this.#channel?.ready ?? false,
      suspect: () => this.#rooms.check(),
    });
  }

  async #accept(accept: Uint8Array): Promise<void> {
    const { intro } = this.#door;
    // One accept for one intro: the same again changes nothing, another is refused.
    if (!intro) {
      const taken = this.#taken;
      if (taken && !same(hash(accept), taken)) this.#said.value = { key: "replayed", loud: false };
      return;
    }
    const before = this.#live?.carried() ?? this.#record ?? this.#earlier;
    const { certificate, session, record } = takeAccept(
      accept,
      intro,
      before,
      this.#platform.random,
    );
    await this.#doctor?.require(certificate);
    this.#taken = hash(accept);
    this.#door.close();
    await this.#live?.close();
    await this.#run(session, record);
    this.#earlier = undefined;
    await this.#store?.accepted();
  }

  async #run(session: Session, record: Begun["record"]): Promise<void> {
    const [link, signer, store, circle] = [this.#link, this.#signer, this.#store, this.#circle];
    const mail = this.#postbox;
    const shelf = this.#shelf ?? this.#newShelf(record.peer);
    if (!link || !signer || !store || !circle || !mail || !shelf) return;
    const picture = this.#picture ?? this.#newPicture();
    this.#picture = undefined;
    const { room } = link;
    const needs = { platform: this.#platform, media: this.media, api: this.#api };
    const live = guestCall(
      { ...needs, room, signer, store, mail, judge: this.#judge },
      {
        session,
        record,
        picture,
        transmit: (frame) => this.#channel?.send(Type.RELAY, 0, frame),
        parted: (how) => void (how === "bye" ? this.#over("ended") : undefined),
        failed: (error) => this.#failed(error),
      },
      shelf,
      circle,
    );
    this.#live = live;
    // The answer is on its way before the page draws the consult: drawing takes as long.
    await live.start();
    // It may have ended meanwhile: the server's answer does not wait for this page's disk.
    if (this.#live !== live || !this.#channel) {
      await live.close();
      return;
    }
    batch(() => {
      this.call.value = live;
      this.phase.value = "consult";
      this.#said.value = null;
    });
    // Its code is fetched once the consult is drawn.
    this.#takeMail();
    if (this.keepOnDevice.peek()) this.#keep();
  }

  /** Back in the waiting room: the door is knocked at anew, with nothing to type. */
  async #held(): Promise<void> {
    await this.#dropCall("held");
    await this.#knock();
  }

  /** The session ends; what was said in it stays in view, and goes on in the next one. */
  async #dropCall(phase: GuestPhase): Promise<void> {
    await this.#doctor?.parted();
    await this.#live?.close();
    this.#earlier = this.#live?.carried() ?? this.#earlier;
    this.#live = undefined;
    this.#record = undefined;
    this.#door.close();
    this.phase.value = phase;
    await this.#circle?.drop();
    await this.#store?.dropCall(this.#earlier);
  }

  #turnedAway(): Promise<void> {
    this.pausing.value = true;
    this.#platform.clock.after(LIMITS.refusalPause, () => {
      this.pausing.value = false;
    });
    return this.#depart("refused");
  }

  #keep(): void {
    this.#stopKeeping();
    const call = this.call.peek();
    if (call) this.#stopKeeping = keepDocuments(this.#platform.vaults, this.#room, call);
  }

  /** Stops here; what was said and received stays in view. */
  async #depart(phase: "left" | "refused" | "elsewhere"): Promise<void> {
    const [store, circle] = [this.#store, this.#circle];
    this.#silence(phase);
    await this.#live?.close();
    this.#live = undefined;
    this.#record = undefined;
    await (phase === "elsewhere" ? circle?.close() : circle?.drop());
    if (phase === "elsewhere") {
      await this.#shelf?.close();
      return;
    }
    await store?.savePlace(this.#placeOf(null));
    await store?.dropCall();
  }

  /** The room is over: nothing secret stays, once what the doctor wrote last is here. */
  async #over(phase: "ended" | "expired" | "unknown"): Promise<void> {
    // The doctor says so, and then the server: once is enough.
    if (this.phase.peek() === phase) return;
    const [postbox, store] = [this.#postbox, this.#store];
    this.#postbox = undefined;
    this.#silence(phase);
    const live = this.#live;
    this.#live = undefined;
    await live?.close();
    await this.#circle?.close();
    const shelf = this.#shelf;
    if (shelf && !this.call.peek()) {
      this.call.value = callThatIsOver(shelf.documents);
      if (this.keepOnDevice.peek()) this.#keep();
    }
    await this.#finish(postbox, store);
  }

  /** Where the server is out of reach the mailbox waits, and what opens it stays with it. */
  async #finish(postbox?: Postbox, store?: PlaceStore): Promise<void> {
    const { vaults, address, clock } = this.#platform;
    if (postbox && !(await postbox.finish())) {
      this.#said.value = { key: "documents_pending", loud: false };
      await store?.dropCall();
      clock.after(FINISH_AGAIN, () => void this.#finish(postbox, store));
      return;
    }
    if (this.#said.peek()?.key === "documents_pending") this.#said.value = null;
    await this.#shelf?.over();
    address.clearFragment();
    await vaults.erase(scopeOf(this.#room));
    this.call.value ??= await keptCall(vaults, this.#room);
  }

  #silence(phase: GuestPhase): void {
    batch(() => {
      this.phase.value = phase;
      this.#said.value = null;
    });
    this.#stopTabs();
    this.#door.close();
    this.#picture?.link.close();
    this.#picture = undefined;
    this.#postbox?.close();
    this.#postbox = undefined;
    this.#doctor?.close();
    this.#store = undefined;
    this.#channel = undefined;
    this.#rooms.close();
    this.media.stop();
  }
}

/** The model of the patient's page; `language` gives the one shown, as in `fr`. */
export const createGuest = (platform: Platform, language: () => string): GuestModel =>
  new Visit(platform, language);
