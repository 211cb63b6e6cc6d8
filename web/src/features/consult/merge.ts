/** What several devices of one person have of a document: the desk alone, so not in `papers.ts`. */
import type { Paper } from "./papers.ts";

/** One document as two devices have it: what once became of it stays. */
export function mergePapers(one: Paper, other: Paper): Paper {
  const delivered = one.delivered || other.delivered || (one.delivered ?? other.delivered);
  const told = one.told === "opened" ? one.told : (other.told ?? one.told);
  return {
    mine: one.mine,
    mail: one.mail,
    ...(one.posted || other.posted ? { posted: true } : {}),
    ...(delivered === undefined ? {} : { delivered }),
    ...(one.opened || other.opened ? { opened: true } : {}),
    ...(told ? { told } : {}),
  };
}
