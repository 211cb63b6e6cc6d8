/** The doctor's page: the device's keys, its consults, and who waits. */
import { batch, computed, effect, type Signal, signal } from "@preact/signals";
import { type ErrorCode, ProtocolError } from "../../protocol/errors.ts";
import { readCard } from "../../sealing/card.ts";
import { b64u, jsonObject, same } from "../../sealing/encoding.ts";
import { require, SealError } from "../../sealing/errors.ts";
import { joinKey } from "../../sealing/link.ts";
import { identityOf, type Ring } from "../../sealing/ring.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import { Asking, type Granted } from "../adding/asking.ts";
import { Issued } from "../dispensing/issued.ts";
import type { HelpingModel } from "../helping/helping.ts";
import type { LinksModel } from "../links/model.ts";
import type { Lock } from "../lock/lock.ts";
import { createMedia, type LocalMedia } from "../media/media.ts";
import type { KeptTexts } from "../paper/kept.ts";
import type { PermitsModel } from "../permits/model.ts";
import { fetchRecord, readKept } from "../practitioners/records.ts";
import type { LocalProblem, Problem } from "../problems.ts";
import type { OpenWithModel } from "../recovery/open-with.ts";
import { takeSheet } from "../recovery/sheet.ts";
import { Api } from "../rooms/api.ts";
import { RoomConnection } from "../rooms/connection.ts";
import { type Bundle, readBundle } from "./bundle.ts";
import { Consult } from "./consult.ts";
import type { ConsultModel, DeskModel, DevicesModel, Practitioner } from "./desk.ts";
import { CannotSignTwice, type Credentials, DESK, readSecond, roomScope } from "./device.ts";
import { listDevice } from "./device-papers.ts";
import { addressOf, DeskMail } from "./mail.ts";
import { isLocal } from "./origin.ts";
import { isRevoked, senderOf } from "./own-papers.ts";
import { People } from "./people.ts";
import { PeopleStore } from "./people-store.ts";
import type { DeskPlatform } from "./platform.ts";
import { Registration } from "./registration.ts";
import { certifiedAs } from "./second.ts";
import { DeskStore, openRooms, type RoomRecord, RoomStore } from "./store.ts";
import { Together } from "./together.ts";
import { Ways } from "./ways.ts";

export interface DeskWords {
  /** What a notification says: no more than that somebody waits is shown on a locked screen. */
  arrived(name: string): string;
  /** What a practitioner's first device is called, until they say otherwise. */
  firstDevice(): string;
  /** And one that was made theirs with two ways back. */
  newDevice(): string;
}

class Practice implements DeskModel {
  readonly phase: Signal<DeskModel["phase"]["value"]> = signal("loading");
  readonly practitioner = signal<Practitioner | null>(null);
  readonly twice = signal(true);
  readonly identity = signal("");
  readonly consults = signal<readonly Consult[]>([]);
  readonly current: DeskModel["current"];
  readonly away = computed(() =>
    this.consults.value.some(({ state }) => state.value === "elsewhere"),
  );
  readonly waiting: DeskModel["waiting"];
  readonly media: LocalMedia;
  readonly problem = signal<Problem | null>(null);
  readonly notifications: Signal<"ask" | "on" | "off">;
  readonly sound = signal(true);
  readonly joining: Signal<Asking | null> = signal(null);
  readonly devices: Signal<DevicesModel | null> = signal(null);
  readonly links: Signal<LinksModel | null> = signal(null);
  readonly permits: Signal<PermitsModel | null> = signal(null);
  readonly issued: Signal<Issued | null> = signal(null);
  readonly kept: Signal<KeptTexts | null> = signal(null);
  readonly helping: Signal<HelpingModel | null> = signal(null);
  readonly lost = signal(false);
  readonly recovering: Signal<OpenWithModel | null> = signal(null);
  readonly ways: Signal<Ways | null> = signal(null);
  readonly people: Signal<People | null> = signal(null);
  readonly lock: Lock;

  /** What a sheet's QR has brought to this page. */
  readonly #sheet: Uint8Array | undefined;
  readonly #platform: DeskPlatform;
  readonly #words: DeskWords;
  readonly #rooms: RoomConnection;
  readonly #api: Api;
  readonly #profile = computed(() => {
    const { name = "", profession = "", rpps = "" } = this.practitioner.value ?? {};
    return { name, profession, rpps };
  });
  readonly #selected = signal<string | null>(null);
  #together: Together | undefined;
  #store: DeskStore | undefined;
  #credentials: Credentials | undefined;
  #mail: DeskMail | undefined;
  #stopTabs = (): void => undefined;

  constructor(platform: DeskPlatform, words: DeskWords, lock: Lock) {
    const { clock, random, dial, http, address, attention, devices, surroundings } = platform;
    const { origin } = address;
    this.#platform = platform;
    this.#words = words;
    this.lock = lock;
    // Out of the address bar first thing, whoever's device this is, and locked or not.
    this.#sheet = takeSheet(address);
    const sentAway = (code: ErrorCode): void => {
      if (code === "not_enrolled") void this.#check();
    };
    this.#rooms = new RoomConnection({ clock, random, dial, origin, sentAway });
    this.#api = new Api({ http, clock, random, origin });
    this.media = createMedia(devices);
    this.notifications = signal(attention.notifications);
    this.current = computed(
      () => this.consults.value.find(({ id }) => id === this.#selected.value) ?? null,
    );
    this.waiting = computed(() =>
      this.consults.value
        .flatMap(({ waiting }) => waiting.value)
        .sort((one, other) => one.since - other.since),
    );
    surroundings.woke(() => this.#rooms.wake());
    surroundings.networkChanged(() => {
      this.#rooms.wake();
      for (const consult of this.consults.peek()) consult.networkChanged();
    });
    effect(() => {
      const inCall = this.consults.value.some(({ calls }) => calls.value.length > 0);
      return inCall ? surroundings.keepAwake() : undefined;
    });
    lock.watch(() => this.consults.peek().some(({ calls }) => calls.peek().length > 0));
    void this.#load();
  }

  readonly select = (id: string | null): void => {
    this.#selected.value = id;
  };

  readonly savePractitioner = async (practitioner: Practitioner): Promise<Problem | null> => {
    const store = this.#store;
    if (!store) throw new Error("not enrolled");
    try {
      await this.#registration(store).state(practitioner);
      return null;
    } catch (error) {
      return this.#problemOf(error, "send_failed");
    } finally {
      // After a failure, too: an earlier change may have gone through only now.
      this.practitioner.value = (await store.practitioner()) ?? null;
    }
  };

  readonly takeHere = async (): Promise<void> => {
    for (const consult of this.consults.peek()) await consult.takeHere();
  };

  readonly askNotifications = async (): Promise<void> => {
    this.notifications.value = await this.#platform.attention.ask();
  };

  readonly setSound = (on: boolean): void => {
    this.sound.value = on;
    void this.#store?.saveSilent(!on).catch(() => undefined);
  };

  readonly enrol: DeskModel["enrol"] = async (code, practitioner, twice) => {
    const store = this.#store;
    if (!store) return;
    this.problem.value = null;
    try {
      await this.#registration(store).enrol(code, practitioner, twice);
      this.#platform.address.clearFragment();
      await this.#ready(store);
    } catch (error) {
      this.#failed(error);
      return;
    }
    const problem = await this.savePractitioner(practitioner);
    if (problem) this.problem.value = problem;
  };

  readonly newConsult = async (label: string): Promise<ConsultModel> => {
    const { random, clock, vaults } = this.#platform;
    const [credentials, mail] = [this.#credentials, this.#mail];
    if (!credentials || !mail) throw new Error("not enrolled");
    const [room, prekey, secret] = [random(16), random(32), random(32)];
    try {
      const store = new RoomStore(await vaults.open(roomScope(b64u(room))), this.#changed);
      const created = clock.now();
      const draft: RoomRecord = {
        room,
        prekey,
        secrets: [secret],
        label: label.trim(),
        created,
        expires: created,
        ending: false,
      };
      const made = await this.#api.post("/v1/rooms", credentials.device, {
        room: b64u(room),
        prekey: b64u(kemPublic(prekey)),
        seats: [b64u(joinKey({ room, secret }).publicKey)],
      });
      const answer = jsonObject(made);
      const expires = "expires" in answer ? Number(answer.expires) * 1000 : Number.NaN;
      if (!Number.isFinite(expires)) throw new ProtocolError("internal", "no expiry came");
      const record = { ...draft, expires };
      await store.saveRoom(record);
      const consult = this.#consult(record, store, credentials, mail);
      batch(() => {
        this.problem.value = null;
        this.consults.value = [consult, ...this.consults.peek()];
        this.#selected.value = consult.id;
      });
      await consult.start();
      return consult;
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  };

  readonly forget = async (id: string): Promise<void> => {
    const consult = this.consults.peek().find((one) => one.id === id);
    if (!consult) return;
    this.consults.value = this.consults.peek().filter((one) => one !== consult);
    await consult.stop();
    await this.#platform.vaults.erase(roomScope(id));
    this.#changed();
  };

  /** What the practice's other devices may want to know. */
  readonly #changed = (): void => this.#together?.changed();

  #failed(error: unknown): void {
    this.problem.value = this.#problemOf(error, "offline");
  }

  /** What to say of it; `unanswered` where no answer came. */
  #problemOf(error: unknown, unanswered: LocalProblem): Problem {
    if (error instanceof Error && error.name === "TakenOver") {
      void this.#elsewhere();
      return this.#otherTab();
    }
    if (error instanceof ProtocolError && error.code === "not_enrolled") void this.#check();
    const coded = error instanceof ProtocolError || error instanceof SealError;
    return { key: coded ? error.code : unanswered, loud: false };
  }

  #otherTab(): Problem {
    return { key: "other_tab", loud: false, retry: () => void this.#comeBack() };
  }

  #registration(store: DeskStore): Registration {
    const { clock, random } = this.#platform;
    const identity = async () => await (await this.#waysOf(store)).identity();
    return new Registration({ store, api: this.#api, clock, random, identity });
  }

  /** The ways back of whoever's device this is, or becomes. */
  async #waysOf(store: DeskStore): Promise<Ways> {
    const made = this.ways.peek();
    if (made) return made;
    const device = await store.device();
    const ways = new Ways({
      platform: this.#platform,
      api: this.#api,
      rooms: this.#rooms,
      store,
      device,
      locks: () => {
        const way = this.lock.way.peek();
        return way?.way === "passkey" ? [way.id] : [];
      },
    });
    await ways.load();
    this.ways.value = ways;
    return ways;
  }

  /** Takes the desk over in this tab. */
  async #load(): Promise<void> {
    const { vaults, tabs, address } = this.#platform;
    // Before it becomes a practitioner's device; a demo is none.
    await this.lock.pass(/^(enrol|add)=/.test(address.fragment()));
    try {
      const store = new DeskStore(await vaults.open(DESK));
      this.#store = store;
      this.#stopTabs();
      this.#stopTabs = tabs.take(DESK, () => void this.#elsewhere());
      if (!vaults.lasting) this.problem.value = { key: "storage_unavailable", loud: false };
      const [name, value = ""] = address.fragment().split("=", 2);
      if (name === "demo") {
        // Out of the address bar before anything else can fail: it holds the keys themselves.
        address.clearFragment();
        if (isLocal(address.origin)) await this.#import(store, readBundle(value));
        else this.problem.value = { key: "demo_elsewhere", loud: true };
      }
      this.sound.value = !(await store.silent());
      if (await this.#ready(store)) {
        if (name === "back") {
          address.clearFragment();
          this.problem.value = { key: "back_elsewhere", loud: false };
        }
        return;
      }
      if (name === "add") return await this.#join(store);
      if (this.#sheet || name === "back") return await this.recover();
      if (name === "help") this.problem.value = { key: "help_elsewhere", loud: false };
      const begun = await store.enrolment();
      this.practitioner.value = begun?.practitioner ?? null;
      this.twice.value = !begun || begun.second !== undefined;
      this.phase.value = name === "enrol" ? "enrolling" : "no-practitioner";
    } catch (error) {
      this.phase.value = "no-practitioner";
      this.#failed(error);
    }
  }

  /**
   * Starts what is there; false where this is no practitioner's device yet. `quietly`: the doors stay
   * with the device that has them.
   */
  async #ready(store: DeskStore, quietly?: "quietly"): Promise<boolean> {
    const credentials = await store.credentials();
    if (!credentials) return false;
    this.#credentials = credentials;
    this.identity.value = b64u(credentials.identity);
    const ways = await this.#waysOf(store);
    if (!ways.there.peek() && !(await store.isDemo())) {
      await this.#makeWays(store, ways);
      return true;
    }
    const practitioner = (await store.practitioner()) ?? null;
    const mail = this.#newMail(store, credentials);
    this.#mail = mail;
    const issued = this.#newIssued(store, credentials);
    this.issued.value = issued;
    const people = this.#newPeople(store, credentials, mail, issued);
    this.people.value = people;
    const together = this.#newTogether(store, credentials, mail, ways, people, issued);
    this.#together = together;
    const consults = (await openRooms(this.#platform, this.#changed)).map((room) =>
      this.#consult(room.record, room.store, credentials, mail),
    );
    batch(() => {
      this.practitioner.value = practitioner;
      this.consults.value = consults;
      this.#selected.value = consults[0]?.id ?? null;
      this.devices.value = together.devices;
      this.links.value = together.links;
      this.permits.value = together.permits;
      this.helping.value = together.helping;
      this.kept.value = together.kept;
      this.phase.value = "ready";
    });
    // All of them first: what the mailbox holds may be about any.
    for (const consult of consults) await consult.restore();
    void mail.start().then(() => people.start());
    for (const consult of consults) {
      if (quietly) consult.leaveElsewhere();
      else await consult.start();
    }
    const talking = consults.find(({ calls }) => calls.peek().length > 0);
    if (talking) this.#selected.value = talking.id;
    void this.#check();
    void together.start(this.#words.firstDevice());
    return true;
  }

  /** Nobody begins to practise without a way back. */
  async #makeWays(store: DeskStore, ways: Ways): Promise<void> {
    await ways.change();
    this.practitioner.value = (await store.practitioner()) ?? null;
    this.phase.value = "ways";
    const stop = ways.there.subscribe((there) => {
      // Told of at once, before there is something to stop: none are there yet.
      if (!there || this.phase.peek() !== "ways") return;
      stop();
      ways.leave();
      void this.#ready(store);
    });
  }

  /** The link that another device of the practitioner's has shown was opened here. */
  async #join(store: DeskStore): Promise<void> {
    const { clock, random, address } = this.#platform;
    const asking = new Asking({
      api: this.#api,
      rooms: this.#rooms,
      clock,
      random,
      vault: store.vault,
      signer: await store.device(),
      fragment: address.fragment(),
      take: (granted) => this.#joined(store, granted),
    });
    this.joining.value = asking;
    this.phase.value = "joining";
    await asking.resume();
  }

  /** This is a practitioner's device once it has what the others have. */
  async #joined(store: DeskStore, { grant, label, seal }: Granted): Promise<void> {
    require(grant.t === "practitioner", "bad_form", "no practitioner's grant");
    const { certificate, secret, vault, second } = grant;
    await store.saveShare({ vault, secret, seal });
    await store.saveSecond(second);
    await this.#become(store, certificate.identity, certificate.raw, label);
    // Not before the way between the two is closed.
    void Promise.resolve().then(() => this.#ready(store, "quietly"));
  }

  /** A practitioner's device has what the others have, before it is one. */
  async #become(
    store: DeskStore,
    identity: Uint8Array,
    certificate: Uint8Array,
    label: string,
  ): Promise<void> {
    const second = () => readSecond(store.vault);
    const credentials = { device: await store.device(), identity, certificate, second };
    const papers = await fetchRecord(this.#api, identity, undefined);
    await store.savePapers(papers);
    const mail = this.#newMail(store, credentials);
    const ways = await this.#waysOf(store);
    const issued = this.#newIssued(store, credentials);
    const people = this.#newPeople(store, credentials, mail, issued);
    const together = this.#newTogether(store, credentials, mail, ways, people, issued);
    await together.join(label);
    await store.joined(credentials, readKept(identity, papers).cardRaw);
    this.#platform.address.clearFragment();
  }

  readonly recover = async (): Promise<void> => {
    const store = this.#store;
    if (!store) return;
    const ways = await this.#waysOf(store);
    await this.lock.pass(true);
    const { address } = this.#platform;
    const brought = address.fragment();
    const link = /^#?back=/.test(brought) ? brought : undefined;
    if (link) address.clearFragment();
    batch(() => {
      this.problem.value = null;
      this.recovering.value = ways.recover({ sheet: this.#sheet, link }, (ring) =>
        this.#recovered(store, ways, ring),
      );
      this.phase.value = "recovering";
    });
  };

  /** Two ways back have opened everything: this device becomes one of the practitioner's. */
  async #recovered(store: DeskStore, ways: Ways, ring: Ring): Promise<void> {
    const { random, clock } = this.#platform;
    const identity = identityOf(ring);
    const device = await store.device();
    const now = Math.floor(clock.now() / 1000);
    const papers = await fetchRecord(this.#api, identity.publicKey, await store.papers());
    await store.savePapers(papers);
    const certificate = await listDevice(
      { api: this.#api, store },
      identity,
      device.publicKey,
      now,
    );
    const { card } = readKept(identity.publicKey, papers);
    const second = await certifiedAs(card, ring, certificate, random);
    await store.saveSecond(second);
    await store.saveShare({ ...(await store.share(random)), vault: ring.vault });
    await ways.keep(await ways.withThis(ring));
    await this.#become(store, identity.publicKey, certificate, this.#words.newDevice());
    // Whoever has lost their devices withdraws them now.
    this.lost.value = true;
    await this.#ready(store);
  }

  #newIssued(store: DeskStore, credentials: Credentials): Issued {
    const [platform, api] = [this.#platform, this.#api];
    return new Issued({
      platform,
      api,
      device: credentials.device,
      sender: () => senderOf({ api, store, credentials }),
      vault: store.vault,
      changed: this.#changed,
    });
  }

  #newPeople(store: DeskStore, credentials: Credentials, mail: DeskMail, issued: Issued): People {
    return new People({
      platform: this.#platform,
      issued,
      api: this.#api,
      credentials,
      store: new PeopleStore(store.vault),
      address: async () => {
        const mailbox = await mail.shared();
        return mailbox && addressOf(mailbox);
      },
      changed: this.#changed,
    });
  }

  #newTogether(
    store: DeskStore,
    credentials: Credentials,
    mail: DeskMail,
    ways: Ways,
    people: People,
    issued: Issued,
  ): Together {
    return new Together({
      issued,
      platform: this.#platform,
      api: this.#api,
      rooms: this.#rooms,
      ways,
      store,
      credentials,
      mail,
      people,
      consults: () => this.consults.peek(),
      begun: (record, rooms) => this.#begun(record, rooms, credentials, mail),
      forget: this.forget,
      stated: (practitioner) => {
        this.practitioner.value = practitioner;
      },
      problem: (problem) => {
        this.problem.value = problem;
      },
      unlocked: () => ["none", "open"].includes(this.lock.state.peek()),
    });
  }

  /** Another device of ours has made a consult. */
  async #begun(
    record: RoomRecord,
    store: RoomStore,
    credentials: Credentials,
    mail: DeskMail,
  ): Promise<void> {
    // Before that everything stored is taken up at once.
    if (this.phase.peek() !== "ready") return;
    const consult = this.#consult(record, store, credentials, mail);
    const all = [consult, ...this.consults.peek()];
    this.consults.value = all.sort((one, other) => other.created - one.created);
    await consult.restore();
    // It rings where it was made.
    consult.leaveElsewhere();
  }

  /** Looks whether this device is the practitioner's still, where the server says so or not. */
  async #check(): Promise<void> {
    const [store, credentials] = [this.#store, this.#credentials];
    if (!store || !credentials) return;
    try {
      await this.#signs(credentials);
      if (await isRevoked(this.#api, store, credentials)) await this.#revoked();
    } catch (error) {
      // Out of reach is shown elsewhere; papers that do not hold are for the practitioner to know.
      if (error instanceof SealError) this.problem.value = { key: error.code, loud: true };
    }
  }

  /** Whoever cannot sign is told before they write something. */
  async #signs(credentials: Credentials): Promise<void> {
    try {
      await credentials.second();
    } catch (error) {
      if (!(error instanceof CannotSignTwice)) throw error;
      this.problem.value = { key: "cannot_sign_twice", loud: true };
    }
  }

  /** What a device that is no longer theirs kept for the practitioner's consults is erased. */
  async #revoked(): Promise<void> {
    this.#credentials = undefined;
    await this.#stop("revoked", null);
    await this.lock.erase();
  }

  #newMail(store: DeskStore, credentials: Credentials): DeskMail {
    const { vault } = store;
    const needs = { platform: this.#platform, api: this.#api, rooms: this.#rooms };
    return new DeskMail({
      ...needs,
      vault,
      credentials,
      changed: this.#changed,
      take: async (mail, content) => {
        if (mail.t === "files") return await this.#together?.permits.take(mail);
        for (const consult of this.consults.peek()) {
          if (await consult.takeMail(mail, content)) return;
        }
        await this.people.peek()?.takeMail(mail, content);
      },
    });
  }

  #consult(
    record: RoomRecord,
    store: RoomStore,
    credentials: Credentials,
    mail: DeskMail,
  ): Consult {
    const people = this.people.peek();
    const issued = this.issued.peek();
    if (!people || !issued) throw new Error("not enrolled");
    return new Consult(record, {
      people,
      issued,
      platform: this.#platform,
      media: this.media,
      rooms: this.#rooms,
      api: this.#api,
      credentials,
      profile: () => this.#profile.peek(),
      store,
      mail,
      arrived: (name) => this.#arrived(name),
      elsewhere: () => void this.#elsewhere(),
    });
  }

  #arrived(name: string): void {
    const { attention } = this.#platform;
    attention.notify(this.#words.arrived(name));
    if (this.sound.peek()) attention.ring();
  }

  /**
   * A demo's keys and rooms, made elsewhere; importing them again changes nothing. A link that
   * somebody sent must not put its keys in the place of a practitioner's own.
   */
  async #import(store: DeskStore, bundle: Bundle): Promise<void> {
    const { vaults, clock } = this.#platform;
    const here = await store.credentials();
    const identity = identityOf(bundle).publicKey;
    if (here && !same(here.identity, identity)) {
      this.problem.value = { key: "other_practitioner", loud: true };
      return;
    }
    if (!here) {
      await store.importKeys(bundle.root, bundle.device);
      const { card } = readCard(bundle.card);
      const second = await certifiedAs(card, bundle, bundle.certificate, this.#platform.random);
      await store.enrolled(identity, second ? { ...bundle, second } : bundle);
    }
    for (const { room, prekey, secrets, expires, label } of bundle.rooms) {
      const rooms = new RoomStore(await vaults.open(roomScope(b64u(room))), this.#changed);
      if (await rooms.room()) continue;
      const created = clock.now();
      const times = { created, expires: expires * 1000 };
      await rooms.saveRoom({ room, prekey, secrets, label, ...times, ending: false });
    }
  }

  async #elsewhere(): Promise<void> {
    if (this.phase.peek() === "elsewhere") return;
    await this.#stop("elsewhere", this.#otherTab());
  }

  async #stop(phase: "elsewhere" | "revoked", problem: Problem | null): Promise<void> {
    const consults = this.consults.peek();
    batch(() => {
      this.phase.value = phase;
      this.consults.value = [];
      this.problem.value = problem;
    });
    this.#stopTabs();
    this.devices.value = null;
    this.links.value = null;
    this.permits.value = null;
    this.issued.value = null;
    this.kept.value = null;
    this.joining.peek()?.close();
    const together = this.#together;
    this.#together = undefined;
    // At once: what is closed below may wait for the network.
    together?.silence();
    this.#mail?.close();
    this.media.stop();
    for (const consult of consults) await consult.stop();
    await together?.close();
    await this.people.peek()?.close();
    this.people.value = null;
    this.#rooms.close();
  }

  async #comeBack(): Promise<void> {
    batch(() => {
      this.phase.value = "loading";
      this.problem.value = null;
    });
    await this.#load();
    void this.media.start();
  }
}

/** The model of the doctor's page. */
export const createDesk = (platform: DeskPlatform, words: DeskWords, lock: Lock): DeskModel =>
  new Practice(platform, words, lock);
