import { useTexts } from "../../../ui/context.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import type { Problem } from "../../problems.ts";

/** What only somebody who keeps documents meets; its texts do not weigh on other pages. */
const OWN = {
  keep_unavailable: "problemUnavailable",
  export_too_large: "problemLarge",
  kept_full: "problemFull",
  kept_gone: "problemGone",
  kept_late: "problemLate",
  files_forged: "problemFilesForged",
  help_nowhere: "problemHelpNowhere",
  no_export: "problemNoExport",
} as const;

const isOwn = (key: string): key is keyof typeof OWN => Object.hasOwn(OWN, key);

export function KeptProblem({ problem }: { readonly problem: Problem | null }) {
  const say = useTexts("keeping");
  if (!problem || !isOwn(problem.key)) return <ProblemNotice problem={problem} />;
  return (
    <Notice tone={problem.loud ? "alert" : "warn"}>
      <p>{say(OWN[problem.key])}</p>
    </Notice>
  );
}
