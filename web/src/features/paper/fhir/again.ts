/**
 * How signed documents are read: what was read is written again and compared, so that a document
 * which says more, or words it otherwise, than the page would show is not shown at all.
 */
import * as v from "valibot";
import { inert, inertLines } from "../../inert.ts";
import type { Resource } from "./systems.ts";

export class NotOurs extends Error {}

export function mustBe<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new NotOurs();
  return value;
}

interface Read<T> {
  readonly it: T;
  /** The same, written anew. */
  readonly again: Resource;
}

/**
 * @param bytes UTF-8 JSON
 * @param read throws `NotOurs` for what it would not show
 * @returns null if anything is not as we write it
 */
export function readAgain<T>(bytes: Uint8Array, read: (json: unknown) => Read<T>): T | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const { it, again } = read(JSON.parse(text));
    // The text and not what was parsed: of a member that is there twice others may read the first.
    return JSON.stringify(again) === text ? it : null;
  } catch (error) {
    // Not UTF-8, not JSON, not of these shapes, or with a code that is in no list of ours.
    if (error instanceof NotOurs || error instanceof v.ValiError) return null;
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** No text in it, however deep, would be changed by making it one line that is safe to show. */
export function isInertLine(value: unknown): boolean {
  if (typeof value === "string") return inert(value, Number.POSITIVE_INFINITY) === value;
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(isInertLine);
}

/** The same for a text of several lines, of `limit` characters at most. */
export const isInertText = (text: string, limit?: number): boolean =>
  inertLines(text, limit) === text;
