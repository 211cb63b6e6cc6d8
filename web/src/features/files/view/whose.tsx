import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { inert } from "../../inert.ts";
import type { Standing } from "../../practitioners/standing.ts";
import { Attested, Stated } from "../../practitioners/view/card.tsx";

/** The last second that a date can be: a later one, which a server may say, cannot be shown. */
const LAST_SECOND = 8.64e12;

/** Whose permit it is, before anything is sent with it. */
export function Whose({ practice: { record, checked } }: { readonly practice: Standing }) {
  const say = useTexts("files");
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  if (!record) return null;
  const name = inert(record.card.name);
  const at = moment(new Date(Math.min(record.confirmed, LAST_SECOND) * 1000));
  return (
    <section class="panel stack" aria-label={say("whose", { name })}>
      <h2>{say("whose", { name })}</h2>
      <Stated card={record.card} />
      <Attested attestation={record.attestation} none="directoryUnchecked" />
      {checked === "fresh" ? (
        <p class="soft">{say("whoseFresh", { at })}</p>
      ) : (
        <Notice tone="warn">
          <p>{say("whoseUnknown")}</p>
        </Notice>
      )}
    </section>
  );
}
