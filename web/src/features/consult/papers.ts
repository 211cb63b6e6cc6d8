/** Documents as they rest, and what became of each. */
import { text, utf8 } from "../../sealing/encoding.ts";
import { type Mail, readMail } from "../../sealing/mail.ts";
import type { Address } from "../mail/address.ts";
import type { DocumentLine } from "./call.ts";
import type { Paid } from "./paid.ts";

export type DocumentMail = Extract<Mail, { t: "document" }>;

/** A document as it rests: the mail exactly as it was sealed. */
export interface Paper {
  readonly mine: boolean;
  readonly mail: string;
  /** Of an own one: it lies in the reader's mailbox. */
  readonly posted?: boolean;
  /** Of an own one: the reader's device has it, and everything held, or did not. */
  readonly delivered?: boolean;
  /** The reader has looked at it, and lets the sender know. */
  readonly opened?: boolean;
  /** Of the other side's: the last of what became of it that lies in the sender's mailbox. */
  readonly told?: "delivered" | "opened";
}

/** What two people have of each other, beside any session, until the room ends. */
export interface ShelfRecord {
  readonly papers: readonly Paper[];
  /** Where the other side can be written to; null until they have said. */
  readonly address: Address | null;
  /** Of a host: this guest keeps documents, and was given what pays for that. */
  readonly keeps?: boolean;
  /** Of a guest: what the host gave. */
  readonly supply?: readonly Paid[];
}

export interface Line {
  readonly paper: Paper;
  readonly mail: DocumentMail;
}

export function lineOf(paper: Paper): Line | undefined {
  const mail = readMail(utf8(paper.mail));
  return mail?.t === "document" ? { paper, mail } : undefined;
}

export const newLine = (mine: boolean, mail: DocumentMail, content: Uint8Array): Line => ({
  paper: { mine, mail: text(content) },
  mail,
});

/** What became of an own document. */
export function stateOf({ posted, delivered, opened }: Paper): DocumentLine["state"] {
  if (delivered === false) return "refused";
  if (opened) return "opened";
  if (delivered) return "verified";
  return posted ? "sent" : "sending";
}
