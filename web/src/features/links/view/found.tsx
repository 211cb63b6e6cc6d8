import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Opened } from "../../documents/view/documents.tsx";
import { Attested, Stated } from "../../practitioners/view/card.tsx";
import type { Found } from "../model.ts";

/** The document, and who wrote it. Whoever sent the link is not proven by it. */
export function FoundDocument({ found }: { readonly found: Found }) {
  const say = useTexts("links");
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  const { card, attestation, signedAt } = found;
  const opened = found.document.document.value;
  return (
    <div class="stack loose">
      <section class="panel stack" aria-label={say("writtenBy")}>
        <h2>{say("writtenBy")}</h2>
        <Stated card={card} />
        <Attested attestation={attestation} none="directoryUnchecked" />
        <p class="soft small">{say("signedSeen", { at: moment(new Date(signedAt)) })}</p>
      </section>
      {opened && (
        <div class="document">
          <Opened opened={opened} newest stated={say("stated")} />
        </div>
      )}
      <p class="soft">{say("foundKeep")}</p>
    </div>
  );
}
