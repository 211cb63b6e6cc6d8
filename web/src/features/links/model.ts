/** Sealed links, as views see them. */
import type { ReadonlySignal } from "@preact/signals";
import type { Attestation, Card } from "../../sealing/card.ts";
import type { DocumentLine } from "../consult/call.ts";
import type { IncomingFile } from "../files/receiving.ts";
import type { Problem } from "../problems.ts";
import type { SheetLanguage, WordsTrouble } from "../recovery/words.ts";
import type { LinkDocument, LinkFile } from "./file.ts";
import type { Ends } from "./making.ts";
import type { Allowed } from "./permits.ts";

export interface LinkLine {
  readonly id: string;
  /** Of the file. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly expires: number;
  readonly openings: number;
  /** How often it was opened, as the server says; null until it has said. */
  readonly used: number | null;
  readonly state: "open" | "used-up" | "withdrawn" | "expired";
  readonly url: string;
}

export interface LinksModel {
  /** Newest first. */
  readonly list: ReadonlySignal<readonly LinkLine[]>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Asks the server how often each was opened. */
  load(): Promise<void>;
  /** Null where it did not come about: `problem` says why. */
  make(file: LinkFile, ends: Ends): Promise<LinkLine | null>;
  /** The same of what was written here; `many`: there are as many links as may be. */
  hand(document: LinkDocument, ends: Ends): Promise<LinkLine | "many" | null>;
  /** A link with which somebody may send files, once; null where `problem` says why there is none. */
  permit(allowed: Allowed): Promise<string | null>;
  /** The five that are spoken. */
  words(id: string, language: SheetLanguage): Promise<readonly string[]>;
  withdraw(id: string): Promise<void>;
  /** Takes one that is over out of the list. */
  forget(id: string): Promise<void>;
}

/** What was checked of who wrote it. */
export interface Author {
  readonly card: Card;
  readonly attestation: Attestation | undefined;
  /** When the server saw the signature: milliseconds since the epoch. */
  readonly signedAt: number;
}

/** What a link held. */
export interface Found {
  /** The document, where it came with the link. */
  readonly document: DocumentLine | null;
  /** Files that are fetched when somebody asks for them. */
  readonly files: readonly IncomingFile[];
  /** Null where nobody knows them; `says` is what they call themselves. */
  readonly author: Author | null;
  readonly says: string;
}

export interface OpeningModel {
  readonly state: ReadonlySignal<"looking" | "asking" | "opening" | "open" | "over">;
  /** How often it may still be opened; null until the server has said. */
  readonly left: ReadonlySignal<number | null>;
  /** Milliseconds since the epoch. */
  readonly expires: ReadonlySignal<number | null>;
  /** `wrong`: they are this link's form, and open nothing. */
  readonly trouble: ReadonlySignal<WordsTrouble | { readonly what: "wrong" } | null>;
  /** Why it opens nothing, or not now. */
  readonly problem: ReadonlySignal<Problem | null>;
  /** The same, where it is told of links alone. */
  readonly why: ReadonlySignal<"unknown" | "not-genuine" | null>;
  /** Its files were begun on this device: opening it anew counts nothing. */
  readonly begun: ReadonlySignal<boolean>;
  readonly found: ReadonlySignal<Found | null>;
  /** Opens it with the words as they were typed. */
  open(words: string): Promise<void>;
}
