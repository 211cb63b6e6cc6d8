/** How much is read and shown of studies. Sizes in bytes, times in milliseconds. */

/** What is read of a file to find out what it is, at most: from the first to the last, as needed. */
export const HEAD_BYTES = [64 * 1024, 1024 * 1024, 16 * 1024 * 1024] as const;

/** Characters of one value in an index. */
export const MOST_CHARACTERS = 256;

/** One file that is opened: it is in memory while it is decoded. */
export const MOST_FILE = 64 * 1024 * 1024;

/** Samples of one frame: rows, columns and colours multiplied. */
export const MOST_SAMPLES = 32 * 1024 * 1024;

/** Frames of one file. */
export const MOST_FRAMES = 20_000;

/** Frames that are kept, ready to be drawn. */
export const KEPT_FRAMES = 96 * 1024 * 1024;

/** Frames that are fetched before somebody asks for them, on either side. */
export const AHEAD = 8;

/** How long a file may be decoded, until its worker is ended. */
export const DECODING = 10_000;

/** What a guest shows in a consult from a disk, at the practice's expense. */
export const MOST_SHOWN = 2 * 1024 * 1024 * 1024;

/** How often the host is asked whether one guest may. */
export const MOST_ASKS = 8;

/** How long what is shown from a disk is there: days. */
export const SHOWN_DAYS = 1;

/** Whoever has a new page says in this time what still counts. */
export const AGAIN = 10_000;
