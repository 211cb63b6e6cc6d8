/** What the code of a prescription holds, and the address where its patient looks. */
import { ticketLink } from "../../sealing/ticket.ts";

export interface Code {
  readonly text: string;
  /** Nothing is dispensed there. */
  readonly see: string;
}

/** `ticket`: 32 bytes; `page`: any address of the server. */
export function codeOf(page: string, ticket: Uint8Array): Code {
  const text = ticketLink(new URL(page).origin, ticket);
  return { text, see: text.replace("#", "?see#") };
}
