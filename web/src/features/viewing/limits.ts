/** How much of a file is shown in the page. Sizes in bytes, times in milliseconds. */

/** A file that is opened: it is in memory while it is shown. */
export const MOST_FILE = 64 * 1024 * 1024;

/** Pixels of a picture, by what it says of itself, and of one within a PDF. */
export const MOST_PIXELS = 64_000_000;

/** Pixels that are drawn: some phones draw nothing at all on a canvas of more than this. */
export const MOST_DRAWN = 16_000_000;

/** Pixels of all canvases that one page takes at once, with its groups and masks: 4 bytes each. */
export const MOST_LIVING = 8 * MOST_DRAWN;

export const MOST_PAGES = 5_000;

/** One side of a page, in pixels at its own size: 200 inches are the most that PDF has without its unit. */
export const MOST_SIDE = 20_000;

/** Of the text of one page: pieces that stand together, and letters of all. */
export const MOST_RUNS = 20_000;
export const MOST_LETTERS = 500_000;

/** How long opening a file, or drawing a page, may take until the worker is ended. */
export const DRAWING = 15_000;

/** How much finer than its own size a page is drawn. */
export const FINEST = 8;

/** What is fetched at once. */
export const STEP = 4 * 1024 * 1024;

/** What lists the files of a zip: ten thousand of them. */
export const MOST_DIRECTORY = 16 * 1024 * 1024;
