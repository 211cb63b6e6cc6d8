/** One device among the practice's: what it shares with the others, and which others there are. */
import { b64u } from "../../sealing/encoding.ts";
import type { SealError } from "../../sealing/errors.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { Issued } from "../dispensing/issued.ts";
import { Helping } from "../helping/helping.ts";
import { DeskMarks } from "../imaging/practice/desk-marks.ts";
import type { Question } from "../imaging/practice/model.ts";
import { Links } from "../links/links.ts";
import { OutgoingStore } from "../links/outgoing-record.ts";
import { LinkStore } from "../links/store.ts";
import { KeptTexts } from "../paper/kept.ts";
import { Permits } from "../permits/permits.ts";
import { PermitStore } from "../permits/record.ts";
import type { Problem } from "../problems.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomConnection } from "../rooms/connection.ts";
import { renewAll } from "../rooms/renewal.ts";
import { registerVoucher } from "../rooms/vouchers.ts";
import type { Consult } from "./consult.ts";
import type { Practitioner } from "./desk.ts";
import { type Credentials, roomScope } from "./device.ts";
import { Devices } from "./devices.ts";
import { DeskHelped } from "./helped.ts";
import type { DeskMail } from "./mail.ts";
import { senderOf } from "./own-papers.ts";
import { OwnDeskRecords } from "./own-records.ts";
import type { People } from "./people.ts";
import type { DeskPlatform } from "./platform.ts";
import { introduce } from "./shared-forms.ts";
import { isFull, Sharing } from "./sharing.ts";
import { type DeskStore, type RoomRecord, RoomStore } from "./store.ts";
import { supplyWith } from "./supply.ts";
import { postboxVoucher, type Ways } from "./ways.ts";

/** Seconds that a voucher is good for: the server's longest is a little more. */
const LASTS = 3 * 365 * 24 * 3600;

export interface TogetherNeeds {
  readonly platform: DeskPlatform;
  readonly api: Api;
  readonly rooms: RoomConnection;
  readonly store: DeskStore;
  readonly credentials: Credentials;
  readonly ways: Ways;
  readonly mail: DeskMail;
  readonly people: People;
  readonly issued: Issued;
  /** The running consults. */
  consults(): readonly Consult[];
  /** Another device has made a consult. */
  begun(record: RoomRecord, store: RoomStore): Promise<void>;
  forget(id: string): Promise<void>;
  /** Another device has changed what the practitioner states. */
  stated(practitioner: Practitioner): void;
  problem(problem: Problem): void;
  /** Whether somebody has unlocked the desk, and is there. */
  unlocked(): boolean;
}

export class Together {
  readonly #marks: DeskMarks;
  #silent = (): void => undefined;
  #ended = false;
  readonly devices: Devices;
  readonly links: Links;
  readonly permits: Permits;
  readonly helping: Helping;
  readonly kept: KeptTexts;
  readonly #helped: DeskHelped;
  readonly #needs: TogetherNeeds;
  readonly #sharing: Sharing;

  constructor(needs: TogetherNeeds) {
    const { platform, store, mail, people, ways, issued } = needs;
    this.#needs = needs;
    const links = new LinkStore(store.vault);
    this.links = new Links({
      ...needs,
      store: links,
      outgoing: new OutgoingStore(store.vault),
      sender: () => senderOf(needs),
      supply: () => supplyWith(needs, 0),
      changed: this.changed,
    });
    this.kept = new KeptTexts(store.vault, () => this.changed());
    const permits = new PermitStore(store.vault);
    this.permits = new Permits({
      ...needs,
      store: permits,
      sender: () => senderOf(needs),
      changed: this.changed,
    });
    this.#helped = new DeskHelped(store, () => this.changed());
    this.#marks = new DeskMarks({
      ...needs,
      vault: store.vault,
      sender: () => senderOf(needs),
      changed: this.changed,
    });
    const own = new OwnDeskRecords({
      marks: this.#marks,
      platform,
      store,
      mail,
      ways,
      links,
      linked: () => void this.links.show(),
      permits,
      permitted: () => void this.permits.show(),
      issued,
      kept: this.kept,
      helped: this.#helped,
      people,
      adoptRoom: (room, shared) => this.#adoptRoom({ ...shared, room }),
      forgetRoom: (id) => needs.forget(id),
      adoptShelf: async (shelf) => {
        const running = this.#running(b64u(shelf.room));
        if (running) return await running.adoptShelf(shelf);
        const { papers, address } = shelf;
        await (await this.#store(shelf.room)).saveShelf(shelf.guest, { papers, address });
      },
      named: () => void this.devices.named(),
      adoptAbout: async (practitioner) => {
        await store.savePractitioner(practitioner);
        needs.stated(practitioner);
      },
    });
    const refused = (error: SealError): void => {
      const full = isFull(error);
      needs.problem({ key: full ? "practice_full" : error.code, loud: !full });
    };
    this.#sharing = new Sharing({ ...needs, own, refused });
    this.devices = new Devices({
      ...needs,
      copyTo: (vault) => this.#sharing.copyTo(vault),
      moveTo: async (vault, left) => {
        await this.#sharing.moveTo(vault, left);
        await mail.renew();
        void people.tell();
        void this.permits.tend().catch(() => undefined);
      },
      changed: this.changed,
    });
    const { api, rooms, credentials } = needs;
    const { random, clock, address } = platform;
    this.helping = new Helping({
      circle: "colleagues",
      api,
      rooms,
      random,
      clock,
      address,
      page: `${address.origin}/desk/`,
      store: this.#helped,
      vault: store.vault,
      pay: () => postboxVoucher({ api, random, clock, device: credentials.device }),
    });
  }

  /** Something was changed here that other devices may want to know. */
  readonly changed = (): void => this.#sharing.changed();

  /** Has what the other devices have; for a device that has just become one. Rejects as the vault. */
  async join(label: string): Promise<void> {
    await this.#introduce(label);
    await this.#helped.load();
    await this.#sharing.run();
  }

  /** In step from now on. `label`: what this device is called where it has no name yet. */
  async start(label: string): Promise<void> {
    // Another tab may have taken over while this one opened.
    if (this.#ended) return;
    this.#silent = this.#needs.platform.line.answer((question) =>
      this.#marks.answer(question as Question),
    );
    await this.#introduce(label);
    await this.#helped.load();
    // What cannot be read is not shared, and asked for again then.
    await this.kept.load().catch(() => undefined);
    void this.helping.arrive();
    await this.#sharing.start();
    // What fails is tried again when the desk opens the next time.
    await this.permits.load();
    await this.permits.tend().catch(() => undefined);
    await this.#renew().catch(() => undefined);
  }

  /** Answers no other page any more: that is another tab's to do. */
  silence(): void {
    this.#ended = true;
    this.#silent();
  }

  async close(): Promise<void> {
    this.silence();
    this.devices.stopAdding();
    this.helping.close();
    await this.#sharing.close();
  }

  async #introduce(label: string): Promise<void> {
    const { store, platform, credentials } = this.#needs;
    const known = await store.labelled();
    const id = b64u(credentials.device.publicKey);
    if (known.some(({ device }) => b64u(device) === id)) return;
    const { seal } = await store.share(platform.random);
    const own = await introduce(credentials.device, kemPublic(seal), label);
    await store.saveLabelled([...known, own]);
  }

  /** What the practice has at the server does not end while it is used. */
  async #renew(): Promise<void> {
    const { platform, api, store, credentials, mail, ways } = this.#needs;
    const { random, clock } = platform;
    const by = { api, random, clock, device: credentials.device };
    await renewAll({
      api,
      clock,
      rest: store.vault,
      name: "renewal",
      things: [
        ...this.#sharing.things,
        ...(await mail.things()),
        ...(await ways.things()),
        ...(await this.#marks.things()),
      ],
      pay: async ({ bytes }) => (await registerVoucher(by, bytes, LASTS)).voucher,
    });
  }

  async #adoptRoom(shared: RoomRecord): Promise<void> {
    const running = this.#running(b64u(shared.room));
    if (running) return await running.adopt(shared);
    const store = await this.#store(shared.room);
    const record = { ...(await store.room()), ...shared };
    await store.saveRoom(record);
    await this.#needs.begun(record, store);
  }

  #running(id: string): Consult | undefined {
    return this.#needs.consults().find((consult) => consult.id === id);
  }

  async #store(room: Uint8Array): Promise<RoomStore> {
    const { vaults } = this.#needs.platform;
    return new RoomStore(await vaults.open(roomScope(b64u(room))), this.changed);
  }
}
