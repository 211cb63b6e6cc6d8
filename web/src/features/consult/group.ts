/** What everybody in a consult writes, as one conversation. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { CallModel, ChatLine, Tell } from "./call.ts";

/** Somebody in the consult with whom this page has a session, or is about to. */
export interface Attendee {
  /** Tells people apart, whatever their names. */
  readonly key: string;
  readonly name: ReadonlySignal<string>;
  /** Null until there is a session. */
  readonly call: ReadonlySignal<CallModel | null>;
  /** What is said to everybody, kept for them until there is a session. */
  readonly passOn: Tell;
}

/** What the messages' view needs. */
export interface ChatModel {
  readonly chat: ReadonlySignal<readonly ChatLine[]>;
  readonly unread: ReadonlySignal<number>;
  sendChat(text: string): void;
  sendPhoto(file: Blob): Promise<void>;
  markRead(): void;
}

interface Heard {
  readonly person: Attendee;
  readonly call: CallModel;
}

/** Names that tell people apart: the second of the same name is counted. */
export function distinctNames(people: readonly Attendee[]): string[] {
  const names = people.map(({ name }) => name.value);
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((one) => one === name).length;
    return before > 0 ? `${name} (${before + 1})` : name;
  });
}

/** Lines of several people in the order in which they came here, each once. */
function merged(heard: readonly Heard[], here: ReadonlySet<CallModel>): ChatLine[] {
  const people = [...new Map(heard.map(({ person }) => [person.key, person])).values()];
  const shown = distinctNames(people);
  const names = new Map(people.map(({ key }, index) => [key, shown[index] ?? ""]));
  const many = people.length > 1;
  const lines = new Map<string, ChatLine>();
  const pending = new Set<string>();
  // Of a line that was said to several, what those who are here have of it counts.
  const order = [...heard].sort((one, other) => +here.has(one.call) - +here.has(other.call));
  for (const { person, call } of order) {
    for (const line of call.chat.value) {
      // Ids are their author's to choose: one person's never stands for another's.
      const name = line.mine ? line.id : `${person.key} ${line.id}`;
      const known = lines.get(name);
      if (line.mine && line.state === "sending" && here.has(call)) pending.add(name);
      const state = pending.has(name) ? "sending" : line.state;
      const author = many && !line.mine ? { author: names.get(person.key) ?? "" } : {};
      lines.set(name, { ...line, ...author, state, came: known?.came ?? line.came });
    }
  }
  return [...lines.values()].sort((one, other) => one.came - other.came);
}

export class Group implements ChatModel {
  readonly chat: ReadonlySignal<readonly ChatLine[]>;
  readonly unread: ReadonlySignal<number>;

  readonly #people: ReadonlySignal<readonly Attendee[]>;
  /** Every session of this consult so far: what somebody wrote stays when they leave. */
  readonly #heard = signal<readonly Heard[]>([]);

  constructor(people: ReadonlySignal<readonly Attendee[]>) {
    this.#people = people;
    const here = computed(() => people.value.flatMap(({ call }) => call.value ?? []));
    effect(() => {
      const now = people.value.flatMap((person) =>
        person.call.value ? [{ person, call: person.call.value }] : [],
      );
      const before = this.#heard.peek();
      const fresh = now.filter(({ call }) => before.every((one) => one.call !== call));
      if (now.length === 0) this.#heard.value = [];
      else if (fresh.length > 0) this.#heard.value = [...before, ...fresh];
    });
    this.chat = computed(() => merged(this.#heard.value, new Set(here.value)));
    this.unread = computed(() => here.value.reduce((sum, { unread }) => sum + unread.value, 0));
  }

  readonly sendChat = (text: string): void => {
    this.#first()?.call.sendChat(text, this.#passOn());
  };

  readonly sendPhoto = async (file: Blob): Promise<void> => {
    await this.#first()?.call.sendPhoto(file, this.#passOn());
  };

  readonly markRead = (): void => {
    for (const { call } of this.#people.peek()) call.peek()?.markRead();
  };

  #first(): Heard | undefined {
    for (const person of this.#people.peek()) {
      const call = person.call.peek();
      if (call) return { person, call };
    }
    return undefined;
  }

  /** To everybody else who is in the consult when it was said, or, of a photo, when it is sealed. */
  #passOn(): Tell {
    const first = this.#first()?.person.key;
    return (message, url) => {
      for (const { key, passOn } of this.#people.peek()) if (key !== first) passOn(message, url);
    };
  }
}
