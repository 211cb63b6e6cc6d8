/** How long a prescription that can be dispensed lasts (docs/protocol.md, Limits). */
const DAY = 24 * 3600_000;
/** For how long after its issue it may be dispensed: a year, as the law has it. Milliseconds. */
export const DISPENSABLE = 365 * DAY;
/** For how long after that all that its ticket leads to can still be looked at: milliseconds. */
export const TICKET_STAYS = 30 * DAY;
/** How long a receipt rests: one of the first day until all of it ends. Seconds. */
export const RECEIPT_SECONDS = (DISPENSABLE + TICKET_STAYS) / 1000;
