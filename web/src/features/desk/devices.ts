/** The practitioner's devices: listed, named, added between two screens, and withdrawn. */
import { type Signal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Request } from "../../sealing/adding.ts";
import { readCertificate } from "../../sealing/certificate.ts";
import type { DeviceList } from "../../sealing/device-list.ts";
import { b64u, same } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import type { Grant } from "../../sealing/grants.ts";
import { identityOf, type Ring } from "../../sealing/ring.ts";
import { Showing } from "../adding/showing.ts";
import { timeOf } from "../consult/conversation.ts";
import type { Platform } from "../ports.ts";
import { readKept } from "../practitioners/records.ts";
import type { Problem } from "../problems.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomConnection } from "../rooms/connection.ts";
import type { DevicesModel, OwnDevice } from "./desk.ts";
import type { Credentials } from "./device.ts";
import { listDevice, newestList, revokeDevice } from "./device-papers.ts";
import { certifiedAs } from "./second.ts";
import { requireIntroduced } from "./shared-forms.ts";
import type { DeskStore, SharedDevice } from "./store.ts";
import { Declined, postboxVoucher, ringLabel, type Ways } from "./ways.ts";

/** As many as one letter is sealed to: all of them are told when the vault moves. */
const MOST = 8;

export interface DevicesNeeds {
  readonly platform: Platform;
  readonly api: Api;
  readonly rooms: RoomConnection;
  readonly store: DeskStore;
  readonly credentials: Credentials;
  readonly ways: Ways;
  /** Puts what the practice shares under another key too: what was withdrawn has the old one. */
  copyTo(vault: Uint8Array): Promise<void>;
  /** Goes on there, tells the devices that stay, and makes the practice another mailbox. */
  moveTo(vault: Uint8Array, left: readonly SharedDevice[]): Promise<void>;
  /** What devices are called has changed. */
  changed(): void;
}

export class Devices implements DevicesModel {
  readonly list: Signal<readonly OwnDevice[] | null> = signal(null);
  readonly adding: Signal<Showing | null> = signal(null);
  readonly problem = signal<Problem | null>(null);
  readonly unfinished: Signal<string | null> = signal(null);

  readonly #needs: DevicesNeeds;
  #last: DeviceList | undefined;

  constructor(needs: DevicesNeeds) {
    this.#needs = needs;
  }

  readonly load = (): Promise<void> =>
    this.#try(async () => {
      const { store, credentials } = this.#needs;
      const begun = await store.withdrawing();
      this.unfinished.value = begun ? b64u(begun.device) : null;
      await this.#show(await newestList(this.#needs, credentials.identity));
    });

  /** Devices have other names than they are shown with. */
  async named(): Promise<void> {
    if (this.#last) await this.#show(this.#last);
  }

  readonly add = (): void => {
    const { platform, api, rooms, credentials } = this.#needs;
    const { random, clock, address } = platform;
    this.stopAdding();
    this.problem.value = null;
    if (this.#last && inForce(this.#last).length >= MOST) {
      this.problem.value = { key: "too_many_devices", loud: false };
      return;
    }
    const showing = new Showing({
      api,
      rooms,
      clock,
      random,
      use: "add",
      page: `${address.origin}/desk/`,
      voucher: () => postboxVoucher({ api, random, clock, device: credentials.device }),
      grant: (request) => this.#grant(request),
    });
    this.adding.value = showing;
    void showing.start();
  };

  readonly stopAdding = (): void => {
    this.adding.peek()?.close();
    this.adding.value = null;
  };

  readonly rename = (id: string, label: string): Promise<void> =>
    this.#try(async () => {
      const { store, changed } = this.#needs;
      const devices = await store.labelled();
      const named = devices.map((one) => (b64u(one.device) === id ? { ...one, label } : one));
      await store.saveLabelled(named);
      changed();
      const shown = this.list.peek() ?? [];
      this.list.value = shown.map((one) => (one.id === id ? { ...one, label } : one));
    });

  readonly withdraw = (id: string): Promise<void> =>
    this.#try(async () => {
      const { platform, store, credentials, ways } = this.#needs;
      const { devices } = await newestList(this.#needs, credentials.identity);
      const listed = devices.find(({ device }) => b64u(device) === id);
      if (!listed || same(listed.device, credentials.device.publicKey)) return;
      const ring = await ways.ring();
      // Kept first: where this page ends in between, the same is done again, and to its end.
      const begun = await store.withdrawing();
      const again = begun && same(begun.device, listed.device);
      const vault = again ? begun.vault : platform.random(32);
      await store.saveWithdrawing({ device: listed.device, vault });
      await revokeDevice(this.#needs, identityOf(ring), listed.device, this.#now());
      await this.#moveOn(ring, vault);
      await store.endWithdrawing();
      await this.load();
    });

  /** Takes out of use whatever a device knows that is not in force any more. */
  async #moveOn(ring: Ring, vault: Uint8Array): Promise<void> {
    const { store, credentials, ways, copyTo, moveTo } = this.#needs;
    const list = await newestList(this.#needs, credentials.identity);
    const left = (await store.labelled()).filter((one) => staysIn(list, one));
    await store.saveLabelled(left);
    await copyTo(vault);
    const named = new Set(inForce(list).map(({ device }) => ringLabel(device)));
    const held = ring.held.filter(({ kind, label }) => kind !== "device" || named.has(label));
    await ways.keep({ ...ring, vault, held });
    await moveTo(vault, left);
  }

  /** What the new device gets: it is listed, and the ring knows it. */
  async #grant({ device }: Request): Promise<Grant> {
    const { platform, store, ways } = this.#needs;
    const ring = await ways.ring();
    const { identity } = this.#needs.credentials;
    const raw = await listDevice(this.#needs, identityOf(ring), device, this.#now());
    const papers = await store.papers();
    const card = papers && readKept(identity, papers).card;
    const second = card && (await certifiedAs(card, ring, raw, platform.random));
    const secret = platform.random(32);
    const label = ringLabel(device);
    const made = timeOf(platform.clock.now());
    const others = ring.held.filter((one) => one.kind !== "device" || one.label !== label);
    await ways.keep({ ...ring, held: [...others, { kind: "device", secret, label, made }] });
    void this.load();
    const { vault } = await store.share(platform.random);
    return { t: "practitioner", certificate: readCertificate(raw), secret, vault, second };
  }

  async #show(list: DeviceList): Promise<void> {
    const { store, credentials } = this.#needs;
    this.#last = list;
    const labels = new Map(
      (await store.labelled()).map(({ device, label }) => [b64u(device), label]),
    );
    const shown = list.devices.map(({ device, since, until }) => ({
      id: b64u(device),
      label: labels.get(b64u(device)) ?? "",
      since: since * 1000,
      until: until ? until * 1000 : null,
      here: same(device, credentials.device.publicKey),
    }));
    const order = ({ here, until }: OwnDevice): number => (here ? 0 : until === null ? 1 : 2);
    this.list.value = shown.sort(
      (one, other) => order(one) - order(other) || other.since - one.since,
    );
  }

  async #try(act: () => Promise<void>): Promise<void> {
    this.problem.value = null;
    try {
      await act();
    } catch (error) {
      if (error instanceof Declined) return;
      const coded = error instanceof ProtocolError || error instanceof SealError;
      this.problem.value = { key: coded ? error.code : "offline", loud: false };
    }
  }

  #now(): number {
    return Math.floor(this.#needs.platform.clock.now() / 1000);
  }
}

const inForce = ({ devices }: DeviceList) => devices.filter(({ until }) => until === 0);

/** Whether a device counts still, and what it is written to with is its own. */
function staysIn(list: DeviceList, known: SharedDevice): boolean {
  if (!inForce(list).some(({ device }) => same(device, known.device))) return false;
  try {
    requireIntroduced(known);
    return true;
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
}
