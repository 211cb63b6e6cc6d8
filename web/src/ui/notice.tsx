import type { ComponentChildren } from "preact";
import { Button } from "./button.tsx";
import { useAllTexts, useTexts } from "./context.tsx";
import { Icon, type IconName } from "./icons.tsx";

interface NoticeProps {
  readonly children: ComponentChildren;
  /** `alert` is read out at once and looks it: for security and for what blocks. */
  readonly tone?: "calm" | "warn" | "alert";
  readonly icon?: IconName;
  readonly actions?: ComponentChildren;
}

export function Notice({ children, tone = "calm", icon, actions }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={tone === "alert" ? "alert" : "status"}>
      <Icon name={icon ?? (tone === "calm" ? "info" : "alert")} />
      <div class="notice-text">{children}</div>
      {actions && <div class="notice-actions">{actions}</div>}
    </div>
  );
}

interface Shown {
  readonly key: string;
  readonly loud: boolean;
  readonly retry?: () => unknown;
}

/** Problems of several models, each said once. */
export function ProblemNotices({ problems }: { problems: readonly (Shown | null)[] }) {
  const known = new Map(problems.filter((problem) => problem !== null).map((it) => [it.key, it]));
  return (
    <>
      {[...known.values()].map((problem) => (
        <ProblemNotice key={problem.key} problem={problem} />
      ))}
    </>
  );
}

/** A problem as a sentence that says what happened and what to do, with its way out. */
export function ProblemNotice({
  problem,
  retryLabel,
}: {
  problem: Shown | null;
  retryLabel?: string;
}) {
  const texts = useAllTexts();
  const say = useTexts("ui");
  if (!problem) return null;
  return (
    <Notice
      tone={problem.loud ? "alert" : "warn"}
      actions={
        problem.retry && (
          <Button compact onPress={problem.retry}>
            {retryLabel ?? say("retry")}
          </Button>
        )
      }
    >
      <p>{texts.sayProblem(problem.key)}</p>
    </Notice>
  );
}
