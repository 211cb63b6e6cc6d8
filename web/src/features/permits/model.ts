/** Permits and what came with them, as views see them. */
import type { ReadonlySignal } from "@preact/signals";
import type { Problem } from "../problems.ts";
import type { SheetLanguage } from "../recovery/words.ts";

/** How much may be sent, in bytes, for how many days it is there, and how many links may lead to it. */
export interface Allowed {
  readonly bytes: number;
  readonly days: number;
  readonly links: number;
}

export interface PermitLine {
  readonly id: string;
  readonly label: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly until: number;
  readonly url: string;
  /** `begun`: somebody has used it, and nothing has come yet. */
  readonly state: "unused" | "begun" | "used" | "withdrawn" | "expired";
}

export interface ArrivedLine {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly until: number;
  /** Whom the permit was for; null where it is no permit that is known here. */
  readonly label: string | null;
  readonly seen: boolean;
  /** Of the sealed link that the letter brought. */
  readonly url: string;
}

/** What opens files that came. */
export interface Arrived {
  readonly link: Uint8Array;
  readonly code: Uint8Array;
}

export interface PermitsModel {
  /** Newest first. */
  readonly list: ReadonlySignal<readonly PermitLine[]>;
  readonly arrived: ReadonlySignal<readonly ArrivedLine[]>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Shows what there is by now. */
  load(): Promise<void>;
  /** Null where it did not come about: `problem` says why. */
  make(label: string, allowed: Allowed): Promise<PermitLine | null>;
  /** One that says nothing of anybody, and is in no list: its link, as `make` gives one. */
  bare(allowed: Allowed): Promise<string | null>;
  /** Nobody can use it from then on, unless somebody has already. */
  withdraw(id: string): Promise<void>;
  /** Takes one that is over out of the list. */
  forget(id: string): Promise<void>;
  /** What opens files that came; null where another device has taken them out of the list. */
  open(id: string): Promise<Arrived | null>;
  /** The words of that link, for where both are asked for; none where it is not there any more. */
  words(id: string, language: SheetLanguage): Promise<readonly string[]>;
  /** Takes them out of the list. */
  drop(id: string): Promise<void>;
}
