/** One sealed session with one person, as its views see it. */

import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Dispensing } from "../../sealing/dispensing.ts";
import type { OutgoingMessage } from "../../sealing/messages.ts";
import type { Statement } from "../../sealing/statement.ts";
import type { Problem } from "../problems.ts";

/** What goes to everybody in a consult: the same message to each. */
export type Shared = Extract<OutgoingMessage, { t: "chat" | "photo" }>;

/** Is given what was said, with the address of the photo in it, for the others in the consult. */
export type Tell = (message: Shared, url: string | null) => void;

export interface ChatLine {
  readonly id: string;
  readonly mine: boolean;
  /** Whose it is, where there are more than two people: not given for one's own. */
  readonly author?: string;
  /** When it came to this page, or left it: milliseconds since the epoch. */
  readonly came: number;
  /** `YYYY-MM-DDTHH:MM:SSZ`, by the sender's clock. */
  readonly at: string;
  readonly text?: string;
  readonly photo?: {
    /** An object URL of the opened photo. */
    readonly url: string | null;
    readonly state: "sending" | "loading" | "ready" | "failed";
  };
  readonly state: "sending" | "sent";
}

export interface DocumentLine {
  readonly id: string;
  readonly mine: boolean;
  readonly at: string;
  /** `file` until everything was checked. */
  readonly kind: OpenedDocument["kind"];
  /**
   * Of an own document `sent` is in the reader's mailbox, `verified` on their device with everything
   * holding, `opened` looked at, where they let us know.
   */
  readonly state: "sending" | "sent" | "received" | "verified" | "refused" | "opened";
  readonly problem: Problem | null;
  /** The opened content; null until everything was checked. */
  readonly document: ReadonlySignal<OpenedDocument | null>;
}

export interface OpenedPart {
  readonly name: string;
  readonly media: string;
  readonly bytes: Uint8Array;
}

/** How a prescription may be dispensed: each of its lines in their order, until then. */
export type Dispensable = Pick<Dispensing, "lines" | "until">;

export interface OpenedDocument {
  readonly kind: Statement["kind"];
  readonly issued: string;
  readonly author: {
    readonly name: string;
    readonly profession?: string;
    readonly speciality?: string;
    readonly rpps?: string;
  };
  readonly subject: {
    readonly name: string;
    readonly birth?: string;
    readonly sex?: string;
  } | null;
  readonly parts: readonly OpenedPart[];
  /** Signed twice, as the card of its author says. */
  readonly twice?: boolean;
  /** Of a prescription that its reader may have dispensed: 32 bytes. */
  readonly ticket?: Uint8Array;
}

/** What goes through a session besides, for features that a page fetches when they are needed. */
export interface Beside {
  /**
   * Messages of types that a call does not know: of this exchange, the newest of each type, oldest first;
   * whoever reads them empties it.
   */
  readonly heard: Signal<readonly Uint8Array[]>;
  /** Goes up at each new exchange: what was on its way may be lost. */
  readonly exchanges: ReadonlySignal<number>;
  say(message: Uint8Array): void;
  /** How many messages wait to be acknowledged. */
  waiting(): number;
}

export interface CallModel {
  /** None of a call that is over. */
  readonly beside?: Beside;
  readonly who: ReadonlySignal<{
    readonly name: string;
    readonly profession?: string;
    readonly rpps?: string;
    readonly reason?: string;
  }>;
  readonly remote: ReadonlySignal<MediaStream | null>;
  readonly remoteState: ReadonlySignal<{
    readonly audio: boolean;
    readonly video: boolean;
    readonly screen: boolean;
  }>;
  /** `refused`: a check failed, nothing is shown, and it is said loudly. */
  readonly link: ReadonlySignal<"connecting" | "secure" | "reconnecting" | "lost" | "refused">;
  readonly quality: ReadonlySignal<"unknown" | "good" | "fair" | "poor">;
  /** Three groups of four digits; empty until the handshake is done. */
  readonly authenticationString: ReadonlySignal<string>;
  readonly security: ReadonlySignal<{
    readonly dtls: string;
    readonly srtp: string;
    readonly route: "direct" | "relay" | "unknown";
    readonly fingerprintChecked: boolean;
  }>;
  /** Milliseconds since the epoch of the first secure moment: where the timer starts. */
  readonly since: ReadonlySignal<number | null>;
  readonly chat: ReadonlySignal<readonly ChatLine[]>;
  readonly unread: ReadonlySignal<number>;
  readonly documents: ReadonlySignal<readonly DocumentLine[]>;
  readonly problem: ReadonlySignal<Problem | null>;
  sendChat(text: string, tell?: Tell): void;
  sendPhoto(file: Blob, tell?: Tell): Promise<void>;
  /** Says what was first said to somebody else in the consult. */
  passOn: Tell;
  markRead(): void;
  /** The parts may still be in the making: the end of a consult waits for them. */
  sendDocument(
    kind: OpenedDocument["kind"],
    author: OpenedDocument["author"],
    subject: OpenedDocument["subject"],
    parts: readonly OpenedPart[] | Promise<readonly OpenedPart[]>,
    dispensable?: Dispensable,
  ): Promise<void>;
  /** Lets the sender of a document know that the person has looked at it. */
  tellOpened(document: string): void;
}
