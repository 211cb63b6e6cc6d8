/** Why what a link holds is not shown. */
import { SealError } from "../../sealing/errors.ts";
import { WordsError } from "../../sealing/words.ts";

export type Trouble =
  | "showBadLink"
  | "showBadWords"
  | "showNoStudy"
  | "showFailed"
  | "showTooLarge";

export function troubleOf(error: unknown): Trouble {
  if (error instanceof WordsError) return "showBadWords";
  if (!(error instanceof SealError)) return "showFailed";
  if (error.code === "bad_link") return "showBadLink";
  if (error.code === "too_long") return "showTooLarge";
  return error.code === "cannot_open" || error.code === "altered" ? "showBadWords" : "showNoStudy";
}
