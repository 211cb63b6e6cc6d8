/** Whether somebody is there: what they touch, type and move. */
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel"];

export function activity(told: () => void): void {
  for (const sign of SIGNS) addEventListener(sign, told, { capture: true, passive: true });
}
