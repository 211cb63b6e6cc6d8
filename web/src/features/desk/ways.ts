/**
 * The practitioner's ways back at their desk. What signs their papers rests on the first device until
 * there are two; from then on it is opened each time, with this device and one of them.
 */
import { type Signal, signal } from "@preact/signals";
import { b64u } from "../../sealing/encoding.ts";
import { type Signer, seedSigner } from "../../sealing/keys.ts";
import { type Held, identityOf, type Ring } from "../../sealing/ring.ts";
import { Asking } from "../adding/asking.ts";
import { Showing } from "../adding/showing.ts";
import { timeOf } from "../consult/conversation.ts";
import type { Platform } from "../ports.ts";
import { createOpenWith, type OpenWithModel, type OpenWithNeeds } from "../recovery/open-with.ts";
import { createRings, meansOf, type Rings } from "../recovery/rings.ts";
import { createWaysBack, type WaysBackModel } from "../recovery/ways-back.ts";
import type { Api } from "../rooms/api.ts";
import type { RoomConnection } from "../rooms/connection.ts";
import { cellThing, type Thing } from "../rooms/renewal.ts";
import { registerVoucher } from "../rooms/vouchers.ts";
import type { DeskStore } from "./store.ts";

/** Seconds that a cell is paid for: the server's longest is a little more. */
const LASTS = 3 * 365 * 24 * 3600;
/** A mailbox between two screens: it holds a few messages, for so many seconds at most. */
const POSTBOX_BYTES = 64 * 1024;
const POSTBOX_LASTS = 24 * 3600;
/** What the ring keeps of a name. */
const RING_LABEL = 20;

/** The practitioner did not want to. */
export class Declined extends Error {
  override readonly name = "Declined";
}

/** By this the ring knows a device: what people call it may change. */
export const ringLabel = (device: Uint8Array): string => b64u(device).slice(0, RING_LABEL);

export interface WaysNeeds {
  readonly platform: Platform;
  readonly api: Api;
  readonly rooms: RoomConnection;
  readonly store: DeskStore;
  readonly device: Signer;
  /** Ids of the passkeys that unlock this device. */
  locks(): readonly Uint8Array[];
}

/** What pays for one of the two mailboxes between two screens. */
export const postboxVoucher = async (
  by: Parameters<typeof registerVoucher>[0],
): Promise<Uint8Array> => (await registerVoucher(by, POSTBOX_BYTES, POSTBOX_LASTS)).voucher;

export class Ways {
  /** Asks for a way back, while something waits for it. */
  readonly opening: Signal<OpenWithModel | null> = signal(null);
  /** They are being made, or changed. */
  readonly changing: Signal<WaysBackModel | null> = signal(null);
  /** Whether there are two at least. */
  readonly there = signal(false);

  readonly #needs: WaysNeeds;
  readonly #rings: Rings;
  readonly #page: string;
  #decline = (): void => undefined;

  constructor(needs: WaysNeeds) {
    this.#needs = needs;
    const { platform, api, store, device } = needs;
    const { random, clock } = platform;
    this.#page = `${platform.address.origin}/desk/`;
    this.#rings = createRings({
      api,
      random,
      kept: store.vault,
      voucher: async (bytes) =>
        (await registerVoucher({ api, random, clock, device }, bytes, LASTS)).voucher,
    });
  }

  /** Looks whether there are any. */
  async load(): Promise<void> {
    this.there.value = (await this.#needs.store.root()) === undefined;
  }

  /** To sign a card, a certificate or a list with, at once. Rejects with Declined. */
  async identity(): Promise<Signer> {
    const root = await this.#needs.store.root();
    return identityOf(root ? { root } : await this.ring());
  }

  /** All that the ring holds, for as long as it is needed. Rejects with Declined. */
  async ring(): Promise<Ring> {
    const { platform, store } = this.#needs;
    // One question at a time: who asks again takes the place of who asked before.
    this.decline();
    const { secret } = await store.share(platform.random);
    return await new Promise<Ring>((resolve, reject) => {
      this.#decline = () => reject(new Declined("nothing was opened"));
      this.opening.value = createOpenWith({
        passkeys: platform.passkeys,
        device: secret,
        helper: { circle: "colleagues", ask: this.#askHelper },
        open: (means, other) => this.#rings.open(means, other),
        opened: async (ring) => resolve(ring),
      });
    });
  }

  /** The question goes away; who waits for it is told so, where it was not answered. */
  readonly decline = (): void => {
    this.opening.value = null;
    this.#decline();
  };

  /** Seals the ring anew for all that it names. Rejects as `Rings.write`. */
  keep(ring: Ring, out: readonly Held[] = []): Promise<void> {
    return this.#rings.write(ring, out);
  }

  /** The ids of the cells of the ring, for the practice's other devices. */
  readonly places = (): Promise<readonly Uint8Array[]> => this.#rings.places();
  readonly adopt = (place: Uint8Array): Promise<void> => this.#rings.adopt(place);
  readonly drop = (place: Uint8Array): Promise<void> => this.#rings.drop(place);

  /**
   * What ends with its voucher, as this device knows it. The practitioner pays, so that the device may
   * renew it: what signs for it is only there while a ring is open.
   */
  async things(): Promise<readonly Thing[]> {
    const places = await this.#rings.places();
    return places.map((place) => cellThing(this.#needs.device, place));
  }

  /** Makes the first ones, or changes those that are there. Rejects with Declined. */
  readonly change = async (): Promise<void> => {
    const { platform, store } = this.#needs;
    const root = await store.root();
    const ring = root ? await this.#first(root) : await this.ring();
    const devices = ring.held.filter(({ kind }) => kind === "device");
    this.changing.value = await createWaysBack({
      clock: platform.clock,
      random: platform.random,
      passkeys: platform.passkeys,
      vault: store.vault,
      held: meansOf(ring),
      page: this.#page,
      locks: this.#needs.locks(),
      helper: {
        circle: "colleagues",
        own: (await store.practitioner())?.name ?? "",
        show: (secret, name) => this.#showHelper(secret, name),
      },
      keep: async (means, out) => {
        await this.keep({ ...ring, held: [...means, ...devices] }, out);
        await store.eraseRoot();
        this.there.value = true;
      },
    });
  };

  readonly leave = (): void => {
    this.changing.value = null;
  };

  /** Two ways back have no device yet: what they are to open, and this new one with it. */
  recover(
    brought: Pick<OpenWithNeeds, "sheet" | "link">,
    recovered: (ring: Ring) => Promise<void>,
  ): OpenWithModel {
    return createOpenWith({
      passkeys: this.#needs.platform.passkeys,
      device: undefined,
      ...brought,
      helper: { circle: "colleagues", ask: this.#askHelper },
      open: (means, other) => this.#rings.open(means, other),
      opened: recovered,
    });
  }

  /** A ring that knows this device, too. */
  async withThis(ring: Ring): Promise<Ring> {
    const { platform, store, device } = this.#needs;
    const { secret } = await store.share(platform.random);
    const label = ringLabel(device.publicKey);
    const made = timeOf(platform.clock.now());
    const others = ring.held.filter((one) => one.kind !== "device" || one.label !== label);
    return { ...ring, held: [...others, { kind: "device", secret, label, made }] };
  }

  /** A means' secret goes to a colleague, whose browser opens this. */
  #showHelper(secret: Uint8Array, name: string): Showing {
    const { platform, api, rooms, device } = this.#needs;
    const { random, clock } = platform;
    const showing = new Showing({
      api,
      rooms,
      random,
      clock,
      use: "help",
      page: this.#page,
      voucher: () => postboxVoucher({ api, random, clock, device }),
      grant: async () => ({ t: "helper", secret, name }),
    });
    void showing.start();
    return showing;
  }

  readonly #askHelper: NonNullable<OpenWithNeeds["helper"]>["ask"] = (fragment, take) => {
    const { platform, api, rooms, store } = this.#needs;
    const { random, clock } = platform;
    return new Asking({
      api,
      rooms,
      random,
      clock,
      vault: store.vault,
      signer: seedSigner(random(32)),
      fragment,
      take: async ({ grant }) => {
        if (grant.t === "way") await take(grant.secret);
      },
    });
  };

  async #first(root: Uint8Array): Promise<Ring> {
    const { platform, store } = this.#needs;
    const { vault } = await store.share(platform.random);
    return await this.withThis({ root, vault, held: [] });
  }
}
