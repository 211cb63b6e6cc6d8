/** Sending with a permit, as views see it. */
import type { ReadonlySignal } from "@preact/signals";
import type { Contents } from "../imaging/collecting.ts";
import type { Progress } from "../ports.ts";
import type { Problem } from "../problems.ts";
import type { SheetLanguage } from "../recovery/words.ts";
import type { Begun, Taking } from "./jobs.ts";

/** What is to be sent: the name it will have, bytes of all, and how many files. */
export interface ChosenFiles {
  readonly name: string;
  readonly length: number;
  readonly count: number;
  /** The images that are among them. */
  readonly study: Contents | null;
  readonly taking: Taking;
}

export interface SentLink {
  readonly url: string;
  readonly name: string;
  readonly openings: number;
}

export interface SenderModel {
  readonly state: ReadonlySignal<
    "looking" | "choosing" | "reading" | "sending" | "paused" | "sent" | "over" | "forgotten"
  >;
  /** What the permit pays for, in bytes, until then (milliseconds since the epoch). */
  readonly size: ReadonlySignal<number>;
  readonly until: ReadonlySignal<number>;
  readonly chosen: ReadonlySignal<ChosenFiles | null>;
  /** Why what was chosen is not sent; `another`: than what was begun. */
  readonly trouble: ReadonlySignal<
    "none" | "many" | "large" | "another" | "twice" | "unreadable" | null
  >;
  /** What was begun, by this page or before it was loaded. */
  readonly begun: ReadonlySignal<Omit<Begun, "seed" | "stamp"> | null>;
  readonly progress: ReadonlySignal<Progress>;
  readonly problem: ReadonlySignal<Problem | null>;
  readonly sent: ReadonlySignal<SentLink | null>;
  choose(files: FileList | null): Promise<void>;
  drop(dropped: DataTransfer): Promise<void>;
  /** The images alone, as a study, or all files as they are. */
  take(taking: Taking): void;
  /** Begins, or goes on. */
  send(name: string, openings: number): Promise<void>;
  pause(): void;
  words(language: SheetLanguage): Promise<readonly string[]>;
  /** Takes it back: nobody opens it any more; and forgets it. */
  takeBack(): Promise<void>;
  /** Erases what this device keeps of it. */
  forget(): Promise<void>;
}
