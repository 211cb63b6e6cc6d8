/** What a form that is signed goes through: writing, signing, sent; and what stands in the way. */
import { type Signal, signal } from "@preact/signals";
import { CannotSignTwice } from "../desk/device.ts";
import type { Signature } from "../paper/model.ts";
import type { Problem } from "../problems.ts";
import type { FieldProblem } from "./problems.ts";
import type { Checked } from "./rules.ts";

export interface Steps {
  readonly step: Signal<"write" | "sign" | "sent">;
  /** What is wrong, in the order of the page; empty until the first try to go on. */
  readonly problems: Signal<readonly FieldProblem[]>;
  /** Counts the tries that found problems: a new number asks the view to focus the first of them. */
  readonly attempts: Signal<number>;
  readonly signature: Signal<Signature | null>;
  /** The network, or the session: nothing about the form itself. */
  readonly failure: Signal<Problem | null>;
  /** Keeps what holds, or shows what does not and asks for the focus. */
  accept<T>(checked: Checked<T>): checked is { ok: true; value: T };
  refuse(problems: readonly FieldProblem[]): void;
  /** Once problems are shown, those that were put right go away as one types; no new ones come. */
  recheck(check: () => Checked<unknown>, stays?: (field: string) => boolean): void;
  /** Shows that something did not happen, with the way to try again. */
  guarded(act: () => Promise<void>, retry: () => void): Promise<void>;
  /**
   * Signs and sends, once whoever is there may; a second call meanwhile does nothing, nor one in
   * another step than this is done in.
   */
  sendOnce(
    confirm: () => Promise<boolean>,
    act: () => Promise<void>,
    within?: "sign" | "sent",
  ): Promise<void>;
}

export function createSteps(): Steps {
  const step: Steps["step"] = signal("write");
  const problems = signal<readonly FieldProblem[]>([]);
  const attempts = signal(0);
  const signature = signal<Signature | null>(null);
  const failure = signal<Problem | null>(null);
  let sending = false;

  function refuse(found: readonly FieldProblem[]): void {
    problems.value = found;
    attempts.value += 1;
  }

  async function guarded(act: () => Promise<void>, retry: () => void): Promise<void> {
    failure.value = null;
    try {
      await act();
    } catch (error) {
      if (error instanceof CannotSignTwice) {
        failure.value = { key: "cannot_sign_twice", loud: true };
        return;
      }
      // The reason (offline, the session) shows elsewhere on the page; here it is what did not happen.
      failure.value = { key: "send_failed", loud: true, retry };
    }
  }

  const sendOnce: Steps["sendOnce"] = async (confirm, act, within = "sign") => {
    if (sending || step.peek() !== within) return;
    sending = true;
    if (await confirm()) await guarded(act, () => void sendOnce(confirm, act, within));
    sending = false;
  };

  return {
    step,
    problems,
    attempts,
    signature,
    failure,
    accept<T>(checked: Checked<T>): checked is { ok: true; value: T } {
      if (checked.ok) problems.value = [];
      else refuse(checked.problems);
      return checked.ok;
    },
    refuse,
    recheck(check, stays = () => false) {
      if (problems.peek().length === 0) return;
      const checked = check();
      const left = new Set(checked.ok ? [] : checked.problems.map(({ field }) => field));
      problems.value = problems.peek().filter(({ field }) => stays(field) || left.has(field));
    },
    guarded,
    sendOnce,
  };
}
