/**
 * The people seen: whoever keeps documents has an address that outlives the consult, and stays on
 * the desk with it. Of everybody else nothing is known once their room is over.
 */
import { signal } from "@preact/signals";
import { b64u } from "../../sealing/encoding.ts";
import { type Mail, writeMail } from "../../sealing/mail.ts";
import { type PracticeAddress, signPracticeMoved } from "../../sealing/practice-moved.ts";
import { toBytes } from "../../sealing/store.ts";
import { mergePapers } from "../consult/merge.ts";
import { lineOf, type ShelfRecord } from "../consult/papers.ts";
import type { Address } from "../mail/address.ts";
import { post } from "../mail/letters.ts";
import type { PeopleModel } from "./desk.ts";
import { DESK_LIMITS } from "./limits.ts";
import { hasSent } from "./mail.ts";
import { idOf, type PeopleStore } from "./people-store.ts";
import { Person, type PersonNeeds } from "./person.ts";
import type { PersonRecord } from "./person-record.ts";
import { NAME } from "./shared-forms.ts";

/** So few papers fit, whatever they are. */
const FEW = 20;

/** Somebody in a consult. */
interface Seen {
  readonly room: Uint8Array;
  /** base64url of the guest key. */
  readonly guest: string;
  readonly name: string;
}

export interface PeopleNeeds extends Omit<PersonNeeds, "save"> {
  readonly store: Pick<PeopleStore, "all" | "save" | "erase">;
  /** Where the practice can be written to; undefined until there is a mailbox. */
  address(): Promise<PracticeAddress | undefined>;
  /** There is something that the practice's other devices want to know. */
  changed(): void;
}

/** Before those who could not be told of a new mailbox are tried again. */
const PAUSE = 60_000;

export class People implements PeopleModel {
  readonly list: PeopleModel["list"];
  readonly full = signal(false);
  readonly #needs: PeopleNeeds;
  readonly #people = signal<readonly Person[]>([]);
  /** Which of the practice's mailboxes somebody was told of in a consult, by guest key. */
  readonly #said = new Map<string, number>();
  #running = false;
  /** One thing at a time. */
  #queue: Promise<unknown> = Promise.resolve();
  #cancel = (): void => undefined;

  constructor(needs: PeopleNeeds) {
    this.#needs = needs;
    this.list = this.#people;
  }

  /** Takes up who is stored, and tells those who do not know it where the practice is. */
  start(): Promise<void> {
    return this.#step(async () => {
      const known = await this.#needs.store.all();
      this.#running = true;
      this.#show(known.map((record) => this.#person(record)));
      await this.#trim();
    }).then(() => void this.tell());
  }

  async close(): Promise<void> {
    this.#cancel();
    this.#running = false;
    for (const person of this.#people.peek()) await person.shelf.close();
  }

  /**
   * What the consult has of somebody was stored: who keeps documents is remembered with it. What
   * could not be sent yet stays with the consult.
   */
  met({ room, guest, name }: Seen, { address, papers }: ShelfRecord): Promise<void> {
    if (!address?.lasts) return Promise.resolve();
    const sent = papers.filter(({ mine, posted }) => mine && posted);
    return this.#step(async () => {
      const before = this.#people.peek().find(({ about }) => about.guest === guest);
      const known = this.#find(idOf({ address })) ?? before;
      // Kept from the first time in that consult, so that nothing is written without need.
      const seen = before?.about.seen ?? this.#needs.platform.clock.now();
      const called = shortened(name) || (known?.about.name ?? "");
      const told = Math.max(this.#said.get(guest) ?? 0, known?.about.told ?? 0);
      await this.#take({ name: called, seen, room, guest, address, told, papers: sent });
      // They have moved to another mailbox within the consult.
      if (before && before.id !== idOf({ address })) await this.#erase(before.id);
      await this.#trim();
    });
  }

  /** Somebody was told in a consult which mailbox of the practice it is. */
  said(guest: string, since: number): Promise<void> {
    this.#said.set(guest, since);
    return this.#step(async () => {
      await this.#people
        .peek()
        .find(({ about }) => about.guest === guest)
        ?.told(since);
    });
  }

  /** Where somebody can be written to; null where they are forgotten. */
  addressOf(id: string): Address | null {
    return this.#find(id)?.shelf.address ?? null;
  }

  /** What a patient's device says about a document that was sent to one of them. */
  async takeMail(mail: Mail, content: Uint8Array): Promise<void> {
    if (mail.t !== "delivered" && mail.t !== "opened") return;
    const person = this.#people.peek().find(({ shelf }) => hasSent(shelf, mail.document));
    await person?.shelf.take(mail, content);
  }

  readonly forget = (id: string): Promise<void> =>
    this.#step(async () => {
      await this.#erase(id);
      this.#needs.changed();
    });

  /** Another device has this of somebody; undefined: it has forgotten them. */
  adopt(id: string, record: PersonRecord | undefined): Promise<void> {
    return this.#step(async () => {
      if (record) await this.#take(record);
      else await this.#erase(id);
      await this.#trim();
    });
  }

  /** Writes to everybody who does not know the practice's mailbox; where that fails, again later. */
  readonly tell = (): Promise<void> => {
    this.#cancel();
    return this.#step(async () => {
      const address = this.#running ? await this.#needs.address() : undefined;
      if (!address) return;
      const late = this.#people.peek().filter(({ about }) => about.told < address.since);
      const told = await Promise.all(late.map((person) => this.#tell(person, address)));
      if (told.includes(false)) this.#again();
    });
  };

  #again(): void {
    if (!this.#running) return;
    this.#cancel = this.#needs.platform.clock.after(PAUSE, () => void this.tell());
  }

  async #tell(person: Person, address: PracticeAddress): Promise<boolean> {
    const { api, platform, credentials } = this.#needs;
    const to = person.shelf.address;
    if (!to) return true;
    try {
      const said = await signPracticeMoved(to.mailbox, address, credentials);
      const mail = writeMail({ t: "moved", address: b64u(said) });
      await post({ api, random: platform.random }, to, mail);
      await person.told(address.since);
      return true;
    } catch {
      return false;
    }
  }

  #step<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(act);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #find(id: string): Person | undefined {
    return this.#people.peek().find((person) => person.id === id);
  }

  #show(people: readonly Person[]): void {
    this.#people.value = [...people].sort((one, other) => other.about.seen - one.about.seen);
    this.full.value = people.length >= DESK_LIMITS.people;
  }

  #person(record: PersonRecord): Person {
    return new Person(record, { ...this.#needs, save: (person) => this.#save(person) });
  }

  async #save(person: PersonRecord): Promise<void> {
    await this.#needs.store.save(person);
    this.#needs.changed();
  }

  async #take(record: PersonRecord): Promise<void> {
    if (!this.#running) return await this.#rest(record);
    const known = this.#find(idOf(record));
    if (known) await known.take(record);
    else {
      await this.#save(record);
      this.#show([...this.#people.peek(), this.#person(record)]);
      return;
    }
    this.#show(this.#people.peek());
  }

  /** Before any is shown. */
  async #rest(record: PersonRecord): Promise<void> {
    const { store } = this.#needs;
    const before = (await store.all()).find((one) => idOf(one) === idOf(record));
    if (!before) return await store.save(record);
    const theirs = new Map(record.papers.map((paper) => [paper.mail, paper]));
    const papers = before.papers.map((paper) => {
      const other = theirs.get(paper.mail);
      theirs.delete(paper.mail);
      return other ? mergePapers(paper, other) : paper;
    });
    const newest = record.seen >= before.seen ? record : before;
    const told = Math.max(record.told, before.told);
    await store.save({ ...newest, told, papers: [...papers, ...theirs.values()] });
  }

  async #erase(id: string): Promise<void> {
    const person = this.#find(id);
    this.#show(this.#people.peek().filter((one) => one !== person));
    // What is being stored must not come back after it was erased.
    await person?.shelf.over();
    await this.#needs.store.erase(id);
  }

  /** Keeps to the limits: who was seen longest ago goes, and what was sent longest ago. */
  async #trim(): Promise<void> {
    for (const { id } of this.#people.peek().slice(DESK_LIMITS.people)) await this.#erase(id);
    const lines = this.#people.peek().flatMap(({ documents }) => documents.peek());
    if (lines.length <= FEW) return;
    const sizes = await this.#sizes();
    let bytes = 0;
    const newest = lines.sort((one, other) => other.at.localeCompare(one.at));
    const old = new Set<string>();
    for (const [at, { id }] of newest.entries()) {
      bytes += sizes.get(id) ?? 0;
      if (at >= DESK_LIMITS.papers || bytes > DESK_LIMITS.paperBytes) old.add(id);
    }
    if (old.size === 0) return;
    for (const person of this.#people.peek()) {
      if (person.documents.peek().some(({ id }) => old.has(id))) await this.#shorten(person, old);
    }
  }

  /** How many bytes each paper takes in the practice's vault, about. */
  async #sizes(): Promise<ReadonlyMap<string, number>> {
    const papers = (await this.#needs.store.all()).flatMap((record) => record.papers);
    return new Map(papers.map((paper) => [lineOf(paper)?.mail.id ?? "", toBytes(paper).length]));
  }

  /** Begins somebody anew without what is old; while something is on its way to them, another time. */
  async #shorten(person: Person, old: ReadonlySet<string>): Promise<void> {
    if (person.documents.peek().some(({ state }) => state === "sending")) return;
    await person.shelf.close();
    const rest = (await this.#needs.store.all()).find((record) => idOf(record) === person.id);
    if (!rest) return;
    const papers = rest.papers.filter((paper) => !old.has(lineOf(paper)?.mail.id ?? ""));
    const shorter = { ...rest, papers };
    await this.#save(shorter);
    const others = this.#people.peek().filter((one) => one !== person);
    this.#show([...others, this.#person(shorter)]);
  }
}

/** No character is cut in half. */
const shortened = (name: string): string => name.slice(0, NAME).replace(/\p{Cs}/gu, "");
