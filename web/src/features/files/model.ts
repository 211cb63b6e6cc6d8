/** Sending with a permit, as views see it. */
import type { ReadonlySignal } from "@preact/signals";
import type { Progress } from "../ports.ts";
import type { Problem } from "../problems.ts";
import type { SheetLanguage } from "../recovery/words.ts";
import type { ChoosingModel } from "./choosing.ts";
import type { Begun } from "./jobs.ts";

export interface SentLink {
  readonly url: string;
  readonly name: string;
  readonly openings: number;
}

export interface SenderModel {
  readonly state: ReadonlySignal<
    "looking" | "choosing" | "sending" | "paused" | "sent" | "over" | "forgotten"
  >;
  /** What the permit pays for, in bytes, until then (milliseconds since the epoch). */
  readonly size: ReadonlySignal<number>;
  readonly until: ReadonlySignal<number>;
  readonly choosing: ChoosingModel;
  /** What was begun, by this page or before it was loaded. */
  readonly begun: ReadonlySignal<Omit<Begun, "seed" | "stamp"> | null>;
  readonly progress: ReadonlySignal<Progress>;
  readonly problem: ReadonlySignal<Problem | null>;
  readonly sent: ReadonlySignal<SentLink | null>;
  /** Begins, or goes on. */
  send(name: string, openings: number): Promise<void>;
  pause(): void;
  words(language: SheetLanguage): Promise<readonly string[]>;
  /** Takes it back: nobody opens it any more; and forgets it. */
  takeBack(): Promise<void>;
  /** Erases what this device keeps of it. */
  forget(): Promise<void>;
}
