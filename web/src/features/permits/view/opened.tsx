import { useEffect, useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import type { ReceivingNeeds } from "../../files/receiving.ts";
import type { Found } from "../../links/model.ts";
import { FoundDocument } from "../../links/view/found.tsx";
import type { Problem } from "../../problems.ts";
import type { Arrived } from "../model.ts";
import { openArrived, problemOf } from "../opening.ts";

interface OpenedFilesProps {
  readonly needs: ReceivingNeeds;
  readonly arrived: Arrived;
}

/** Files that came, opened with what the letter brought. */
export function OpenedFiles({ needs, arrived }: OpenedFilesProps) {
  const say = useTexts("files");
  const [found, show] = useState<Found | null>(null);
  const [problem, tell] = useState<Problem | "forged" | null>(null);
  const open = async (): Promise<void> => {
    tell(null);
    try {
      show(await openArrived(needs, arrived));
    } catch (error) {
      tell(problemOf(error, () => void open()));
    }
  };
  useEffect(() => void open(), [arrived]);
  return (
    <>
      {!found && problem === null && (
        <p class="soft" role="status">
          {say("permitOpening")}
        </p>
      )}
      {found && <FoundDocument found={found} byLetter />}
      {problem === "forged" ? (
        <Notice tone="alert">
          <p>{say("permitForged")}</p>
        </Notice>
      ) : (
        <ProblemNotice problem={problem} />
      )}
    </>
  );
}
