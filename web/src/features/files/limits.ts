/** How much is sent and received as files. Sizes in bytes. */
import { LIMITS } from "../../protocol/limits.ts";
import { CHUNK_BYTES } from "../../sealing/tree.ts";

/** Chunks that are sealed, sent, fetched and opened at once. */
export const SPAN_CHUNKS = LIMITS.piece / CHUNK_BYTES;

/** The sealed leaf hashes of a part: those of 16 GiB. */
export const LEAVES_BYTES = 9 * 1024 * 1024;

/** What a desk sends at once: ten gibibytes. */
export const MOST_SENT = 10 * 1024 ** 3;

/** Files of one sending. */
export const MOST_FILES = 10_000;

/** Of the practice's own link: it alone has it, and opens it on any of its devices. */
export const PRACTICE_OPENINGS = 100;

/** What is received where the browser has no disk for pages. */
export const MOST_IN_MEMORY = 512 * 1024 * 1024;

/** How long the beginning of a file that was received in part is kept: milliseconds. */
export const KEPT = 24 * 3600_000;
