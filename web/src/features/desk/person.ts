/** Somebody whom the practice has seen, and who can be written to when the room is over. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { fromB64u } from "../../sealing/encoding.ts";
import { readEnvelope } from "../../sealing/envelope.ts";
import { readObject } from "../../sealing/signed.ts";
import type { DocumentLine } from "../consult/call.ts";
import { createParcels } from "../consult/late-parcels.ts";
import { mergePapers } from "../consult/merge.ts";
import type { ParcelNeeds, Parcels } from "../consult/parcels.ts";
import { Shelf } from "../consult/shelf.ts";
import type { Issued } from "../dispensing/issued.ts";
import { post } from "../mail/letters.ts";
import type { Platform } from "../ports.ts";
import type { Problem } from "../problems.ts";
import type { Api } from "../rooms/api.ts";
import { registerVoucher } from "../rooms/vouchers.ts";
import type { PersonModel } from "./desk.ts";
import type { Credentials } from "./device.ts";
import { WAITS } from "./mail.ts";
import { idOf } from "./people-store.ts";
import type { PersonRecord } from "./person-record.ts";
import { supplyWith } from "./supply.ts";

export interface PersonNeeds {
  readonly platform: Platform;
  readonly api: Api;
  readonly credentials: Credentials;
  readonly issued: Pick<Issued, "issue">;
  /** Durable when it resolves. */
  save(person: PersonRecord): Promise<void>;
}

type About = Omit<PersonRecord, "address" | "papers">;

export class Person implements PersonModel {
  readonly id: string;
  readonly name: ReadonlySignal<string>;
  readonly seen: ReadonlySignal<number>;
  readonly documents: ReadonlySignal<readonly DocumentLine[]>;
  readonly guest: ReadonlySignal<string>;
  readonly problem: ReadonlySignal<Problem | null>;
  readonly call: PersonModel["call"];
  readonly shelf: Shelf;
  readonly #about: Signal<About>;
  #wake = (): void => undefined;

  constructor(record: PersonRecord, needs: PersonNeeds) {
    const { platform, api } = needs;
    const { address, papers, ...about } = record;
    this.id = idOf(record);
    this.#about = signal(about);
    this.name = computed(() => this.#about.value.name);
    this.seen = computed(() => this.#about.value.seen);
    this.guest = computed(() => this.#about.value.guest);
    const looked = new Promise<void>((done) => {
      this.#wake = done;
    });
    this.shelf = new Shelf({
      record: { papers, address },
      clock: platform.clock,
      random: platform.random,
      parcels: parcelsFor(needs, () => this.#about.peek(), looked),
      post: (to, content) => post({ api, random: platform.random }, to, content),
      pay: (bytes) => supplyWith(needs, bytes),
      save: (kept) =>
        needs.save({
          ...this.#about.peek(),
          address: kept.address ?? address,
          papers: kept.papers,
        }),
    });
    this.documents = this.shelf.documents;
    this.problem = this.shelf.problem;
    this.call = {
      who: computed(() => ({ name: this.name.value })),
      sendDocument: (...given) => this.shelf.send(...given),
    };
    this.shelf.start();
  }

  get about(): About {
    return this.#about.peek();
  }

  readonly look = (): void => this.#wake();

  /** What is newer of another consult, or another device; it is stored when this resolves. */
  async take({ address, papers, ...about }: PersonRecord): Promise<void> {
    const before = this.#about.peek();
    const newest = about.seen >= before.seen ? about : before;
    this.#about.value = { ...newest, told: Math.max(about.told, before.told) };
    await this.shelf.adopt({ papers, address }, mergePapers);
  }

  /** They know the practice's mailbox that was made then. */
  async told(since: number): Promise<void> {
    if (this.about.told >= since) return;
    this.#about.value = { ...this.about, told: since };
    if (this.shelf.address) this.shelf.addressed(this.shelf.address);
    await this.shelf.saved();
  }
}

/**
 * A letter waits longer than what a practice stores for itself, so that what it names is paid for
 * until then. An own document is opened by what its envelope says, since it may be of an earlier
 * consult, and not before somebody looks.
 */
function parcelsFor(
  { platform, api, credentials, issued }: PersonNeeds,
  about: () => About,
  looked: Promise<void>,
): Parcels {
  const { random, clock } = platform;
  const { device, certificate, identity, second } = credentials;
  const between = (room: Uint8Array, peer: Uint8Array): Parcels => {
    const pay: ParcelNeeds["pay"] = async (bytes) =>
      (await registerVoucher({ api, random, clock, device }, bytes, WAITS)).voucher;
    const signed = { signer: device, certificate, second, self: identity };
    const { issue } = issued;
    return createParcels({ api, random, room, peer, pay, issue, ...signed });
  };
  const newest = (): Parcels => between(about().room, fromB64u(about().guest));
  return {
    sealPhoto: (bytes) => newest().sealPhoto(bytes),
    openPhoto: (message) => newest().openPhoto(message),
    sealDocument: (...document) => newest().sealDocument(...document),
    openDocument: async (mail, mine) => {
      await looked;
      const said = readObject("envelope", fromB64u(mail.envelope));
      const { room, to } = readEnvelope(said.payload);
      return await between(room, to).openDocument(mail, mine);
    },
  };
}
