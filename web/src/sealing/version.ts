/** The version that every payload names. */
import { jsonObject } from "./encoding.ts";
import { require } from "./errors.ts";

/** Another version is `bad_suite`, whatever else it holds. */
export function requireVersion(payload: Uint8Array): void {
  const value = jsonObject(payload);
  require("v" in value && value.v === 1, "bad_suite");
}
