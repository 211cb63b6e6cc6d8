/** A call as the doctor's side runs it. */
import { fromB64u } from "../../sealing/encoding.ts";
import { createParcels } from "../consult/late-parcels.ts";
import { LiveCall, type LiveOptions } from "../consult/live.ts";
import type { ShelfRecord } from "../consult/papers.ts";
import { Shelf } from "../consult/shelf.ts";
import type { Issued } from "../dispensing/issued.ts";
import type { LocalMedia } from "../media/media.ts";
import type { Platform } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import type { Credentials } from "./device.ts";
import type { DeskMail } from "./mail.ts";
import type { People } from "./people.ts";
import type { RoomStore } from "./store.ts";
import { supplyOf, supplyWith } from "./supply.ts";

interface HostNeeds {
  readonly platform: Platform;
  readonly media: LocalMedia;
  readonly api: Api;
  readonly credentials: Credentials;
  readonly store: RoomStore;
  readonly mail: DeskMail;
  readonly people: Pick<People, "met">;
  readonly issued: Pick<Issued, "issue">;
}

type Begun = Pick<
  LiveOptions,
  "session" | "record" | "picture" | "offered" | "renewed" | "transmit" | "failed"
>;

const parcelsFor = (
  { platform, api, credentials, issued }: HostNeeds,
  room: Uint8Array,
  guest: string,
) =>
  createParcels({
    api,
    random: platform.random,
    room,
    signer: credentials.device,
    certificate: credentials.certificate,
    second: credentials.second,
    self: credentials.identity,
    peer: fromB64u(guest),
    issue: issued.issue,
  });

/**
 * What a guest and we have of each other; `guest` is the base64url of the guest's key, `name` what
 * they are called for now.
 */
export function hostShelf(
  needs: HostNeeds,
  room: Uint8Array,
  guest: string,
  name: () => string,
  record: ShelfRecord = { papers: [], address: null },
): Shelf {
  const { api, platform, store, people } = needs;
  const shelf: Shelf = new Shelf({
    record,
    clock: platform.clock,
    random: platform.random,
    parcels: parcelsFor(needs, room, guest),
    post: async (to, content) => {
      const { post } = await import("../mail/letters.ts");
      await post({ api, random: platform.random }, to, content);
    },
    pay: async (bytes) =>
      shelf.keeping || shelf.address?.lasts ? await supplyWith(needs, bytes) : {},
    save: async (kept) => {
      await store.saveShelf(guest, kept);
      void people.met({ room, guest, name: name() }, kept).catch(() => undefined);
    },
  });
  return shelf;
}

/** `guest` is the base64url of the guest's key. */
export function hostCall(
  needs: HostNeeds,
  room: Uint8Array,
  guest: string,
  begun: Begun,
  shelf: Shelf,
): LiveCall {
  const { platform, media, store, mail } = needs;
  let giving = false;
  // Once for a guest: whoever asks again has it already, or spent it.
  const keep = async (): Promise<void> => {
    if (giving || shelf.keeping) return;
    giving = true;
    // Where the server gives none the guest's page says that it cannot keep anything for now.
    const supply = await supplyOf(needs).catch(() => undefined);
    giving = false;
    if (!supply) return;
    shelf.keeps();
    await live.keeping(supply);
  };
  const live = new LiveCall({
    ...begun,
    platform,
    media,
    parcels: parcelsFor(needs, room, guest),
    shelf,
    host: true,
    save: (bytes) => store.saveCall(guest, bytes),
    mail: () => mail.empty(),
    keep: () => void keep(),
    // That somebody leaves is the room's to tell: it knows whether they can come back.
    parted: () => undefined,
  });
  return live;
}
