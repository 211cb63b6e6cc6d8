/** What this device has of what the practice's devices share: out of its stores, and into them. */
import { b64u, fromB64u } from "../../sealing/encoding.ts";
import type { Issued } from "../dispensing/issued.ts";
import type { DeskMarks } from "../imaging/practice/desk-marks.ts";
import type { LinkStore } from "../links/store.ts";
import { isKept, type KeptTexts } from "../paper/kept.ts";
import type { PermitStore } from "../permits/record.ts";
import type { Platform } from "../ports.ts";
import type { Content, OwnRecords } from "../vault/sync.ts";
import type { Practitioner } from "./desk.ts";
import type { DeskHelped } from "./helped.ts";
import type { DeskMail } from "./mail.ts";
import type { People } from "./people.ts";
import { idOf, PeopleStore } from "./people-store.ts";
import { ids, isShared, readShared, type SharedShelf, writeShared } from "./shared-forms.ts";
import { type DeskStore, lookRooms, type RoomRecord } from "./store.ts";
import type { Ways } from "./ways.ts";

export interface OwnNeeds {
  readonly platform: Platform;
  readonly store: DeskStore;
  readonly helped: Pick<DeskHelped, "list" | "adopt" | "drop">;
  readonly mail: Pick<DeskMail, "shared" | "adopt">;
  readonly ways: Pick<Ways, "places" | "adopt" | "drop">;
  /** Another device has made this consult, or changed it: what is not shared of it stays. */
  adoptRoom(room: Uint8Array, shared: Omit<RoomRecord, "room">): Promise<void>;
  /** Another device has ended this consult, and forgotten it. */
  forgetRoom(id: string): Promise<void>;
  adoptShelf(shelf: SharedShelf): Promise<void>;
  readonly people: Pick<People, "adopt">;
  adoptAbout(practitioner: Practitioner): Promise<void>;
  readonly links: LinkStore;
  readonly permits: PermitStore;
  readonly issued: Pick<Issued, "records" | "adopt" | "drop">;
  readonly kept: Pick<KeptTexts, "records" | "adopt" | "drop">;
  readonly marks: Pick<DeskMarks, "records" | "adopt" | "drop">;
  /** What a device is called has changed, or another one has said. */
  named(): void;
  /** Another device has made a sealed link, or taken one out of the list. */
  linked(): void;
  /** The same, of permits and files that came. */
  permitted(): void;
}

export class OwnDeskRecords implements OwnRecords {
  readonly #needs: OwnNeeds;

  constructor(needs: OwnNeeds) {
    this.#needs = needs;
  }

  async list(): Promise<ReadonlyMap<string, Content>> {
    const { platform, store, mail } = this.#needs;
    const found = new Map<string, Content>();
    for (const { record, store: kept } of await lookRooms(platform)) {
      found.set(ids.room(record.room), writeShared("room", record));
      for (const [guest, shelf] of await kept.shelves()) {
        const shared = { room: record.room, guest, ...shelf };
        found.set(ids.shelf(record.room, fromB64u(guest)), writeShared("shelf", shared));
      }
    }
    for (const person of await new PeopleStore(store.vault).all()) {
      found.set(idOf(person), writeShared("person", person));
    }
    const mailbox = await mail.shared();
    if (mailbox) found.set(ids.mailbox, writeShared("mailbox", mailbox));
    const about = await store.practitioner();
    if (about) found.set(ids.about, writeShared("about", about));
    for (const link of await this.#needs.links.all()) {
      found.set(ids.link(link.secret), writeShared("link", link));
    }
    for (const one of await this.#needs.permits.permits.all()) {
      found.set(ids.permit(one.secret), writeShared("permit", one));
    }
    for (const one of await this.#needs.permits.arrived.all()) {
      found.set(ids.arrived(one.id), writeShared("arrived", one));
    }
    for (const one of await this.#needs.issued.records()) {
      found.set(ids.issued(one.ticket), writeShared("issued", one));
    }
    for (const one of await this.#needs.marks.records()) {
      found.set(ids.marks(one.secret), writeShared("marks", one));
    }
    for (const [id, text] of await this.#needs.kept.records()) found.set(id, text);
    for (const device of await store.labelled()) {
      found.set(ids.device(device.device), writeShared("device", device));
    }
    for (const one of this.#needs.helped.list.peek()) {
      found.set(ids.helped(one), writeShared("helped", one));
    }
    for (const place of await this.#needs.ways.places()) {
      found.set(ids.way(place), writeShared("way", { place }));
    }
    return found;
  }

  async apply({ id, kind, data }: Parameters<OwnRecords["apply"]>[0]): Promise<void> {
    const { kept } = this.#needs;
    if (isKept(kind)) return await (data === null ? kept.drop(id) : kept.adopt(id, { kind, data }));
    if (!isShared(kind)) return;
    if (data === null) await this.#erased(id, kind);
    else await this.#changed(id, kind, data);
  }

  merges(kind: string): boolean {
    return kind === "person";
  }

  async #erased(id: string, kind: string): Promise<void> {
    const { store, forgetRoom, helped, links, linked, people, ways, issued, marks } = this.#needs;
    if (kind === "person") await people.adopt(id, undefined);
    if (kind === "room") await forgetRoom(id);
    if (kind === "link") {
      const gone = (await links.all()).filter(({ secret }) => ids.link(secret) === id);
      for (const link of gone) await links.erase(link);
      linked();
    }
    if (kind === "permit" || kind === "arrived") await this.#erasedPermit(id, kind);
    if (kind === "issued") {
      const gone = (await issued.records()).filter(({ ticket }) => ids.issued(ticket) === id);
      for (const one of gone) await issued.drop(one);
    }
    if (kind === "marks") {
      const gone = (await marks.records()).filter(({ secret }) => ids.marks(secret) === id);
      for (const one of gone) await marks.drop(one);
    }
    if (kind === "helped") await helped.drop(id);
    if (kind === "way") {
      const closed = (await ways.places()).filter((place) => ids.way(place) === id);
      for (const place of closed) await ways.drop(place);
    }
    if (kind !== "device") return;
    const left = (await store.labelled()).filter(({ device }) => ids.device(device) !== id);
    await store.saveLabelled(left);
  }

  async #erasedPermit(id: string, kind: "permit" | "arrived"): Promise<void> {
    const { permits, arrived } = this.#needs.permits;
    if (kind === "permit") {
      const gone = (await permits.all()).filter(({ secret }) => ids.permit(secret) === id);
      for (const one of gone) await permits.erase(one);
    } else {
      const gone = (await arrived.all()).filter((one) => ids.arrived(one.id) === id);
      for (const one of gone) await arrived.erase(one);
    }
    this.#needs.permitted();
  }

  async #changed(id: string, kind: string, data: string): Promise<void> {
    const { store, mail, platform } = this.#needs;
    if (kind === "room") {
      const shared = readShared("room", data);
      if (shared.expires > platform.clock.now()) {
        await this.#needs.adoptRoom(fromB64u(id), shared);
      }
    } else if (kind === "shelf") await this.#needs.adoptShelf(readShared("shelf", data));
    else if (kind === "person") await this.#needs.people.adopt(id, readShared("person", data));
    else if (kind === "mailbox") await mail.adopt(readShared("mailbox", data));
    else if (kind === "helped") await this.#needs.helped.adopt(readShared("helped", data));
    else if (kind === "way") await this.#needs.ways.adopt(readShared("way", data).place);
    else if (kind === "permit" || kind === "arrived") {
      const { permits, arrived } = this.#needs.permits;
      if (kind === "permit") await permits.save(readShared("permit", data));
      else await arrived.save(readShared("arrived", data));
      this.#needs.permitted();
    } else if (kind === "issued") await this.#needs.issued.adopt(readShared("issued", data));
    else if (kind === "marks") await this.#needs.marks.adopt(readShared("marks", data));
    else if (kind === "about") await this.#needs.adoptAbout(readShared("about", data));
    else if (kind === "link") {
      await this.#needs.links.save(readShared("link", data));
      this.#needs.linked();
    } else {
      const device = readShared("device", data);
      const others = (await store.labelled()).filter(
        (one) => b64u(one.device) !== b64u(device.device),
      );
      await store.saveLabelled([...others, device]);
      this.#needs.named();
    }
  }
}
