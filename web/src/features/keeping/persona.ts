/**
 * What a person keeps of one practice: a vault and a mailbox that have nothing in common with those
 * of another, asked for and watched on a connection of their own.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { requireInForce } from "../../sealing/device-list.ts";
import { b64u, concat, fromB64u, same, utf8 } from "../../sealing/encoding.ts";
import { readEnvelope } from "../../sealing/envelope.ts";
import { require, SealError } from "../../sealing/errors.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { type Mail, writeMail } from "../../sealing/mail.ts";
import { padme } from "../../sealing/padme.ts";
import { readPracticeMoved } from "../../sealing/practice-moved.ts";
import { readObject } from "../../sealing/signed.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { type VaultRecord, vaultKey } from "../../sealing/vault.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { OpenedDocument } from "../consult/call.ts";
import type { Paid } from "../consult/paid.ts";
import { sealedParts } from "../consult/sealed-parts.ts";
import type { Address, MailboxKeys } from "../mail/address.ts";
import { Inbox } from "../mail/inbox.ts";
import { post } from "../mail/letters.ts";
import { deleteMailbox, readAfter } from "../mail/mailboxes.ts";
import type { Platform, Vault } from "../ports.ts";
import { fetchRecord, type KeptRecord, readKept } from "../practitioners/records.ts";
import { Api } from "../rooms/api.ts";
import { RoomConnection } from "../rooms/connection.ts";
import { changed, SharedVault } from "../vault/shared.ts";
import { renewKept } from "./lasting.ts";
import { filled, Purse, vouchersIn, without } from "./purse.ts";
import { type Data, dataOf, type Found, idFor, recordsOf, visitId } from "./records.ts";
import { deleteKept, fetchKept, type Kept, openedOf, sealKept, storeKept } from "./stored.ts";

type DocumentMail = Extract<Mail, { t: "document" }>;
type FilesMail = Extract<Mail, { t: "files" }>;
type Stored = Data<"document">;

/** Files that are listed: the newest. */
const MOST_FILES = 100;

/** In a consult: shows a letter there, where it is said that it came. */
export type Show = (mail: Mail, content: Uint8Array) => Promise<void>;

export interface PersonaNeeds {
  readonly platform: Platform;
  /** Where it rests on this device what was seen. */
  readonly rest: Vault;
  /** The key that the server signs with. */
  readonly server: Uint8Array;
}

/** A connection, and requests, that nothing else goes over. */
export function lineTo({ clock, random, dial, http, address }: Platform) {
  const { origin } = address;
  return {
    api: new Api({ http, clock, random, origin }),
    rooms: new RoomConnection({ clock, random, dial, origin }),
  };
}

export class Persona {
  readonly about: Data<"persona">;
  readonly documents: ReadonlySignal<readonly Found<"document">[]>;
  readonly files: ReadonlySignal<readonly Found<"files">[]>;
  /** A letter that was refused: its code, and when it came. */
  readonly refused = signal<string | null>(null);
  readonly vault: SharedVault;
  readonly purse: Purse;
  readonly api: Api;
  readonly #needs: PersonaNeeds;
  readonly #rooms: RoomConnection;
  readonly #name: string;
  #first: Paid[] = [];
  #inbox: Inbox | undefined;
  #show: Show | undefined;

  constructor(about: Data<"persona">, needs: PersonaNeeds) {
    this.about = about;
    this.#needs = needs;
    const { platform, rest, server } = needs;
    const { api, rooms } = lineTo(platform);
    this.api = api;
    this.#rooms = rooms;
    const key = vaultKey(about.vault);
    this.#name = `persona:${b64u(key.place)}`;
    this.purse = new Purse(platform.clock);
    const pay: Purse["pay"] = async (bytes, records) => {
      const first = this.#first.shift();
      return first ? { voucher: first.voucher } : await this.purse.pay(bytes, records);
    };
    this.vault = new SharedVault({
      platform,
      api,
      rooms,
      rest,
      name: this.#name,
      key,
      server,
      pay,
    });
    this.documents = computed(() => newestFirst(this.vault.records.value, "document"));
    this.files = computed(() => newestFirst(this.vault.records.value, "files"));
  }

  /** Makes the vault; `first` pays for it, before there is one that vouchers lie in. */
  async make(records: readonly VaultRecord[], first: readonly Paid[]): Promise<void> {
    this.#first = [...first];
    await this.vault.create(records);
    this.#first = [];
  }

  /** Reads the vault, follows it, and takes what lies in the mailbox. Rejects as the vault does. */
  async start(show?: Show): Promise<void> {
    this.#show = show;
    this.vault.start();
    await this.vault.open();
    await this.#listen();
    const { platform, rest } = this.#needs;
    void renewKept({ ...this, clock: platform.clock, rest, name: this.#name });
  }

  close(): void {
    this.vault.close();
    this.#inbox?.close();
    this.#inbox = undefined;
    this.#rooms.close();
  }

  /** Where the practice can write to. */
  get address(): Address | null {
    const keys = this.#mailbox();
    if (!keys) return null;
    return {
      mailbox: keys.id,
      append: keys.append,
      seal: kemPublic(keys.seal),
      lasts: true,
    };
  }

  /**
   * Documents of another visit are taken too; `to` is where the practice can be written to, from now
   * on about those of every visit.
   */
  async visit(visit: Data<"visit">): Promise<void> {
    const all = (): readonly Data<"visit">[] => {
      const known = recordsOf(this.vault.records.peek(), "visit").map(({ data }) => data);
      const others = known.filter((one) => visitId(one) !== visitId(visit));
      return [visit, ...others.map((one) => ({ ...one, to: visit.to ?? one.to }))];
    };
    await this.#write(all);
  }

  async #write(visits: () => readonly Data<"visit">[]): Promise<void> {
    const news = (records: readonly VaultRecord[]): readonly VaultRecord[] =>
      visits().flatMap((visit) => {
        const [id, data] = [visitId(visit), dataOf("visit", visit)];
        const known = records.some((one) => one.id === id && one.data === data);
        return known ? [] : [changed(records, { id, kind: "visit", data })];
      });
    if (news(this.vault.records.peek()).length > 0) await this.vault.change(news);
  }

  /**
   * The practice says that it has another mailbox: by a device that is in force, and later than what
   * is known. Refuses with a SealError; what nobody can be asked about changes nothing.
   */
  async moved(said: Uint8Array): Promise<void> {
    const { practice } = this.about;
    const reader = this.#mailbox()?.id ?? new Uint8Array();
    const { address, certificate } = readPracticeMoved(said, reader);
    require(same(certificate.identity, practice), "wrong_host", "another practice");
    const record = await this.#papers();
    if (!record) return;
    requireInForce(readKept(practice, record).devices, certificate);
    const visits = (): readonly Data<"visit">[] =>
      recordsOf(this.vault.records.peek(), "visit").map(({ data }) => data);
    const known = Math.max(0, ...visits().map(({ to }) => to?.since ?? 0));
    require(address.since > known, "replayed", "said before");
    await this.#write(() => visits().map((visit) => ({ ...visit, to: address })));
  }

  /** How many vouchers are left. */
  get left(): number {
    return vouchersIn(this.vault.records.peek()).length;
  }

  /** Whether what a visit brought was put away here; `id` as in `supplyId`. */
  isSupplied(id: string): boolean {
    return this.vault.records.peek().some((one) => one.id === id);
  }

  /** Puts away what a visit brought, once. */
  refill(id: string, supply: readonly Paid[]): Promise<void> {
    return this.vault.change((records) => filled(records, id, supply));
  }

  /**
   * Keeps a document that came: it is in the vault when this resolves. Refuses with a SealError what
   * does not hold; rejects as `Api.request` does.
   */
  async keep(mail: DocumentMail): Promise<void> {
    const id = idFor(fromB64u(mail.id));
    if (this.vault.records.peek().some((one) => one.id === id)) return;
    const { opened, record } = await this.#open(mail);
    const proof = {
      statement: fromB64u(mail.statement),
      receipt: fromB64u(mail.receipt ?? ""),
      record: record?.record ?? new Uint8Array(),
      server: record?.server ?? new Uint8Array(),
      registrar: record?.registrar ?? new Uint8Array(),
    };
    const parts = opened.parts.map(({ bytes }) => bytes);
    const ticket = opened.ticket ? { ticket: opened.ticket } : {};
    const about = { kind: opened.kind, name: shortened(opened.author.name), ...ticket };
    await this.store(mail.id, mail.at, about, { proof, parts }, mail.vouchers);
  }

  /** Keeps that files came: it is in the vault when this resolves. Rejects as the vault does. */
  async keepFiles({
    id,
    at,
    link,
    code,
    name,
    size,
    until,
    vouchers = [],
  }: FilesMail): Promise<void> {
    const record = idFor(fromB64u(id));
    const known = this.vault.records.peek().some((one) => one.id === record);
    if (known || Date.parse(until) <= this.#needs.platform.clock.now()) return;
    const data = { id, at, link: fromB64u(link), code: fromB64u(code), name, size, until };
    // One pays for this change, where nothing else does.
    const [first, ...rest] = vouchers;
    this.#first = first ? [first] : [];
    await this.vault.change((records) => [
      changed(records, { id: record, kind: "files", data: dataOf("files", data) }),
      ...newestFirst(records, "files")
        .slice(MOST_FILES - 1)
        .map((old) => changed(records, { id: old.id, kind: "files", data: null })),
      ...this.#bringing(records, id, rest),
    ]);
    this.#first = [];
  }

  /** Takes files out of the list. Rejects as the vault does. */
  forgetFiles(id: string): Promise<void> {
    return this.vault.change((records) => [changed(records, { id, kind: "files", data: null })]);
  }

  /** Puts a document into the vault: `document` is its id, `at` when it was sent. */
  async store(
    document: string,
    at: string,
    about: Pick<Stored, "kind" | "name" | "ticket">,
    kept: Kept,
    brought: readonly Paid[] = [],
  ): Promise<void> {
    const { rest } = this.#needs;
    const id = idFor(fromB64u(document));
    const pending = `stored:${id}`;
    const before = await rest.load(pending);
    const stored: Stored = before
      ? fromBytes<Stored>(before)
      : { document, at, ...about, ...(await this.#upload(kept, brought)) };
    // What was paid for once is not put up again after a lost answer.
    await rest.save(pending, toBytes(stored));
    const left = brought.filter(({ bytes }) => bytes < padme(stored.length));
    await this.vault.change((records) => [
      ...(records.some((one) => one.id === id)
        ? []
        : [changed(records, { id, kind: "document", data: dataOf("document", stored) })]),
      ...this.#bringing(records, document, left),
    ]);
    await rest.erase(pending);
  }

  /** Fetches what is kept, and checks it. Refuses with a SealError; rejects as `Api.request` does. */
  async open(stored: Stored): Promise<OpenedDocument> {
    const { authorship, parts } = await fetchKept(this.api, stored);
    const opened = openedOf(authorship, parts);
    return stored.ticket ? { ...opened, ticket: stored.ticket } : opened;
  }

  /** Everything that is kept, one after the other, for an export. */
  async *all() {
    for (const { data } of [...this.documents.peek()].reverse()) {
      yield { stored: data, ...(await fetchKept(this.api, data)) };
    }
  }

  /** Takes what lies in the mailbox, then erases that: what is kept is all that there will be. */
  async endMailbox(): Promise<void> {
    const keys = this.#mailbox();
    if (!keys || (await isGone(readAfter(this.api, keys, 0)))) return;
    if (!(await this.#inbox?.empty())) throw new Error("a letter could not be taken for now");
    this.#inbox?.close();
    await deleteMailbox(this.api, keys).catch(unlessGone);
  }

  /** Erases the vault, but nothing of what it names: that goes on in another one. */
  async leave(): Promise<void> {
    await this.vault.erase();
    await this.#needs.rest.erase(`${this.#name}:taken`);
    await this.#needs.rest.erase(`${this.#name}:renewal`);
    this.close();
  }

  /** Erases everything at the server; tells the ids of what is gone. */
  async erase(told: (what: "document" | "mailbox" | "vault", id: string) => void): Promise<void> {
    this.#inbox?.close();
    for (const { data } of this.documents.peek()) {
      await deleteKept(this.api, data).catch(unlessGone);
      told("document", data.blob);
    }
    const keys = this.#mailbox();
    if (keys) {
      await deleteMailbox(this.api, keys).catch(unlessGone);
      told("mailbox", b64u(keys.id));
    }
    await this.leave();
    told("vault", b64u(vaultKey(this.about.vault).place));
  }

  #mailbox(): MailboxKeys | null {
    const [found] = recordsOf(this.vault.records.peek(), "mailbox");
    if (!found) return null;
    const { id, owner, append, seal } = found.data;
    return { id, owner: seedSigner(owner), append, seal };
  }

  async #listen(): Promise<void> {
    const keys = this.#mailbox();
    if (!keys || this.#inbox) return;
    const { platform, rest } = this.#needs;
    const name = `${this.#name}:taken`;
    const taken = await rest.load(name);
    this.#inbox = new Inbox({
      api: this.api,
      clock: platform.clock,
      rooms: this.#rooms,
      keys,
      taken: taken ? fromBytes<{ taken: number }>(taken).taken : 0,
      take: (mail, content) => this.#take(mail, content),
      save: (number) => rest.save(name, toBytes({ taken: number })),
    });
    this.#inbox.start();
  }

  /** Erased from the mailbox once this resolves: a document rests in the vault then, or is refused. */
  async #take(mail: Mail, content: Uint8Array): Promise<void> {
    if (mail.t === "moved") {
      await this.moved(fromB64u(mail.address)).catch(unlessRefused);
      return;
    }
    if (mail.t === "files") return await this.keepFiles(mail);
    if (mail.t !== "document") return;
    let verified = true;
    try {
      await this.keep(mail);
    } catch (error) {
      if (error instanceof Late) {
        // Those behind it must not wait for it. The practice does not hear that it was delivered.
        this.refused.value = "kept_late";
        return;
      }
      if (!(error instanceof SealError)) throw error;
      verified = false;
      this.refused.value = error.code;
    }
    if (this.#show) await this.#show(mail, content);
    else await this.#tell(mail, verified);
  }

  /** Where that fails the practice sees the document as sent, no more. */
  async #tell(mail: DocumentMail, verified: boolean): Promise<void> {
    const { random } = this.#needs.platform;
    const to = this.#visitOf(mail)?.to;
    if (!to) return;
    const said = writeMail({ t: "delivered", document: mail.id, verified });
    await post({ api: this.api, random }, to, said).catch(() => undefined);
  }

  #visitOf(mail: DocumentMail): Data<"visit"> | undefined {
    const { to, room } = readEnvelope(readObject("envelope", fromB64u(mail.envelope)).payload);
    return recordsOf(this.vault.records.peek(), "visit")
      .map(({ data }) => data)
      .find((visit) => same(visit.room, room) && same(visit.guest, to));
  }

  async #open(mail: DocumentMail) {
    const { practice } = this.about;
    const { random } = this.#needs.platform;
    const visit = this.#visitOf(mail);
    require(visit !== undefined, "wrong_recipient", "for a visit that is none of ours");
    const record = await this.#papers();
    const parcels = sealedParts({
      api: this.api,
      random,
      room: visit.room,
      // Nothing is sent from here.
      signer: seedSigner(random(32)),
      self: visit.guest,
      peer: practice,
      judge: async () => record && { record: readKept(practice, record), server: record.server },
    });
    try {
      return { opened: await parcels.openDocument(mail, false), record };
    } catch (error) {
      throw isNotThere(error) ? new Late("what it names is gone") : error;
    }
  }

  /** The practice's newest papers; none where the server shows none. Refuses with a SealError. */
  async #papers(): Promise<KeptRecord | undefined> {
    const { rest } = this.#needs;
    const name = `papers:${b64u(this.about.practice)}`;
    const bytes = await rest.load(name);
    const last = bytes && fromBytes<KeptRecord>(bytes);
    try {
      const record = await fetchRecord(this.api, this.about.practice, last);
      await rest.save(name, toBytes(record));
      return record;
    } catch (error) {
      if (isNotThere(error)) return last;
      throw error;
    }
  }

  async #upload(kept: Kept, brought: readonly Paid[]) {
    const { random } = this.#needs.platform;
    const sealed = await sealKept(kept, random);
    const wanted = padme(sealed.bytes.length);
    for (const { voucher } of brought.filter(({ bytes }) => bytes >= wanted)) {
      try {
        return await storeKept(this.api, random, sealed, voucher);
      } catch (error) {
        if (!isSpent(error)) throw error;
      }
    }
    for (;;) {
      const { voucher } = await this.purse.pay(wanted, this.vault.records.peek());
      try {
        const stored = await storeKept(this.api, random, sealed, voucher);
        await this.vault.change((records) => without(records, [voucher]));
        return stored;
      } catch (error) {
        if (!isSpent(error)) throw error;
      }
    }
  }

  /** What came with a document and was not needed for it. */
  #bringing(
    records: readonly VaultRecord[],
    document: string,
    vouchers: readonly Paid[],
  ): readonly VaultRecord[] {
    const id = idFor(concat(utf8("vouchers"), fromB64u(document)));
    return vouchers.length === 0 ? [] : filled(records, id, vouchers);
  }
}

function newestFirst<K extends "document" | "files">(
  records: readonly VaultRecord[],
  kind: K,
): readonly Found<K>[] {
  const at = ({ data }: Found<K>): string => data.at;
  return [...recordsOf(records, kind)].sort((one, other) => at(other).localeCompare(at(one)));
}

const isSpent = (error: unknown): boolean =>
  error instanceof ProtocolError && ["bad_voucher", "already_exists"].includes(error.code);

const isGone = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => false,
    (error: unknown) => {
      unlessGone(error);
      return true;
    },
  );
/** Whoever knows the address could have written it. */
const unlessRefused = (error: unknown): void => {
  if (!(error instanceof SealError)) throw error;
};

const isNotThere = (error: unknown): boolean =>
  error instanceof ProtocolError && error.code === "not_found";

const unlessGone = (error: unknown): void => {
  if (!isNotThere(error)) throw error;
};

/** A letter waits longer than what it names does, or its sender has taken that back. */
class Late extends Error {}

/** No character is cut in half. */
export const shortened = (name: string, longest = 120): string =>
  name.slice(0, longest).replace(/\p{Cs}/gu, "");
