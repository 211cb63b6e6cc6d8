/** A call as the patient's side begins and runs it. */
import type { Certificate } from "../../sealing/certificate.ts";
import { type GuestIntro, makeOpen, openAccept } from "../../sealing/handshake.ts";
import { hash } from "../../sealing/kdf.ts";
import type { Random, Signer } from "../../sealing/keys.ts";
import { Session } from "../../sealing/session.ts";
import { createParcels } from "../consult/late-parcels.ts";
import { type CallRecord, type Carried, LiveCall, type LiveOptions } from "../consult/live.ts";
import type { ShelfRecord } from "../consult/papers.ts";
import type { Judge } from "../consult/parcels.ts";
import { Shelf } from "../consult/shelf.ts";
import type { LocalMedia } from "../media/media.ts";
import type { Platform } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import type { Circle } from "./circle.ts";
import type { PlaceStore } from "./place.ts";
import type { Postbox } from "./postbox.ts";

export interface Begun {
  readonly session: Session;
  /** Of the host's device. */
  readonly certificate: Certificate;
  readonly record: Omit<CallRecord, "session">;
}

/**
 * What an accept leads to; `before` is an earlier call in this room, whose words go on. Refuses
 * with a SealError an accept that does not hold.
 */
export function takeAccept(
  accept: Uint8Array,
  intro: GuestIntro,
  before: Carried | undefined,
  random: Random,
): Begun {
  const agreed = openAccept(accept, intro);
  return {
    certificate: agreed.certificate,
    session: Session.guest(agreed, makeOpen(agreed, random), { random }, before?.session),
    record: {
      who: { ...agreed.profile },
      peer: agreed.identity,
      entries: before?.entries ?? [],
      since: null,
      intro: hash(intro.intro),
      renewals: 0,
    },
  };
}

export interface ShelfNeeds {
  readonly platform: Platform;
  readonly api: Api;
  readonly room: Uint8Array;
  readonly signer: Signer;
  readonly store: PlaceStore;
  readonly mail: Postbox;
  readonly judge: Judge;
}

interface GuestNeeds extends ShelfNeeds {
  readonly media: LocalMedia;
}

const parcelsFor = ({ platform, api, room, signer, judge }: ShelfNeeds, peer: Uint8Array) => {
  const { random } = platform;
  return createParcels({ api, random, room, signer, judge, self: signer.publicKey, peer });
};

/** What the host and we have of each other; `peer` is the host's identity key. */
export function guestShelf(needs: ShelfNeeds, peer: Uint8Array, record?: ShelfRecord): Shelf {
  const { platform, store, mail } = needs;
  return new Shelf({
    record: record ?? { papers: [], address: null },
    clock: platform.clock,
    random: platform.random,
    parcels: parcelsFor(needs, peer),
    post: mail.post,
    save: (kept) => store.saveShelf({ ...kept, peer }),
  });
}

export function guestCall(
  needs: GuestNeeds,
  begun: Omit<Begun, "certificate"> &
    Pick<LiveOptions, "picture" | "transmit" | "parted" | "failed">,
  shelf: Shelf,
  circle: Circle,
): LiveCall {
  const { platform, media, store, mail } = needs;
  const { peer } = begun.record;
  return new LiveCall({
    ...begun,
    platform,
    media,
    parcels: parcelsFor(needs, peer),
    shelf,
    host: false,
    // The host offers: there is never one to be made here.
    offered: true,
    renewed: false,
    addressed: mail.addressed,
    mail: mail.empty,
    roster: (object) => circle.take(object, peer),
    save: async (bytes) => {
      await circle.save();
      await store.saveCall(bytes);
    },
  });
}
