/** What a desk stands on besides. */
import type { FilesPlatform } from "../files/choosing.ts";
import type { Line, Platform } from "../ports.ts";

export interface DeskPlatform extends Platform, FilesPlatform {
  /** Pages of studies ask it. */
  readonly line: Line;
}
