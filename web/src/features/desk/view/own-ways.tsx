import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { WaysBack } from "../../recovery/view/ways-back.tsx";
import type { WaysModel } from "../desk.ts";

interface OwnWaysProps {
  readonly ways: WaysModel;
  /** As it is to stand on a sheet. */
  readonly owner: string;
}

/** The practitioner's ways back, which are shown only once they were opened with one of them. */
export function OwnWays({ ways, owner }: OwnWaysProps) {
  const say = useTexts("desk");
  const changing = ways.changing.value;
  if (changing) return <WaysBack model={changing} owner={owner} />;
  const there = ways.there.value;
  return (
    <div class="stack loose">
      <Notice tone={there ? "calm" : "warn"}>
        <p>{say(there ? "waysThere" : "waysMissing")}</p>
      </Notice>
      <div class="actions">
        {/* Who declines to show one has changed nothing. */}
        <Button look="main" onPress={() => ways.change().catch(() => undefined)}>
          {say(there ? "waysChange" : "waysMake")}
        </Button>
      </div>
    </div>
  );
}
