/** Sealed links, as views see them. */
import type { ReadonlySignal } from "@preact/signals";
import type { Attestation, Card } from "../../sealing/card.ts";
import type { DocumentLine } from "../consult/call.ts";
import type { ChoosingModel } from "../files/choosing.ts";
import type { IncomingFile } from "../files/receiving.ts";
import type { Progress } from "../ports.ts";
import type { Problem } from "../problems.ts";
import type { SheetLanguage, WordsTrouble } from "../recovery/words.ts";
import type { SheetsModel } from "../viewing/model.ts";
import type { Ends, LinkDocument } from "./written.ts";

export interface LinkLine {
  readonly id: string;
  /** Of the file, and its bytes. */
  readonly name: string;
  readonly size: number;
  /** What was uploaded: others may have links to it. */
  readonly upload: string;
  /** Whom it is for. */
  readonly to: string;
  /** Whether it lies in their mailbox; null where the doctor hands it over. */
  readonly mailed: boolean | null;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly expires: number;
  readonly openings: number;
  /** How often it was opened, as the server says; null until it has said. */
  readonly used: number | null;
  readonly state: "open" | "used-up" | "withdrawn" | "expired";
  readonly url: string;
}

/** Somebody who is to be given a link: good for so many days, and for so many openings. */
export interface Wanted {
  readonly to: string;
  /** The id of somebody seen, whose mailbox it goes to; null: the doctor hands it over. */
  readonly person: string | null;
  readonly days: number;
  readonly openings: number;
}

/** Files on their way, for one or several people. */
export interface OutgoingModel {
  readonly state: ReadonlySignal<"idle" | "sending" | "paused">;
  readonly choosing: ChoosingModel;
  /** How much may be sent at once, in bytes. */
  readonly most: number;
  /** Who can be written to. */
  readonly people: ReadonlySignal<readonly { readonly id: string; readonly name: string }[]>;
  /** What was begun, by this page or before it was loaded; `whole`: all of it is at the server. */
  readonly begun: ReadonlySignal<{
    readonly file: string;
    readonly length: number;
    readonly whole: boolean;
    readonly to: readonly string[];
  } | null>;
  readonly progress: ReadonlySignal<Progress>;
  readonly problem: ReadonlySignal<Problem | null>;
  /**
   * Begins, or goes on with what was begun; gives the links, none where it did not come about:
   * `problem` or what was chosen says why.
   */
  send(wanted: readonly Wanted[]): Promise<readonly string[]>;
  pause(): void;
  /** Takes back what was begun. */
  giveUp(): Promise<void>;
}

export interface LinksModel {
  readonly outgoing: OutgoingModel;
  /** Newest first. */
  readonly list: ReadonlySignal<readonly LinkLine[]>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Asks the server how often each was opened. */
  load(): Promise<void>;
  /**
   * Hands over what was written here; null where it did not come about: `problem` says why. `many`:
   * there are as many links as may be.
   */
  hand(document: LinkDocument, ends: Ends): Promise<LinkLine | "many" | null>;
  /** The five that are spoken. */
  words(id: string, language: SheetLanguage): Promise<readonly string[]>;
  withdraw(id: string): Promise<void>;
  /** Takes back all links to an upload, and what was uploaded: nobody fetches it any more. */
  withdrawAll(upload: string): Promise<void>;
  /** Takes one that is over out of the list. */
  forget(id: string): Promise<void>;
}

/** What was checked of who wrote it. */
export interface Author {
  /** The key that the card is of. */
  readonly identity: Uint8Array;
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
  /** Shows a part of the document in the page. Rejects where its code does not come. */
  view(name: string, bytes: Uint8Array): Promise<SheetsModel>;
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
