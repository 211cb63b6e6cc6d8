import { useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import type { DocumentsModel } from "../documents.ts";

const HelpedPeople = later(
  async () => (await import("../../helping/view/people.tsx")).HelpedPeople,
  "helping",
  "adding",
);
const OfferDialog = later(
  async () => (await import("../../helping/view/offer.tsx")).OfferDialog,
  "helping",
  "adding",
);

interface HelpingProps {
  readonly documents: DocumentsModel;
}

/** Whom the person helps, if anybody. */
export function Helped({ documents }: HelpingProps) {
  const say = useTexts("keeping");
  const helping = documents.helping.value;
  if (!helping) return null;
  if (helping.people.value.length === 0 && !helping.problem.value) return null;
  return (
    <section class="stack">
      <h2>{say("helping")}</h2>
      <HelpedPeople model={helping} />
    </section>
  );
}

/** Somebody asks for help. */
export function Asked({ documents }: HelpingProps) {
  const helping = documents.helping.value;
  const offer = helping?.offer.value;
  return offer ? <OfferDialog model={offer} onClose={() => helping?.leave()} /> : null;
}
