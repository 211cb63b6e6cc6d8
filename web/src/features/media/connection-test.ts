/** Whether two peer connections inside this page reach each other, as a consult's would have to. */
import type { ReadonlySignal } from "@preact/signals";

export interface ConnectionTest {
  /** `relay-only`: through TURN, which was the only way that was tried. */
  readonly state: ReadonlySignal<"idle" | "running" | "good" | "relay-only" | "failed">;
  run(): Promise<void>;
}
