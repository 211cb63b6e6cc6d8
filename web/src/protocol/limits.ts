/** The limits of docs/protocol.md that a client keeps to. Sizes in bytes, times in milliseconds. */
export const LIMITS = {
  frame: 65_536,
  intro: 8_192,
  accept: 24_576,
  ping: 8,
  seats: 3,
  blob: 64 * 1024 * 1024,
  /** A piece of an upload: what a lost connection costs at most. */
  piece: 4 * 1024 * 1024,
  /** What a page holds of one person's photos and documents: as much as the guests of a room may store. */
  received: 256 * 1024 * 1024,
  /** Lines that a page keeps of what two people write; the oldest go, and the page says so. */
  lines: 500,
  /** Photos and documents of a consult, both sides' together; one more is refused with a sentence. */
  files: 100,
  /** What a person's mailbox may hold. */
  mailbox: 1024 * 1024,
  /** Candidates kept of a connection whose description has not come. */
  earlyCandidates: 64,
  /** Hashes of intros that a host keeps of one room, shown or accepted; with all of them there nobody is let in without a tap. */
  acceptedIntros: 256,
  /** People whom one person's devices help to come back. */
  helped: 16,
  /** After a refusal the server takes no knock of that key for so long. */
  refusalPause: 30_000,
  /** How long a connection may be silent before the server closes it; clients ping in between. */
  silence: 45_000,
  pingEvery: 15_000,
} as const;
