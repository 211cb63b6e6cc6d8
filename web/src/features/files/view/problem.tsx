import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import type { Problem } from "../../problems.ts";

/** Problems of files alone: their sentences come with this feature, not with every page. */
const OWN = [
  "file_changed",
  "file_changed_own",
  "files_elsewhere",
  "files_gone",
  "no_quota",
  "no_room",
  "permit_forged",
  "permit_revoked",
  "permit_used",
  "permit_withdrawn",
  "practice_full",
] as const;

export function FilesProblem({ problem }: { readonly problem: Problem | null }) {
  const say = useTexts("files");
  const own = OWN.find((key) => key === problem?.key);
  if (!problem || !own) return <ProblemNotice problem={problem} retryLabel={say("goOn")} />;
  const { loud, retry } = problem;
  return (
    <Notice
      tone={loud ? "alert" : "warn"}
      actions={
        retry && (
          <Button compact onPress={retry}>
            {say("goOn")}
          </Button>
        )
      }
    >
      <p>{say(`problem_${own}`)}</p>
    </Notice>
  );
}
