/** Sending with a permit, as views see it. */
import type { ReadonlySignal } from "@preact/signals";
import type { Progress } from "../ports.ts";
import type { Standing } from "../practitioners/standing.ts";
import type { Problem } from "../problems.ts";
import type { SheetLanguage } from "../recovery/words.ts";
import type { ChoosingModel } from "./choosing.ts";
import type { Begun, Reader } from "./jobs.ts";

export interface SentLink {
  readonly url: string;
  /** Of what was sent. */
  readonly name: string;
  /** Whom it is for; empty where nobody said. */
  readonly to: string;
  readonly openings: number;
}

/** What came of it. */
export interface Sent {
  /** To hand over, each with its own words. */
  readonly links: readonly SentLink[];
  /** Who was told by letter, and has a link besides; empty where nobody was. */
  readonly practice: string;
}

export interface SenderModel {
  readonly state: ReadonlySignal<
    "looking" | "choosing" | "sending" | "paused" | "sent" | "over" | "forgotten"
  >;
  /** What the permit pays for, in bytes, until then (milliseconds since the epoch). */
  readonly size: ReadonlySignal<number>;
  readonly until: ReadonlySignal<number>;
  /** How many links may lead to it that are handed over. */
  readonly links: ReadonlySignal<number>;
  /** Whose permit it is; null for one that does not say, and until it is known. */
  readonly practice: ReadonlySignal<Standing | null>;
  readonly choosing: ChoosingModel;
  /** What was begun, by this page or before it was loaded. */
  readonly begun: ReadonlySignal<Omit<Begun, "seed" | "stamp"> | null>;
  readonly progress: ReadonlySignal<Progress>;
  readonly problem: ReadonlySignal<Problem | null>;
  readonly sent: ReadonlySignal<Sent | null>;
  /** Begins, or goes on; `readers` are those to whom a link is handed over. */
  send(name: string, readers: readonly Reader[]): Promise<void>;
  pause(): void;
  /** Of the link at that place of the list. */
  words(at: number, language: SheetLanguage): Promise<readonly string[]>;
  /** Takes it back: nobody opens it any more; and forgets it. */
  takeBack(): Promise<void>;
  /** Erases what this device keeps of it. */
  forget(): Promise<void>;
}
