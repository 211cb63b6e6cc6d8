/** The limits of docs/protocol.md that a desk alone keeps to: no other page carries them. */
export const DESK_LIMITS = {
  /** People seen whom a practice remembers: the last ones. */
  people: 200,
  /** What was sent to them, in all, and is listed: the newest. */
  papers: 100,
  /**
   * The same in bytes, as the page of a vault (1 MiB) holds them beside people, open rooms and what
   * is kept to write again.
   */
  paperBytes: 352 * 1024,
} as const;
