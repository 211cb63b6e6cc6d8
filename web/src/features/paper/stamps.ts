/** Ids and times as documents carry them. */
import type { Random } from "../ports.ts";

/** A random UUID (RFC 9562, version 4). */
export function uuid(random: Random): string {
  const bytes = random(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** `YYYY-MM-DDTHH:MM:SSZ`. */
export function utcSeconds(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}

/** `YYYY-MM-DD` where the signer is. */
export function localDay(now: number): string {
  const day = new Date(now);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
