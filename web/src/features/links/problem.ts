/** Why something with a link did not come about. */
import { ProtocolError } from "../../protocol/errors.ts";
import { SealError } from "../../sealing/errors.ts";
import { CannotSignTwice } from "../desk/device.ts";
import type { Problem } from "../problems.ts";

/** `unanswered`: what is said where no answer came. */
export function linkProblem(error: unknown, unanswered: "offline" | "send_failed"): Problem {
  if (error instanceof CannotSignTwice) return { key: "cannot_sign_twice", loud: true };
  const coded = error instanceof ProtocolError || error instanceof SealError;
  return { key: coded ? error.code : unanswered, loud: error instanceof SealError };
}
