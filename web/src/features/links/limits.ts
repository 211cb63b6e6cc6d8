/** How much a desk hands over by links. */

/** Links that a desk lists; all of them stand in the practice's vault. */
export const MOST_LINKS = 100;

/** Of one upload. */
export const MOST_RECIPIENTS = 8;

/** Characters (UTF-16) of whom a link is for. */
export const MOST_TO = 120;
