/**
 * The documents that two people hand to each other, kept until the room ends. Each goes into the
 * mailbox of its reader, so that it is there for somebody who is away; what became of it comes back
 * the same way.
 */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { b64u, text, utf8 } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import type { Random } from "../../sealing/keys.ts";
import { type Mail, readMail, writeMail } from "../../sealing/mail.ts";
import type { Clock } from "../ports.ts";
import type { Problem } from "../problems.ts";
import type { CallModel, DocumentLine, OpenedDocument } from "./call.ts";
import { timeOf } from "./conversation.ts";
import type { Parcels } from "./parcels.ts";

type DocumentMail = Extract<Mail, { t: "document" }>;

/** A document as it rests: the mail exactly as it was sealed. */
export interface Paper {
  readonly mine: boolean;
  readonly mail: string;
  /** Of an own one: it lies in the reader's mailbox. */
  readonly posted?: boolean;
  /** Of an own one: the reader's device has it, and everything held, or did not. */
  readonly delivered?: boolean;
  /** The reader has looked at it, and the sender is told. */
  readonly opened?: boolean;
}

interface Line {
  readonly paper: Paper;
  readonly mail: DocumentMail;
}

interface Arrived {
  readonly state: DocumentLine["state"];
  readonly problem: Problem | null;
}

export interface ShelfOptions {
  readonly papers: readonly Paper[];
  readonly clock: Clock;
  readonly random: Random;
  readonly parcels: Parcels;
  /** No photo or document more, of either side. */
  full(): boolean;
  /** Puts a mail into the other side's mailbox: resolves once the server has it on its disk. */
  post(content: Uint8Array): Promise<void>;
  /** Stores what is on the shelf; durable when it resolves. */
  store(): Promise<void>;
}

/** Between attempts to hand something to a server that cannot be reached. */
const PAUSE = 5_000;

function lineOf(paper: Paper): Line | undefined {
  const mail = readMail(utf8(paper.mail));
  return mail?.t === "document" ? { paper, mail } : undefined;
}

export class Shelf {
  readonly documents: ReadonlySignal<readonly DocumentLine[]>;
  readonly problem = signal<Problem | null>(null);

  readonly #options: ShelfOptions;
  readonly #lines = signal<readonly Line[]>([]);
  readonly #arrived = signal<ReadonlyMap<string, Arrived>>(new Map());
  readonly #contents = new Map<string, Signal<OpenedDocument | null>>();
  /** Documents of which the other side was told how they arrived. */
  readonly #told = new Set<string>();
  readonly #cancels = new Set<() => void>();
  #closed = false;

  constructor(options: ShelfOptions) {
    this.#options = options;
    this.#lines.value = options.papers.map(lineOf).filter((line) => line !== undefined);
    this.documents = computed(() => this.#lines.value.map((line) => this.#line(line)));
  }

  /** What has to be stored. */
  get papers(): readonly Paper[] {
    return this.#lines.peek().map(({ paper }) => paper);
  }

  /** Opens what is there, and posts what a page before could not. */
  start(): void {
    for (const { paper, mail } of this.#lines.peek()) {
      void this.#open(paper.mine, mail);
      if (paper.mine && !paper.posted) void this.#post(utf8(paper.mail), mail.id);
    }
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
  }

  has(document: string): boolean {
    return this.#lines.peek().some(({ paper, mail }) => paper.mine && mail.id === document);
  }

  /** Takes a mail of the other side's; it is stored when this resolves. */
  async take(mail: Mail, content: Uint8Array): Promise<void> {
    if (mail.t === "delivered") this.#mark(mail.document, { delivered: mail.verified });
    else if (mail.t === "opened") this.#mark(mail.document, { opened: true });
    else if (this.#lines.peek().some((line) => line.mail.id === mail.id)) return;
    else if (this.#options.full()) {
      this.#tell(mail.id, false);
      return;
    } else {
      this.#add({ mine: false, mail: text(content) }, mail);
      void this.#open(false, mail);
    }
    await this.#options.store();
  }

  async send(...given: Parameters<CallModel["sendDocument"]>): Promise<void> {
    const [kind, author, subject, parts] = given;
    if (this.#options.full()) throw new Error("too many files");
    const id = b64u(this.#options.random(16));
    const at = timeOf(this.#options.clock.now());
    try {
      const sealed = await this.#options.parcels.sealDocument(kind, author, subject, parts, at);
      const content = writeMail({ t: "document", id, at, ...sealed });
      const mail = readMail(content);
      if (mail?.t !== "document") return;
      this.#content(id).value = { kind, issued: at, author, subject, parts };
      this.#add({ mine: true, mail: text(content) }, mail);
      await this.#options.store();
      this.problem.value = null;
      void this.#post(content, id);
    } catch (error) {
      this.problem.value = {
        key: "send_failed",
        loud: false,
        retry: () => void this.send(...given).catch(() => undefined),
      };
      throw error;
    }
  }

  /** Whether every own document lies in the reader's mailbox; waits for that no longer than `ms`. */
  async posted(ms: number): Promise<boolean> {
    const waits = (): boolean => this.papers.some(({ mine, posted }) => mine && !posted);
    if (!waits()) return true;
    await new Promise<void>((done) => {
      const cancel = this.#options.clock.after(ms, () => {
        this.#cancels.delete(cancel);
        stop();
        done();
      });
      this.#cancels.add(cancel);
      const stop = effect(() => {
        if (this.#lines.value.some(({ paper }) => paper.mine && !paper.posted)) return;
        cancel();
        done();
      });
    });
    return !waits();
  }

  /** The person has looked at a document, and lets its sender know. */
  tellOpened(document: string): void {
    const line = this.#lines.peek().find(({ paper, mail }) => !paper.mine && mail.id === document);
    if (!line || line.paper.opened) return;
    if (this.#arrived.peek().get(document)?.state !== "verified") return;
    this.#change(line, { opened: true });
    void this.#options.store();
    void this.#post(writeMail({ t: "opened", document }));
  }

  /** Until the server has it, or says that it never will; `own` is the document that it carries. */
  async #post(content: Uint8Array, own?: string): Promise<void> {
    try {
      await this.#options.post(content);
    } catch (error) {
      if (this.#closed) return;
      const key = error instanceof ProtocolError ? error.code : "offline";
      const again = (): void => void this.#post(content, own);
      if (own && error instanceof ProtocolError)
        this.#arrive(own, "sending", { key, loud: false, retry: again });
      else this.#later(again);
      return;
    }
    if (!own) return;
    this.#forget(own);
    this.#mark(own, { posted: true });
    await this.#options.store();
  }

  #later(act: () => void): void {
    const cancel = this.#options.clock.after(PAUSE, () => {
      this.#cancels.delete(cancel);
      act();
    });
    this.#cancels.add(cancel);
  }

  #add(paper: Paper, mail: DocumentMail): void {
    this.#lines.value = [...this.#lines.peek(), { paper, mail }];
  }

  #mark(document: string, change: Partial<Paper>): void {
    const own = this.#lines.peek().find(({ paper, mail }) => paper.mine && mail.id === document);
    if (own) this.#change(own, change);
  }

  #change(line: Line, change: Partial<Paper>): void {
    const changed = { ...line, paper: { ...line.paper, ...change } };
    this.#lines.value = this.#lines.peek().map((one) => (one === line ? changed : one));
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
    const kind = document.value?.kind === "prescription" ? "prescription" : "file";
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
    void this.#post(writeMail({ t: "delivered", document, verified }));
  }
}

/** What became of an own document. */
function stateOf({ posted, delivered, opened }: Paper): DocumentLine["state"] {
  if (delivered === false) return "refused";
  if (opened) return "opened";
  if (delivered) return "verified";
  return posted ? "sent" : "sending";
}
