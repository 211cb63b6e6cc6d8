/**
 * A practice's own files on their way: one upload, and a sealed link for each of those who get them.
 * Begun, paused, gone on with after a reload.
 */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u } from "../../sealing/encoding.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { writeMail } from "../../sealing/mail.ts";
import { LINK_BYTES } from "../../sealing/permit.ts";
import { placeOfLink } from "../../sealing/sealed-link.ts";
import { Shape } from "../../sealing/streamed.ts";
import { timeOf } from "../consult/conversation.ts";
import { OUTGOING } from "../desk/device.ts";
import { Choosing, type FilesPlatform } from "../files/choosing.ts";
import type { Failure, RunningJob, SentUp, Taking } from "../files/jobs.ts";
import { MOST_SENT } from "../files/limits.ts";
import type { Chosen } from "../files/source.ts";
import type { Address } from "../mail/address.ts";
import { post } from "../mail/letters.ts";
import type { Platform, Progress } from "../ports.ts";
import type { Problem } from "../problems.ts";
import type { Api } from "../rooms/api.ts";
import { deleteBlob, putPiece } from "../rooms/blobs.ts";
import { registerThese } from "../rooms/vouchers.ts";
import { MOST_TO } from "./limits.ts";
import type { Sender } from "./making.ts";
import type { OutgoingModel, Wanted } from "./model.ts";
import {
  keysOf,
  letterOf,
  type OutgoingRecord,
  type OutgoingStore,
  scopeOf,
  untilOf,
  uploadOf,
} from "./outgoing-record.ts";
import { linkProblem } from "./problem.ts";
import type { LinkRecord } from "./store.ts";
import { unlessGone } from "./wire.ts";

const DAY = 24 * 3600_000;
/** Characters (UTF-16) of a name in a letter. */
const NAME = 200;

/** Those seen who can be written to. */
export interface Known {
  readonly list: ReadonlySignal<
    readonly { readonly id: string; readonly name: ReadonlySignal<string> }[]
  >;
  addressOf(id: string): Address | null;
}

export interface OutgoingNeeds {
  readonly platform: Pick<Platform, "clock" | "random" | "vaults"> & FilesPlatform;
  readonly api: Api;
  readonly outgoing: OutgoingStore;
  readonly people: Known;
  sender(): Promise<Sender>;
  /** What comes with a letter to somebody who keeps what they are sent. */
  supply(): Promise<{ vouchers?: { voucher: string; bytes: number; until: string }[] }>;
  /** A link is there; it is stored when this resolves. */
  made(link: LinkRecord): Promise<void>;
}

/** What the worker failed with. */
class Failed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.key);
    this.failure = failure;
  }
}

/** In words of their own, where those of every page would not do. */
const OWN: Readonly<Record<string, string>> = {
  quota_exceeded: "no_quota",
  file_changed: "file_changed_own",
};

export class Outgoing implements OutgoingModel {
  readonly state = signal<OutgoingModel["state"]["value"]>("idle");
  readonly begun = signal<OutgoingModel["begun"]["value"]>(null);
  readonly progress = signal<Progress>({ done: 0, waiting: false });
  readonly problem = signal<Problem | null>(null);
  readonly choosing: Choosing;
  readonly people: OutgoingModel["people"];
  readonly most = MOST_SENT;
  readonly #needs: OutgoingNeeds;
  #record: OutgoingRecord | undefined;
  #running: RunningJob | undefined;

  constructor(needs: OutgoingNeeds) {
    this.#needs = needs;
    this.people = computed(() =>
      needs.people.list.value.map(({ id, name }) => ({ id, name: name.value })),
    );
    this.choosing = new Choosing(needs.platform, {
      most: () => new Shape(MOST_SENT).blob,
      begun: () => this.begun.peek(),
      changed: () => {
        this.problem.value = null;
      },
    });
  }

  /** Takes up what was begun; what a page before has left of others is erased. */
  async load(): Promise<void> {
    if (this.state.peek() !== "idle" || this.#record) return;
    const { platform, outgoing } = this.#needs;
    const record = await outgoing.load();
    const over = record && untilOf(record) * 1000 <= platform.clock.now();
    if (over) await outgoing.erase();
    const current = record && !over ? record : undefined;
    for (const scope of await platform.vaults.scopes()) {
      const other = !current || scope !== scopeOf(current);
      if (scope.startsWith(OUTGOING) && other) await platform.vaults.erase(scope);
    }
    this.#show(current);
  }

  readonly send = async (wanted: readonly Wanted[]): Promise<readonly string[]> => {
    if (this.state.peek() === "sending") return [];
    const whole = this.#record?.sent !== undefined;
    const found = whole ? undefined : await this.choosing.toSend();
    // A second tap may have come while the first one waited for what was chosen.
    if ((!whole && !found) || this.state.peek() === "sending") return [];
    batch(() => {
      this.problem.value = null;
      this.state.value = "sending";
    });
    try {
      const record = this.#record ?? (await this.#begin(found?.chosen, wanted));
      return await this.#go(record, found && { files: found.files, taking: found.chosen.taking });
    } catch (error) {
      this.#failed(error);
      return [];
    }
  };

  readonly pause = (): void => {
    // Once all is sent there is nothing to be stopped.
    if (!this.#running) return;
    this.#running.stop();
    this.#running = undefined;
    this.state.value = "paused";
  };

  readonly giveUp = async (): Promise<void> => {
    const record = this.#record;
    if (!record || this.state.peek() === "sending") return;
    const { api, outgoing, platform } = this.#needs;
    this.problem.value = null;
    try {
      // One more may be there than was noted.
      const tried = record.proof ? record.recipients.length : 0;
      for (let at = 0; at < tried; at += 1) {
        const { secret, owner } = keysOf(record, at);
        await deleteBlob(api, seedSigner(owner), b64u(placeOfLink(secret))).catch(unlessGone);
      }
      await this.#release(record);
      await outgoing.erase();
      await platform.vaults.erase(scopeOf(record));
      this.choosing.clear();
      this.#show(undefined);
    } catch (error) {
      this.problem.value = linkProblem(error, "offline");
    }
  };

  /** Whether links are still to be made to this upload (base64url of its blob). */
  holds(upload: string): boolean {
    return this.#record !== undefined && b64u(uploadOf(this.#record).blob) === upload;
  }

  async #begin(
    chosen: { readonly name: string; readonly length: number } | undefined,
    wanted: readonly Wanted[],
  ): Promise<OutgoingRecord> {
    const { clock, random } = this.#needs.platform;
    const created = Math.floor(clock.now() / 1000) * 1000;
    const recipients = wanted.map(({ to, person, days, openings }) => ({
      to: whole(to, MOST_TO),
      person,
      openings,
      expires: created + days * DAY,
    }));
    const { name: file, length } = chosen ?? { name: "", length: 0 };
    const drawn = { seed: random(32), file, length, created, recipients };
    return await this.#keep({ ...drawn, attempt: 0, paid: false, made: 0 });
  }

  async #go(
    given: OutgoingRecord,
    source: { readonly files: readonly Chosen[]; readonly taking: Taking } | undefined,
  ): Promise<readonly string[]> {
    const { api, platform, outgoing } = this.#needs;
    const sender = await this.#needs.sender();
    let record = given;
    // An upload that was interrupted for too long is gone, and what paid for it: once more.
    for (let again = true; !record.sent && source; again = false) {
      record = await this.#paid(record, sender);
      const { sealed, failed } = await this.#upload(record, source);
      if (failed && !(again && failed.key === "bad_voucher")) throw new Failed(failed);
      record = await this.#keep(
        sealed
          ? { ...record, sent: sealed }
          : { ...record, attempt: record.attempt + 1, paid: false },
      );
    }
    const { sent } = record;
    if (!sent) throw new Error("nothing was sent");
    const { signed } = await import("./making.ts");
    const needs = { api, clock: platform.clock, random: platform.random };
    const proof = record.proof ?? (await signed(needs, sender, documentOf(sent, sender)));
    record = await this.#keep({ ...record, proof });
    const made = record.recipients.map((_, at) => b64u(placeOfLink(keysOf(record, at).secret)));
    while (record.made < record.recipients.length) {
      await this.#handOver({ ...record, sent, proof }, record.made);
      record = await this.#keep({ ...record, made: record.made + 1 });
    }
    await outgoing.erase();
    await platform.vaults.erase(scopeOf(record));
    this.choosing.clear();
    this.#show(undefined);
    return made;
  }

  async #upload(
    record: OutgoingRecord,
    { files, taking }: { readonly files: readonly Chosen[]; readonly taking: Taking },
  ) {
    const job = { kind: "seal", files, taking, upload: uploadOf(record) } as const;
    const running = this.#needs.platform.runJob(job, (progress) => {
      this.progress.value = progress;
    });
    this.#running = running;
    const result = await running.done;
    this.#running = undefined;
    return result;
  }

  /** All at once, so that where there is no room for all nothing is held by some. */
  async #paid(record: OutgoingRecord, { device }: Sender): Promise<OutgoingRecord> {
    if (record.paid) return record;
    const bytes = new Shape(record.length).blob;
    const expires = untilOf(record);
    const files = { voucher: uploadOf(record).voucher, bytes, expires };
    const links = record.recipients.map((recipient, at) => ({
      voucher: keysOf(record, at).voucher,
      bytes: LINK_BYTES,
      expires: Math.floor(recipient.expires / 1000),
    }));
    const vouchers = record.attempt === 0 ? [files, ...links] : [files];
    await registerThese({ api: this.#needs.api, device }, vouchers).catch(unlessThere);
    return await this.#keep({ ...record, paid: true });
  }

  async #handOver(
    record: OutgoingRecord & Required<Pick<OutgoingRecord, "sent" | "proof">>,
    at: number,
  ): Promise<void> {
    const { api, platform } = this.#needs;
    const recipient = record.recipients[at];
    if (!recipient) return;
    const { sent, proof, created } = record;
    const { key, blob, owner: blobOwner } = uploadOf(record);
    const keys = keysOf(record, at);
    const { secret, code, owner } = keys;
    const { to, expires, openings, person } = recipient;
    const outside = { key, parts: [sent.part] };
    const { makeLink } = await import("./making.ts");
    const { random } = platform;
    await makeLink({ api, random }, proof, outside, keys, openings).catch(unlessThere);
    const mailed = person === null ? {} : { mailed: await this.#mail(record, at) };
    const about = { name: sent.name, size: sent.length, to, created, expires, openings };
    await this.#needs.made({ secret, code, owner, ...about, blob, blobOwner, ...mailed });
  }

  /** False where the mailbox takes nothing: the link is there, and can be handed over. */
  async #mail(
    record: OutgoingRecord & Required<Pick<OutgoingRecord, "sent">>,
    at: number,
  ): Promise<boolean> {
    const { api, platform, people } = this.#needs;
    const { person = null, expires = 0 } = record.recipients[at] ?? {};
    const to = person === null ? null : people.addressOf(person);
    if (!to) return false;
    const { secret, code } = keysOf(record, at);
    const { name, length: size } = record.sent;
    const letter = writeMail({
      t: "files",
      id: b64u(letterOf(record, at)),
      at: timeOf(record.created),
      link: b64u(secret),
      code: b64u(code),
      name: whole(name, NAME),
      size,
      until: timeOf(expires),
      ...(await this.#needs.supply()),
    });
    try {
      await post({ api, random: platform.random }, to, letter);
      return true;
    } catch (error) {
      if (error instanceof ProtocolError && REFUSING.includes(error.code)) return false;
      throw error;
    }
  }

  /** Takes back what is at the server, or what would have paid for it: it counts no longer. */
  async #release(record: OutgoingRecord): Promise<void> {
    const { api } = this.#needs;
    const { blob, owner, read, voucher } = uploadOf(record);
    const place = { api, signer: seedSigner(owner), blob: b64u(blob), length: 1 };
    try {
      await deleteBlob(api, place.signer, place.blob);
    } catch (error) {
      unlessGone(error);
      if (!record.paid) return;
      const beginning = { read: seedSigner(read).publicKey, voucher };
      const spent = await putPiece(place, 0, { bytes: new Uint8Array(1) }, beginning).catch(
        unlessSpent,
      );
      if (spent) await deleteBlob(api, place.signer, place.blob).catch(unlessGone);
    }
  }

  async #keep(record: OutgoingRecord): Promise<OutgoingRecord> {
    await this.#needs.outgoing.save(record);
    this.#record = record;
    this.begun.value = begunOf(record);
    return record;
  }

  #show(record: OutgoingRecord | undefined): void {
    this.#record = record;
    batch(() => {
      this.state.value = "idle";
      this.progress.value = { done: record?.sent ? record.length : 0, waiting: false };
      this.begun.value = record ? begunOf(record) : null;
    });
  }

  /** What was begun can be gone on with, or given up. */
  #failed(error: unknown): void {
    const { key, loud } =
      error instanceof Failed ? error.failure : linkProblem(error, "send_failed");
    batch(() => {
      this.state.value = "paused";
      this.problem.value = { key: OWN[key] ?? key, loud };
    });
  }
}

const documentOf = ({ kind, ...part }: SentUp, { author }: Sender) => {
  const { name, media, length, tree } = part;
  return { kind, author, subject: null, parts: [{ name, media, length, tree }] };
};

const begunOf = ({ file, length, sent, recipients }: OutgoingRecord) => ({
  file,
  length,
  whole: sent !== undefined,
  to: recipients.map(({ to }) => to),
});

/** No character is cut in half. */
const whole = (text: string, longest: number): string =>
  text.slice(0, longest).replace(/\p{Cs}/gu, "");

/** A mailbox that is gone, or full. */
const REFUSING: readonly string[] = ["not_found", "quota_exceeded", "not_allowed"];

/** An earlier attempt of ours, whose answer was lost: nobody else has drawn this. */
function unlessThere(error: unknown): void {
  if (!(error instanceof ProtocolError && error.code === "already_exists")) throw error;
}

function unlessSpent(error: unknown): undefined {
  if (!(error instanceof ProtocolError && error.code === "bad_voucher")) throw error;
}
