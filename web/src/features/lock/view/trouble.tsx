import { useTexts } from "../../../ui/context.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { DISTINCT, SHORTEST } from "../limits.ts";
import type { LockTrouble } from "../lock.ts";

/** What was in the way, and what to do. */
export function Trouble({ trouble }: { readonly trouble: LockTrouble | null }) {
  const say = useTexts("lock");
  if (!trouble) return null;
  return (
    <Notice tone="warn">
      <p>{say(trouble, { shortest: SHORTEST, distinct: DISTINCT })}</p>
    </Notice>
  );
}
