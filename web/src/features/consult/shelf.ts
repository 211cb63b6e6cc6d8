/**
 * The documents that two people hand to each other, kept until the room ends, whatever becomes of
 * the calls meanwhile. Each goes into the mailbox of its reader, so that it is there for somebody
 * who is away; what became of it comes back the same way.
 */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { b64u, utf8 } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import type { Random } from "../../sealing/keys.ts";
import { type Mail, readMail, writeMail } from "../../sealing/mail.ts";
import type { Address } from "../mail/address.ts";
import type { Clock } from "../ports.ts";
import type { Problem } from "../problems.ts";
import type { CallModel, DocumentLine, OpenedDocument } from "./call.ts";
import { timeOf } from "./conversation.ts";
import type { Paid } from "./paid.ts";
import {
  type DocumentMail,
  type Line,
  lineOf,
  newLine,
  type Paper,
  type ShelfRecord,
  stateOf,
} from "./papers.ts";
import type { Parcels, Undo } from "./parcels.ts";

type DocumentToWrite = Extract<Parameters<typeof writeMail>[0], { t: "document" }>;

interface Arrived {
  readonly state: DocumentLine["state"];
  readonly problem: Problem | null;
}

/** The call that runs, as far as a shelf needs it. */
export interface Attached {
  /** How many photos were said in it. */
  photos(): number;
  /** Tells the other side that there is something in its mailbox. */
  hint(): void;
}

export interface ShelfOptions {
  readonly record: ShelfRecord;
  readonly clock: Clock;
  readonly random: Random;
  readonly parcels: Parcels;
  /** Puts a mail into a mailbox: resolves once the server has it on its disk. */
  post(to: Address, content: Uint8Array): Promise<void>;
  /** Of a host: what comes with a document of so many bytes for a guest who keeps documents. */
  pay?(bytes: number): Promise<Pick<DocumentToWrite, "vouchers">>;
  /** Durable when it resolves. */
  save(record: ShelfRecord): Promise<void>;
}

/** Between attempts to hand something to a server that cannot be reached. */
const PAUSE = 5_000;

export class Shelf {
  readonly documents: ReadonlySignal<readonly DocumentLine[]>;
  readonly problem = signal<Problem | null>(null);
  /** No photo or document more is taken or sent, as it was when one was last looked at. */
  readonly full = signal(false);

  readonly #options: ShelfOptions;
  readonly #lines = signal<readonly Line[]>([]);
  readonly #arrived = signal<ReadonlyMap<string, Arrived>>(new Map());
  readonly #contents = new Map<string, Signal<OpenedDocument | null>>();
  /** Documents of which the other side was told how they arrived, by this page. */
  readonly #told = new Set<string>();
  readonly #cancels = new Set<() => void>();
  /** Own documents that are being sealed and uploaded. */
  readonly #sealing = signal(0);
  /** Of a guest: what the host gave for keeping documents. */
  readonly supply: Signal<readonly Paid[] | undefined>;
  #keeps: boolean;
  #address: Address | null;
  #addressWaiters: ((address: Address) => void)[] = [];
  #attached: Attached = { photos: () => 0, hint: () => undefined };
  #saving: Promise<void> = Promise.resolve();
  /** What is stored is older than what is here. */
  #unsaved = false;
  #closed = false;
  #over = false;

  constructor(options: ShelfOptions) {
    this.#options = options;
    this.#address = options.record.address;
    this.#keeps = options.record.keeps ?? false;
    this.supply = signal(options.record.supply);
    this.#lines.value = options.record.papers.map(lineOf).filter((line) => line !== undefined);
    this.documents = computed(() => this.#lines.value.map((line) => this.#line(line)));
  }

  /** Opens what is there, and posts what a page before could not. */
  start(): void {
    for (const { paper, mail } of this.#lines.peek()) {
      void this.#open(paper.mine, mail);
      if (paper.mine && !paper.posted) void this.#post(utf8(paper.mail), mail.id);
    }
  }

  /** A call with the other side begins: it goes on for as long as no other takes its place. */
  attach(call: Attached): void {
    this.#attached = call;
  }

  /** Somebody else goes on from what is stored: resolves once nothing is being stored here. */
  close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
    return this.#saving;
  }

  /**
   * The room is over: what is on its way goes on, and nothing more is stored. Resolves once nothing
   * is being stored.
   */
  over(): Promise<void> {
    this.#over = true;
    return this.#saving;
  }

  get address(): Address | null {
    return this.#address;
  }

  /** The other side can be written to there; `saved` stores it. */
  addressed(address: Address): void {
    this.#address = address;
    this.#unsaved = true;
    for (const wake of this.#addressWaiters.splice(0)) wake(address);
  }

  /** What came for keeping documents; `saved` stores it. */
  supplied(vouchers: readonly Paid[]): void {
    this.supply.value = vouchers;
    this.#unsaved = true;
  }

  /** Of a host: the guest keeps documents, and was given what pays for that. */
  get keeping(): boolean {
    return this.#keeps;
  }

  /** The same from now on; `saved` stores it. */
  keeps(): void {
    this.#keeps = true;
    this.#unsaved = true;
  }

  /** The mail that brought a document of the other side's, as it was read. */
  received(document: string): Line | undefined {
    return this.#lines.peek().find(({ paper, mail }) => !paper.mine && mail.id === document);
  }

  /**
   * Stores what is here: one after the other, and what is true then, so that an older state never
   * overwrites a newer one.
   */
  saved(): Promise<void> {
    const stored = this.#saving.then(async () => {
      if (!this.#unsaved || this.#over) return;
      if (this.#closed) throw new Error("nothing is stored here any more");
      this.#unsaved = false;
      const papers = this.#lines.peek().map(({ paper }) => paper);
      try {
        const supply = this.supply.peek();
        const kept = { keeps: this.#keeps, ...(supply ? { supply } : {}) };
        await this.#options.save({ papers, address: this.#address, ...kept });
      } catch (error) {
        this.#unsaved = true;
        throw error;
      }
    });
    this.#saving = stored.catch(() => undefined);
    return stored;
  }

  /** Takes what another device of ours has of them; it is stored when this resolves. */
  async adopt(
    { papers, address }: ShelfRecord,
    merge: (one: Paper, other: Paper) => Paper,
  ): Promise<void> {
    if (this.#closed) throw new Error("nothing is stored here any more");
    for (const paper of papers) {
      const line = lineOf(paper);
      if (!line) continue;
      const known = this.#lines.peek().find(({ mail }) => mail.id === line.mail.id);
      if (known) this.#change(known, merge(known.paper, paper));
      else {
        this.#add(line);
        void this.#open(paper.mine, line.mail);
      }
    }
    if (address) this.addressed(address);
    await this.saved();
  }

  /** True, and said, where no photo or document more is taken or sent. */
  isFull(): boolean {
    this.full.value = this.#attached.photos() + this.#lines.peek().length >= LIMITS.files;
    return this.full.peek();
  }

  /** Takes a mail of the other side's; it is stored when this resolves. */
  async take(mail: Mail, content: Uint8Array): Promise<void> {
    if (this.#closed) throw new Error("nothing is stored here any more");
    if (mail.t === "document") {
      const known = this.#lines.peek().some((line) => line.mail.id === mail.id);
      if (!known && this.isFull()) {
        this.#tell(mail.id, false);
        return;
      }
      if (!known) this.#add(newLine(false, mail, content));
      await this.saved();
      // Not before: the sender is told how it arrived.
      void this.#open(false, mail);
      return;
    }
    if (mail.t === "opened") this.#mark(mail.document, { opened: true });
    // Once it was there it is there, whatever comes again.
    if (mail.t === "delivered")
      this.#mark(mail.document, (paper) => ({ delivered: paper.delivered || mail.verified }));
    await this.saved();
  }

  /** The parts may still be in the making: ending the consult waits for them. */
  async send(...given: Parameters<CallModel["sendDocument"]>): Promise<void> {
    const [kind, author, subject, parts, dispensable] = given;
    if (this.isFull()) throw new Error("too many files");
    const id = b64u(this.#options.random(16));
    const at = timeOf(this.#options.clock.now());
    this.problem.value = null;
    this.#sealing.value += 1;
    let undo: Undo | undefined;
    try {
      const made = await parts;
      const {
        ticket,
        undo: taken,
        ...sealed
      } = await this.#options.parcels.sealDocument(kind, author, subject, made, at, dispensable);
      undo = taken;
      const size = made.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const paid = await this.#options.pay?.(size);
      const content = writeMail({ t: "document", id, at, ...sealed, ...paid });
      const mail = readMail(content);
      if (mail?.t !== "document") return;
      const shown = { kind, issued: at, author, subject, parts: made };
      this.#content(id).value = { ...shown, ...(ticket ? { ticket } : {}) };
      this.#add(newLine(true, mail, content));
      await this.saved().catch((error: unknown) => {
        // Whoever tries again sends another one: this one must not go out as well.
        this.#set(this.#lines.peek().filter((line) => line.mail.id !== id));
        throw error;
      });
      void this.#post(content, id);
    } catch (error) {
      void undo?.();
      // Who writes something is told in the form, and tries again there.
      if (kind !== "file") throw error;
      this.problem.value = {
        key: "send_failed",
        loud: false,
        retry: () => void this.send(...given).catch(() => undefined),
      };
      throw error;
    } finally {
      this.#sealing.value -= 1;
    }
  }

  /** Whether every own document lies in the reader's mailbox; waits for that no longer than `ms`. */
  async posted(ms: number): Promise<boolean> {
    const waits = (): boolean =>
      this.#sealing.value > 0 || this.#lines.value.some(({ paper }) => paper.mine && !paper.posted);
    const late = signal(false);
    const cancel = this.#options.clock.after(ms, () => {
      late.value = true;
    });
    this.#cancels.add(cancel);
    let stop = (): void => undefined;
    await new Promise<void>((done) => {
      stop = effect(() => {
        if (late.value || !waits()) done();
      });
    });
    stop();
    cancel();
    this.#cancels.delete(cancel);
    return !waits() && !this.problem.peek();
  }

  /** The person has looked at a document, and lets its sender know. */
  tellOpened(document: string): void {
    const line = this.#lines.peek().find(({ paper, mail }) => !paper.mine && mail.id === document);
    if (!line || line.paper.opened) return;
    if (this.#arrived.peek().get(document)?.state !== "verified") return;
    this.#change(line, { opened: true });
    void this.saved().catch(() => undefined);
    this.#tellOpened(document);
  }

  /** Until the server has it, or says that it never will; `own` is the document that it carries. */
  async #post(content: Uint8Array, own?: string): Promise<boolean> {
    try {
      const address =
        this.#address ?? (await new Promise<Address>((done) => this.#addressWaiters.push(done)));
      await this.#options.post(address, content);
    } catch (error) {
      const refused = error instanceof ProtocolError;
      if (this.#closed || (refused && !own)) return false;
      if (own && refused) {
        const retry = (): void => void this.#post(content, own);
        this.#arrive(own, "sending", { key: error.code, loud: false, retry });
        return false;
      }
      await this.#pause();
      return await this.#post(content, own);
    }
    this.#attached.hint();
    if (!own) return true;
    this.#forget(own);
    this.#mark(own, { posted: true });
    await this.saved().catch(() => undefined);
    return true;
  }

  #pause(): Promise<void> {
    return new Promise((done) => {
      const cancel = this.#options.clock.after(PAUSE, () => {
        this.#cancels.delete(cancel);
        done();
      });
      this.#cancels.add(cancel);
    });
  }

  #add(line: Line): void {
    this.#set([...this.#lines.peek(), line]);
  }

  #mark(document: string, change: Partial<Paper> | ((paper: Paper) => Partial<Paper>)): void {
    const own = this.#lines.peek().find(({ paper, mail }) => paper.mine && mail.id === document);
    if (own) this.#change(own, typeof change === "function" ? change(own.paper) : change);
  }

  #change(line: Line, change: Partial<Paper>): void {
    const changed = { ...line, paper: { ...line.paper, ...change } };
    this.#set(this.#lines.peek().map((one) => (one === line ? changed : one)));
  }

  #set(lines: readonly Line[]): void {
    this.#lines.value = lines;
    this.#unsaved = true;
  }

  #arrive(document: string, state: Arrived["state"], problem: Problem | null): void {
    this.#arrived.value = new Map(this.#arrived.peek()).set(document, { state, problem });
  }

  #forget(document: string): void {
    const left = new Map(this.#arrived.peek());
    left.delete(document);
    this.#arrived.value = left;
  }

  #line({ paper, mail }: Line): DocumentLine {
    const { id, at } = mail;
    const document = this.#content(id);
    // Nothing of a document is believed, and shown, before it was checked.
    const kind = document.value?.kind ?? "file";
    const common = { id, at, mine: paper.mine, kind, document } as const;
    const arrived = this.#arrived.value.get(id);
    if (!paper.mine) return { ...common, state: "received", problem: null, ...arrived };
    return { ...common, state: stateOf(paper), problem: arrived?.problem ?? null };
  }

  #content(id: string): Signal<OpenedDocument | null> {
    const content: Signal<OpenedDocument | null> = this.#contents.get(id) ?? signal(null);
    this.#contents.set(id, content);
    return content;
  }

  /** Opens a document; of the other side's says how that went, once. */
  async #open(mine: boolean, mail: DocumentMail): Promise<void> {
    const content = this.#content(mail.id);
    if (content.peek()) return;
    try {
      const opened = await this.#options.parcels.openDocument(mail, mine);
      batch(() => {
        content.value = opened;
        if (!mine) this.#arrive(mail.id, "verified", null);
      });
      if (!mine) this.#tell(mail.id, true);
    } catch (error) {
      if (mine) return;
      if (error instanceof SealError) {
        this.#arrive(mail.id, "refused", { key: error.code, loud: true });
        this.#tell(mail.id, false);
      } else {
        const key = error instanceof ProtocolError ? error.code : "offline";
        const retry = (): void => void this.#open(mine, mail);
        this.#arrive(mail.id, "received", { key, loud: false, retry });
      }
    }
  }

  #tell(document: string, verified: boolean): void {
    // Whoever goes on sending after so many refusals is answered no more.
    if (this.#told.has(document) || this.#told.size >= 2 * LIMITS.files) return;
    this.#told.add(document);
    const { paper } = this.received(document) ?? {};
    if (!paper?.told) this.#say(document, "delivered", { t: "delivered", document, verified });
    if (paper?.opened && paper.told !== "opened") this.#tellOpened(document);
  }

  #tellOpened(document: string): void {
    this.#say(document, "opened", { t: "opened", document });
  }

  /** Says what became of a document, and remembers that it was said. */
  #say(
    document: string,
    told: NonNullable<Paper["told"]>,
    mail: Extract<Mail, { t: "delivered" | "opened" }>,
  ): void {
    void this.#post(writeMail(mail)).then(async (posted) => {
      const line = this.received(document);
      if (!posted || !line || line.paper.told === "opened") return;
      this.#change(line, { told });
      await this.saved().catch(() => undefined);
    });
  }
}
