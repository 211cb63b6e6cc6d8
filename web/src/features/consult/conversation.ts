/** What two people write and show to each other in a consult, kept until the room ends. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { b64u, text, utf8 } from "../../sealing/encoding.ts";
import type { Random } from "../../sealing/keys.ts";
import {
  type Message,
  type OutgoingMessage,
  readMessage,
  writeMessage,
} from "../../sealing/messages.ts";
import type { Clock, Photos } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { newest } from "./bounds.ts";
import type { ChatLine, Shared, Tell } from "./call.ts";
import type { Parcels } from "./parcels.ts";

type Kept = Extract<Message, { t: "chat" | "photo" }>;
type Photo = ChatLine["photo"];

/** One line of the conversation, as it rests: the message exactly as it travelled. */
export interface Entry {
  readonly mine: boolean;
  readonly message: string;
  /** When it came to this page, or left it: milliseconds since the epoch. */
  readonly came: number;
}

/** `YYYY-MM-DDTHH:MM:SSZ` */
export const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const nobody: Tell = () => undefined;

interface Line {
  readonly entry: Entry;
  readonly message: Kept;
}

function lineOf(entry: Entry): Line | undefined {
  const message = readMessage(utf8(entry.message));
  return message?.t === "chat" || message?.t === "photo" ? { entry, message } : undefined;
}

export interface ConversationOptions {
  readonly entries: readonly Entry[];
  readonly clock: Clock;
  readonly random: Random;
  readonly photos: Photos;
  readonly parcels: Parcels;
  /** No photo or document more, of either side. */
  full(): boolean;
  send(message: Uint8Array): void;
}

export class Conversation {
  readonly chat: ReadonlySignal<readonly ChatLine[]>;
  readonly unread = signal(0);
  readonly problem = signal<Problem | null>(null);

  readonly #options: ConversationOptions;
  readonly #lines = signal<readonly Line[]>([]);
  /** Photos on their way: not yet messages. */
  readonly #leaving = signal<readonly ChatLine[]>([]);
  readonly #unsent = signal<ReadonlySet<string>>(new Set());
  readonly #photos = signal<ReadonlyMap<string, NonNullable<Photo>>>(new Map());

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#lines.value = options.entries.map(lineOf).filter((line) => line !== undefined);
    this.chat = computed(() => [
      ...this.#lines.value.flatMap((line) => this.#chatLine(line)),
      ...this.#leaving.value,
    ]);
    for (const { message } of this.#lines.value) this.#fetch(message);
  }

  /** What has to be stored. */
  get entries(): readonly Entry[] {
    return this.#lines.peek().map(({ entry }) => entry);
  }

  get photos(): number {
    return this.#lines.peek().filter(({ message }) => message.t === "photo").length;
  }

  /** Takes what the other side wrote. */
  take(bytes: Uint8Array, message: Message): void {
    if (message.t !== "chat" && message.t !== "photo") return;
    if (message.t === "photo" && this.#options.full()) return;
    batch(() => {
      this.#add(false, bytes, message);
      this.unread.value += 1;
    });
    this.#fetch(message);
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
    if (this.#options.full()) return;
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

  newId(): string {
    return b64u(this.#options.random(16));
  }

  #stamp(): { readonly id: string; readonly at: string } {
    return { id: this.newId(), at: timeOf(this.#options.clock.now()) };
  }

  #say(message: Extract<OutgoingMessage, { t: Kept["t"] }>): void {
    const bytes = writeMessage(message);
    const read = readMessage(bytes);
    if (read?.t !== "chat" && read?.t !== "photo") return;
    this.#unsent.value = new Set(this.#unsent.peek()).add(message.id);
    this.#add(true, bytes, read);
    this.#options.send(bytes);
  }

  #add(mine: boolean, bytes: Uint8Array, message: Kept): void {
    const entry = { mine, message: text(bytes), came: this.#options.clock.now() };
    this.#lines.value = newest([...this.#lines.peek(), { entry, message }]);
  }

  #showPhoto(id: string, photo: NonNullable<Photo>): void {
    this.#photos.value = new Map(this.#photos.peek()).set(id, photo);
  }

  #chatLine({ entry, message }: Line): ChatLine[] {
    const { id, at } = message;
    const { mine, came } = entry;
    const state = this.#unsent.value.has(id) ? "sending" : "sent";
    if (message.t === "chat") return [{ id, at, came, mine, state, text: message.text }];
    const photo = this.#photos.value.get(id) ?? { url: null, state: "loading" };
    return [{ id, at, came, mine, state, photo }];
  }

  #fetch(message: Kept): void {
    if (message.t === "photo") void this.#fetchPhoto(message);
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
}

class Unreadable extends Error {
  override readonly name = "Unreadable";
}
