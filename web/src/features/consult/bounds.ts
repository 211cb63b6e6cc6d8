/** How much of a conversation is kept: whoever is let in can write as much as they like. */
import { LIMITS } from "../../protocol/limits.ts";
import type { ChatLine } from "./call.ts";

const isText = ({ text }: ChatLine): boolean => text !== undefined;

/** Of what is written only the newest lines are kept, and the page says so. */
export const linesFull = (chat: readonly ChatLine[]): boolean =>
  chat.filter(isText).length >= LIMITS.lines;

interface Kept {
  readonly message: { readonly t: "chat" | "photo" };
}

/** Without the oldest line where there is one too many; photos stay. */
export function newest<Line extends Kept>(lines: readonly Line[]): readonly Line[] {
  const written = lines.filter(({ message }) => message.t === "chat");
  if (written.length <= LIMITS.lines) return lines;
  const [oldest] = written;
  return lines.filter((line) => line !== oldest);
}
