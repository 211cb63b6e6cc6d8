/** The permits of a practice, as its desk shows them: made, withdrawn, and what came with them. */
import { batch, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { fields, fromB64u, same } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import { hash } from "../../sealing/kdf.ts";
import type { Mail } from "../../sealing/mail.ts";
import { makePermit, practiceOf } from "../../sealing/permit.ts";
import type { Destination } from "../../sealing/permit-papers.ts";
import { linkWords, makeSealedLink } from "../../sealing/sealed-link.ts";
import { CannotSignTwice } from "../desk/device.ts";
import { inert } from "../inert.ts";
import type { Sender } from "../links/making.ts";
import type { Platform } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { type SheetLanguage, wordListOf } from "../recovery/words.ts";
import type { Api } from "../rooms/api.ts";
import type { Allowed, Arrived, ArrivedLine, PermitLine, PermitsModel } from "./model.ts";
import {
  type ArrivedRecord,
  idOfPermit,
  LABEL,
  MOST_PERMITS,
  type PermitRecord,
  type PermitStore,
} from "./record.ts";

/** How long one that is over stays in the list: milliseconds. */
const STAYS = 30 * 24 * 3600_000;

export type FilesMail = Extract<Mail, { readonly t: "files" }>;

export interface PermitsNeeds {
  readonly platform: Pick<Platform, "clock" | "random" | "address">;
  readonly api: Api;
  readonly store: PermitStore;
  readonly credentials: { readonly identity: Uint8Array };
  readonly mail: {
    /** Where whoever has a permit writes to; `anew`: whoever had one before writes no more. */
    permits(anew?: "anew"): Promise<Destination>;
  };
  /** Who signs, with the papers of now. Rejects as `fetchRecord` does. */
  sender(): Promise<Sender>;
  /** Something was changed that the practice's other devices want to know. */
  changed(): void;
}

export class Permits implements PermitsModel {
  readonly list = signal<readonly PermitLine[]>([]);
  readonly arrived = signal<readonly ArrivedLine[]>([]);
  readonly problem = signal<Problem | null>(null);
  readonly #needs: PermitsNeeds;
  /** Those that the server says were used, though nothing has come. */
  readonly #begun = new Set<string>();
  /** One thing at a time. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(needs: PermitsNeeds) {
    this.#needs = needs;
  }

  readonly load = (): Promise<void> =>
    this.#step(async () => {
      const { store, platform, changed } = this.#needs;
      const now = platform.clock.now();
      const [permits, arrived] = [await store.permits.all(), await store.arrived.all()];
      const over = permits.filter(({ until }) => until + STAYS <= now);
      const ended = arrived.filter(({ until }) => until <= now);
      for (const one of over) await store.permits.erase(one);
      for (const one of ended) await this.#drop(one);
      if (over.length + ended.length > 0) changed();
      await this.show();
    });

  /** Shows what this device keeps; another device may have changed it. */
  async show(): Promise<void> {
    const { store, platform } = this.#needs;
    const [permits, arrived] = [await store.permits.all(), await store.arrived.all()];
    const came = new Set(arrived.map(({ permit }) => permit));
    const labels = new Map(permits.map((one) => [idOfPermit(one), one.label]));
    const byTime = (one: { created: number }, other: { created: number }): number =>
      other.created - one.created;
    batch(() => {
      this.list.value = [...permits].sort(byTime).map((one) => this.#line(one, came));
      this.arrived.value = [...arrived]
        .sort((one, other) => other.at - one.at)
        .map(({ id, name, size, at, until, link, permit, seen }) => {
          const label = permit === undefined ? null : (labels.get(permit) ?? null);
          const url = makeSealedLink(platform.address.origin, link);
          return { id, name: inert(name), size, at, until, label, seen, url };
        });
    });
  }

  readonly make = (label: string, allowed: Allowed): Promise<PermitLine | null> =>
    this.#step(async () => {
      const { api, platform, store, credentials, mail, sender, changed } = this.#needs;
      this.problem.value = null;
      try {
        const { registerPermit, putPapers } = await import("./making.ts");
        const [by, to] = [await sender(), await mail.permits()];
        const needs = { api, ...platform };
        const practice = practiceOf(credentials.identity);
        const permit = await registerPermit(needs, by, allowed, practice);
        const owner = platform.random(32);
        const record: PermitRecord = {
          secret: permit.secret,
          owner,
          label: inert(label, LABEL / 2),
          size: permit.size,
          links: permit.links,
          created: platform.clock.now(),
          until: permit.until * 1000,
          told: NOT_YET,
          state: "open",
        };
        // Kept first: what cannot be withdrawn must not exist.
        await store.permits.save(record);
        await putPapers(needs, by, permit, to, owner);
        await store.permits.save({ ...record, told: named(to) });
        changed();
        await this.show();
        return this.#line(record, new Set());
      } catch (error) {
        await this.show();
        this.#failed(error);
        return null;
      }
    });

  readonly bare = async (allowed: Allowed): Promise<string | null> => {
    const { api, platform, sender } = this.#needs;
    this.problem.value = null;
    try {
      const { registerPermit } = await import("./making.ts");
      const permit = await registerPermit({ api, ...platform }, await sender(), allowed, null);
      return makePermit(platform.address.origin, permit);
    } catch (error) {
      this.#failed(error);
      return null;
    }
  };

  readonly withdraw = (id: string): Promise<void> =>
    this.#step(async () => {
      const record = await this.#find(id);
      if (!record || record.state === "used") return;
      this.problem.value = null;
      try {
        if (await this.#withdrawn(record)) await this.#tend();
        else this.#begun.add(id);
      } catch (error) {
        this.#failed(error);
      }
      await this.show();
    });

  readonly forget = (id: string): Promise<void> =>
    this.#step(async () => {
      const record = await this.#find(id);
      if (!record) return;
      await this.#needs.store.permits.erase(record);
      this.#needs.changed();
      await this.show();
    });

  readonly open = (id: string): Promise<Arrived | null> =>
    this.#step(async () => {
      const { store, changed } = this.#needs;
      const record = (await store.arrived.all()).find((one) => one.id === id);
      if (!record) return null;
      if (!record.seen) {
        await store.arrived.save({ ...record, seen: true });
        changed();
        await this.show();
      }
      return { link: record.link, code: record.code };
    });

  readonly words = async (id: string, language: SheetLanguage): Promise<readonly string[]> => {
    const record = (await this.#needs.store.arrived.all()).find((one) => one.id === id);
    return record ? linkWords(record.link, record.code, await wordListOf(language)) : [];
  };

  readonly drop = (id: string): Promise<void> =>
    this.#step(async () => {
      const { store, changed } = this.#needs;
      const record = (await store.arrived.all()).find((one) => one.id === id);
      if (!record) return;
      await this.#drop(record);
      changed();
      await this.show();
    });

  /**
   * Takes a letter, and has stored it when it resolves: one for each permit that was not withdrawn, and
   * of what names none that is known here no more than a list holds.
   */
  take(mail: FilesMail): Promise<void> {
    return this.#step(async () => {
      const { store, platform, changed } = this.#needs;
      const before = await store.arrived.all();
      if (before.some(({ id }) => id === mail.id)) return;
      const arrived = arrivedOf(mail);
      if (arrived.until <= platform.clock.now()) return;
      const permit = mail.permit === undefined ? undefined : await this.#find(mail.permit);
      if (permit) {
        const came = before.some((one) => one.permit === mail.permit);
        if (came || permit.state !== "open") return;
      } else if (before.length >= MOST_PERMITS) return;
      await store.arrived.save(arrived);
      changed();
      await this.show();
    });
  }

  /** Writes the papers anew that name another address than the practice has. Rejects as requests do. */
  readonly tend = (): Promise<void> => this.#step(() => this.#tend());

  async #tend(): Promise<void> {
    const { api, platform, store, mail, sender, changed } = this.#needs;
    const now = platform.clock.now();
    const current = (await store.permits.all()).filter(({ until }) => until > now);
    for (const record of current) if (record.state === "withdrawing") await this.#withdrawn(record);
    const came = new Set((await store.arrived.all()).map(({ permit }) => permit));
    const open = current.filter(
      (one) => one.told && one.state === "open" && !came.has(idOfPermit(one)),
    );
    if (open.length === 0) return;
    const to = await mail.permits();
    for (const record of open) {
      if (!record.told || same(record.told, named(to))) continue;
      const { putPapers } = await import("./making.ts");
      const permit = { secret: record.secret, until: record.until / 1000 };
      await putPapers({ api, ...platform }, await sender(), permit, to, record.owner);
      await store.permits.save({ ...record, told: named(to) });
      changed();
    }
  }

  /** False where it was used. */
  async #withdrawn(record: PermitRecord): Promise<boolean> {
    const { api, platform, store, mail, changed } = this.#needs;
    const { spend, clear } = await import("./withdrawing.ts");
    const needs = { api, random: platform.random };
    if (record.state === "open" && !(await spend(needs, record))) return false;
    // From here on its vouchers are gone whatever happens: done again it must not seem used.
    await store.permits.save({ ...record, state: "withdrawing" });
    await clear(needs, record);
    // Whoever had it knows where to write to.
    if (record.told) await mail.permits("anew");
    await store.permits.save({ ...record, state: "withdrawn" });
    changed();
    return true;
  }

  /** Its permit stays used: nothing more comes with it, and it is not handed out again. */
  async #drop(record: ArrivedRecord): Promise<void> {
    const { store } = this.#needs;
    const permit = record.permit === undefined ? undefined : await this.#find(record.permit);
    if (permit?.state === "open") await store.permits.save({ ...permit, state: "used" });
    await store.arrived.erase(record);
  }

  async #find(id: string): Promise<PermitRecord | undefined> {
    return (await this.#needs.store.permits.all()).find((one) => idOfPermit(one) === id);
  }

  #line(record: PermitRecord, came: ReadonlySet<string | undefined>): PermitLine {
    const { clock, address } = this.#needs.platform;
    const { secret, label, size, links, created, until, told, state } = record;
    const id = idOfPermit(record);
    const practice = told && practiceOf(this.#needs.credentials.identity);
    const permit = { secret, size, links, practice, until: Math.floor(until / 1000) };
    const url = makePermit(address.origin, permit);
    const unused = until <= clock.now() ? "expired" : this.#begun.has(id) ? "begun" : "unused";
    const used = state === "used" || (state === "open" && came.has(id));
    const open = state === "open" ? unused : "withdrawn";
    return { id, label, size, created, until, url, state: used ? "used" : open };
  }

  #step<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(act);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #failed(error: unknown): void {
    const coded = error instanceof ProtocolError || error instanceof SealError;
    const ours = error instanceof CannotSignTwice;
    this.problem.value = ours
      ? { key: "cannot_sign_twice", loud: true }
      : { key: coded ? error.code : "offline", loud: error instanceof SealError };
  }
}

/** Names no address: the papers are still to be put there. */
const NOT_YET = new Uint8Array(16);

/** By which a record names an address: 16 bytes. */
const named = ({ mailbox, append }: Destination): Uint8Array =>
  hash(fields(mailbox, append)).slice(0, 16);

const arrivedOf = (mail: FilesMail): ArrivedRecord => ({
  id: mail.id,
  // A moment before 1970 would be no number that the other devices read.
  at: Math.max(0, Date.parse(mail.at)),
  until: Date.parse(mail.until),
  link: fromB64u(mail.link),
  code: fromB64u(mail.code),
  name: mail.name,
  size: mail.size,
  ...(mail.permit === undefined ? {} : { permit: mail.permit }),
  seen: false,
});
