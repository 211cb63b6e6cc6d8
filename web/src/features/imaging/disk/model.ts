/** A study that is shown from a disk, and who asks to show one, as views see them. */
import type { ReadonlySignal } from "@preact/signals";
import type { WhyNot } from "../../../sealing/looking.ts";
import type { Beside } from "../../consult/call.ts";
import type { Progress } from "../../ports.ts";
import type { Problem } from "../../problems.ts";
import type { Contents } from "../collecting.ts";

export interface ChosenStudy {
  readonly name: string;
  /** Bytes of the part that is sent. */
  readonly length: number;
  readonly contents: Contents;
}

/** What was sent in this consult, and can be shown again. */
export interface SentStudy {
  readonly name: string;
  readonly handed: Uint8Array;
}

export interface DiskModel {
  /** `asking`: the host is asked. `ready`: the newest is there, and not shown yet. */
  readonly state: ReadonlySignal<
    "none" | "reading" | "chosen" | "asking" | "sending" | "paused" | "ready"
  >;
  readonly chosen: ReadonlySignal<ChosenStudy | null>;
  /** Why what was chosen cannot be shown; `none`: there are no images. */
  readonly trouble: ReadonlySignal<"none" | "many" | "large" | "unreadable" | null>;
  readonly progress: ReadonlySignal<Progress>;
  /** Why the host pays for nothing. */
  readonly refused: ReadonlySignal<WhyNot | null>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** The newest last. */
  readonly sent: ReadonlySignal<readonly SentStudy[]>;
  choose(files: FileList | null): Promise<void>;
  drop(dropped: DataTransfer): Promise<void>;
  /** Seals it, sends it and shows it; goes on where it was paused. */
  send(): Promise<void>;
  pause(): void;
  /** Gives up what is being chosen, asked for or sent. */
  leave(): Promise<void>;
  /** Shows what was sent before. */
  show(study: SentStudy): Promise<void>;
  /** Nobody wants to hear of it any more: refusals, problems, and what is ready. */
  hush(): void;
}

/** What a guest wants to show. */
export interface Ask {
  readonly ask: string;
  readonly side: Beside;
  readonly bytes: number;
  /** They may, and have shown nothing since. */
  readonly granted: boolean;
}

export interface GrantingModel {
  /** One of each guest at most. */
  readonly asks: ReadonlySignal<readonly Ask[]>;
  /** Why none could be given, of the last that was: a key of a problem's text. */
  readonly unpaid: ReadonlySignal<string | null>;
  /** Has what they show paid for. */
  grant(ask: Ask): Promise<void>;
  decline(ask: Ask): void;
}
