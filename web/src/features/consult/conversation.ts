/** What two people write and hand to each other in a consult, kept until the room ends. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { b64u, text, utf8 } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import type { Random } from "../../sealing/keys.ts";
import {
  type Message,
  type OutgoingMessage,
  readMessage,
  writeMessage,
} from "../../sealing/messages.ts";
import type { Clock, Photos } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { filesFull, newest } from "./bounds.ts";
import type { CallModel, ChatLine, DocumentLine, OpenedDocument, Shared, Tell } from "./call.ts";
import type { Parcels } from "./parcels.ts";

type Kept = Extract<Message, { t: "chat" | "photo" | "document" }>;
type Photo = ChatLine["photo"];

/** One line of the conversation, as it rests: the message exactly as it travelled. */
export interface Entry {
  readonly mine: boolean;
  readonly message: string;
  /** When it came to this page, or left it: milliseconds since the epoch. */
  readonly came: number;
  /** Of an own document: the reader says that everything held, or did not. */
  readonly opened?: boolean;
}

/** `YYYY-MM-DDTHH:MM:SSZ` */
export const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const nobody: Tell = () => undefined;

interface Line {
  readonly entry: Entry;
  readonly message: Kept;
}

interface Arrived {
  readonly state: DocumentLine["state"];
  readonly problem: Problem | null;
}

function lineOf(entry: Entry): Line | undefined {
  const message = readMessage(utf8(entry.message));
  if (message?.t !== "chat" && message?.t !== "photo" && message?.t !== "document") return;
  return { entry, message };
}

export interface ConversationOptions {
  readonly entries: readonly Entry[];
  readonly clock: Clock;
  readonly random: Random;
  readonly photos: Photos;
  readonly parcels: Parcels;
  send(message: Uint8Array): void;
}

export class Conversation {
  readonly chat: ReadonlySignal<readonly ChatLine[]>;
  readonly documents: ReadonlySignal<readonly DocumentLine[]>;
  readonly unread = signal(0);
  readonly problem = signal<Problem | null>(null);

  readonly #options: ConversationOptions;
  readonly #lines = signal<readonly Line[]>([]);
  /** Photos on their way: not yet messages. */
  readonly #leaving = signal<readonly ChatLine[]>([]);
  readonly #unsent = signal<ReadonlySet<string>>(new Set());
  readonly #photos = signal<ReadonlyMap<string, NonNullable<Photo>>>(new Map());
  readonly #arrived = signal<ReadonlyMap<string, Arrived>>(new Map());
  readonly #contents = new Map<string, Signal<OpenedDocument | null>>();

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#lines.value = options.entries.map(lineOf).filter((line) => line !== undefined);
    this.chat = computed(() => [
      ...this.#lines.value.flatMap((line) => this.#chatLine(line)),
      ...this.#leaving.value,
    ]);
    this.documents = computed(() => this.#lines.value.flatMap((line) => this.#documentLine(line)));
    for (const { entry, message } of this.#lines.value) this.#fetch(entry.mine, message);
  }

  /** What has to be stored. */
  get entries(): readonly Entry[] {
    return this.#lines.peek().map(({ entry }) => entry);
  }

  /** Takes what the other side wrote. True where there is something new to store. */
  take(bytes: Uint8Array, message: Message): boolean {
    if (message.t === "opened") {
      this.#mark(message.document, message.verified);
      return true;
    }
    if (message.t !== "chat" && message.t !== "photo" && message.t !== "document") return false;
    if (message.t !== "chat" && this.#full()) {
      if (message.t === "document") this.#tell(message.id, false);
      return false;
    }
    batch(() => {
      this.#add(false, bytes, message);
      this.unread.value += 1;
    });
    this.#fetch(false, message);
    return true;
  }

  /** Says which own messages the other side has not acknowledged yet. */
  waiting(ids: ReadonlySet<string>): void {
    this.#unsent.value = ids;
  }

  sendChat(said: string, tell: Tell = nobody): void {
    const trimmed = said.trim();
    if (trimmed === "") return;
    const message = { t: "chat", ...this.#stamp(), text: trimmed } as const;
    this.#say(message);
    tell(message, null);
  }

  passOn(message: Shared, url: string | null): void {
    if (url !== null) this.#showPhoto(message.id, { url, state: "ready" });
    this.#say(message);
  }

  async sendPhoto(file: Blob, tell: Tell = nobody): Promise<void> {
    const { photos, parcels } = this.#options;
    if (this.#full()) return;
    const { id, at } = this.#stamp();
    const came = this.#options.clock.now();
    const show = (state: NonNullable<Photo>["state"], url: string | null): void => {
      const line: ChatLine = { id, at, came, mine: true, state: "sending", photo: { url, state } };
      this.#leaving.value = [...this.#leaving.peek().filter((one) => one.id !== id), line];
    };
    show("sending", null);
    let url: string | null = null;
    try {
      const bytes = await photos.clean(file).catch(() => {
        throw new Unreadable();
      });
      url = photos.url(bytes, "image/jpeg");
      show("sending", url);
      const sealed = await parcels.sealPhoto(bytes);
      const message = { t: "photo", id, at, media: "image/jpeg", ...sealed } as const;
      batch(() => {
        this.#leaving.value = this.#leaving.peek().filter((one) => one.id !== id);
        this.passOn(message, url);
      });
      tell(message, url);
    } catch (error) {
      const key = error instanceof Unreadable ? "photo_unreadable" : "send_failed";
      const retry = (): void => {
        this.#leaving.value = this.#leaving.peek().filter((one) => one.id !== id);
        void this.sendPhoto(file, tell);
      };
      batch(() => {
        show("failed", url);
        this.problem.value = { key, loud: false, ...(key === "send_failed" ? { retry } : {}) };
      });
    }
  }

  async sendDocument(...given: Parameters<CallModel["sendDocument"]>): Promise<void> {
    const [kind, author, subject, parts] = given;
    if (this.#full()) throw new Error("too many files");
    const { id, at } = this.#stamp();
    try {
      const sealed = await this.#options.parcels.sealDocument(kind, author, subject, parts, at);
      const content = { kind, issued: at, author, subject, parts };
      this.#content(id).value = content;
      this.#say({ t: "document", id, at, ...sealed });
      this.problem.value = null;
    } catch (error) {
      this.problem.value = {
        key: "send_failed",
        loud: false,
        retry: () => void this.sendDocument(...given).catch(() => undefined),
      };
      throw error;
    }
  }

  newId(): string {
    return b64u(this.#options.random(16));
  }

  #stamp(): { readonly id: string; readonly at: string } {
    return { id: this.newId(), at: timeOf(this.#options.clock.now()) };
  }

  #say(message: Extract<OutgoingMessage, { t: Kept["t"] }>): void {
    const bytes = writeMessage(message);
    const read = readMessage(bytes);
    if (read?.t !== "chat" && read?.t !== "photo" && read?.t !== "document") return;
    this.#unsent.value = new Set(this.#unsent.peek()).add(message.id);
    this.#add(true, bytes, read);
    this.#options.send(bytes);
  }

  #add(mine: boolean, bytes: Uint8Array, message: Kept): void {
    const entry = { mine, message: text(bytes), came: this.#options.clock.now() };
    this.#lines.value = newest([...this.#lines.peek(), { entry, message }]);
  }

  /** True, and said, where no photo or document more is taken or sent. */
  #full(): boolean {
    if (!filesFull(this.#lines.peek())) return false;
    this.problem.value = { key: "too_many_files", loud: false };
    return true;
  }

  #showPhoto(id: string, photo: NonNullable<Photo>): void {
    this.#photos.value = new Map(this.#photos.peek()).set(id, photo);
  }

  #mark(document: string, opened: boolean): void {
    this.#lines.value = this.#lines
      .peek()
      .map((line) =>
        line.entry.mine && line.message.id === document
          ? { ...line, entry: { ...line.entry, opened } }
          : line,
      );
  }

  #chatLine({ entry, message }: Line): ChatLine[] {
    if (message.t === "document") return [];
    const { id, at } = message;
    const { mine, came } = entry;
    const state = this.#unsent.value.has(id) ? "sending" : "sent";
    if (message.t === "chat") return [{ id, at, came, mine, state, text: message.text }];
    const photo = this.#photos.value.get(id) ?? { url: null, state: "loading" };
    return [{ id, at, came, mine, state, photo }];
  }

  #documentLine({ entry, message }: Line): DocumentLine[] {
    if (message.t !== "document") return [];
    const { id, at } = message;
    const document = this.#content(id);
    // Nothing of a document is believed, and shown, before it was checked.
    const kind = document.value?.kind === "prescription" ? "prescription" : "file";
    const common = { id, at, mine: entry.mine, kind, document } as const;
    if (!entry.mine) {
      const { state, problem } = this.#arrived.value.get(id) ?? {
        state: "received",
        problem: null,
      };
      return [{ ...common, state, problem }];
    }
    const sent = this.#unsent.value.has(id) ? "sending" : "sent";
    const state = entry.opened === undefined ? sent : entry.opened ? "verified" : "refused";
    return [{ ...common, state, problem: null }];
  }

  #content(id: string): Signal<OpenedDocument | null> {
    const content: Signal<OpenedDocument | null> = this.#contents.get(id) ?? signal(null);
    this.#contents.set(id, content);
    return content;
  }

  #fetch(mine: boolean, message: Kept): void {
    if (message.t === "photo") void this.#fetchPhoto(message);
    else if (message.t === "document") void this.#fetchDocument(mine, message);
  }

  async #fetchPhoto(message: Extract<Kept, { t: "photo" }>): Promise<void> {
    const { parcels, photos } = this.#options;
    const show = (photo: NonNullable<Photo>): void => this.#showPhoto(message.id, photo);
    if (this.#photos.peek().has(message.id)) return;
    show({ url: null, state: "loading" });
    try {
      const bytes = await parcels.openPhoto(message);
      show({ url: photos.url(bytes, message.media), state: "ready" });
    } catch {
      show({ url: null, state: "failed" });
    }
  }

  /** Opens a document; of the other side's says how that went, once. */
  async #fetchDocument(mine: boolean, message: Extract<Kept, { t: "document" }>): Promise<void> {
    const content = this.#content(message.id);
    if (content.peek()) return;
    const arrive = (state: Arrived["state"], problem: Problem | null): void => {
      this.#arrived.value = new Map(this.#arrived.peek()).set(message.id, { state, problem });
    };
    try {
      const opened = await this.#options.parcels.openDocument(message, mine);
      batch(() => {
        content.value = opened;
        arrive("verified", null);
      });
      if (!mine) this.#tell(message.id, true);
    } catch (error) {
      if (error instanceof SealError) {
        arrive("refused", { key: error.code, loud: true });
        if (!mine) this.#tell(message.id, false);
      } else {
        const key = error instanceof ProtocolError ? error.code : "offline";
        const retry = (): void => void this.#fetchDocument(mine, message);
        arrive("received", { key, loud: false, retry });
      }
    }
  }

  readonly #told = new Set<string>();

  #tell(document: string, verified: boolean): void {
    // Whoever goes on sending after so many refusals is answered no more.
    if (this.#told.has(document) || this.#told.size >= 2 * LIMITS.files) return;
    this.#told.add(document);
    const { id } = this.#stamp();
    this.#options.send(writeMessage({ t: "opened", id, document, verified }));
  }
}

class Unreadable extends Error {
  override readonly name = "Unreadable";
}
