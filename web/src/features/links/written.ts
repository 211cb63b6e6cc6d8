/** What was written here, and is handed over by a link instead of a mailbox. */
import type { OpenedDocument } from "../consult/call.ts";

/** One document, signed as such; `name` is what the list of links calls it. */
export interface LinkDocument
  extends Pick<OpenedDocument, "kind" | "author" | "subject" | "parts"> {
  readonly name: string;
}

/** How long it lasts, in days, and how often it may be opened. */
export interface Ends {
  readonly days: number;
  readonly openings: number;
}
