import { useMoment, useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { Opened } from "../../documents/view/documents.tsx";
import { Attested, Stated } from "../../practitioners/view/card.tsx";
import type { Author, Found } from "../model.ts";

const IncomingFiles = later(
  async () => (await import("../../files/view/incoming.tsx")).IncomingFiles,
  "files",
);

interface FoundDocumentProps {
  readonly found: Found;
  /** It came by letter: nobody has told anybody the words. */
  readonly byLetter?: boolean;
  /** It was said already that nobody vouches for who wrote it. */
  readonly warned?: boolean;
}

/** The document, and who wrote it. Whoever sent the link is not proven by it. */
export function FoundDocument({ found, byLetter = false, warned = false }: FoundDocumentProps) {
  const say = useTexts("links");
  const { author, document, files, says } = found;
  const opened = document?.document.value;
  return (
    <div class="stack loose">
      {author && <WrittenBy author={author} />}
      {!author && !warned && (
        <Notice tone="warn">
          <p>{say(byLetter ? "strangerLetter" : "stranger", { name: says })}</p>
        </Notice>
      )}
      {opened && (
        <div class="document">
          <Opened opened={opened} newest stated={say("stated")} view={found.view} />
        </div>
      )}
      {files.length > 0 ? <IncomingFiles files={files} /> : <p class="soft">{say("foundKeep")}</p>}
    </div>
  );
}

function WrittenBy({ author: { card, attestation, signedAt } }: { readonly author: Author }) {
  const say = useTexts("links");
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  return (
    <section class="panel stack" aria-label={say("writtenBy")}>
      <h2>{say("writtenBy")}</h2>
      <Stated card={card} />
      <Attested attestation={attestation} none="directoryUnchecked" />
      <p class="soft small">{say("signedSeen", { at: moment(new Date(signedAt)) })}</p>
    </section>
  );
}
