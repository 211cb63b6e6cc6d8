import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Icon, Mark } from "../../../ui/icons.tsx";
import type { CallModel } from "../call.ts";

const STATE = {
  connecting: "badgeConnecting",
  secure: "badgeSecure",
  reconnecting: "badgeReconnecting",
  lost: "badgeLost",
  refused: "badgeRefused",
} as const;

/** Loud: a check failed, or the number changed. Anything else stays calm. */
const isLoud = (call: CallModel): boolean =>
  call.link.value === "refused" || call.problem.value?.key === "sas_changed";

interface BadgeProps {
  readonly call: CallModel;
  /** Who the other is, as far as this side can know. */
  readonly who: ComponentChildren;
  /** Something about the other could not be checked, which `who` tells of. */
  readonly unsure?: boolean;
}

/** One calm word on the call's safety, which opens into an explanation. */
export function Badge({ call, who, unsure = false }: BadgeProps) {
  const say = useTexts("consult");
  const [open, setOpen] = useState(false);
  const loud = isLoud(call);
  const link = call.link.value;
  const doubt = unsure && !loud && link === "secure";
  const state = doubt ? "badgeUnsure" : STATE[link];
  const label = loud && link !== "refused" ? "badgeChanged" : state;
  return (
    <>
      <button
        type="button"
        class={`badge ${loud ? "loud" : doubt ? "unsure" : link}`}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {loud || doubt ? <Icon name="alert" /> : <Mark />}
        <span>{say(label)}</span>
      </button>
      {open && (
        <Dialog title={say("safetyTitle")} onClose={() => setOpen(false)}>
          <Explanation call={call} who={who} />
        </Dialog>
      )}
    </>
  );
}

function Explanation({ call, who }: BadgeProps) {
  const say = useTexts("consult");
  const number = call.authenticationString.value;
  const { dtls, srtp, route, fingerprintChecked } = call.security.value;
  const facts = [
    [say("factRoute"), say(`route_${route}`)],
    [
      say("factCertificate"),
      say(fingerprintChecked ? "certificateChecked" : "certificateUnchecked"),
    ],
    [say("factTransport"), dtls || say("unknown")],
    [say("factMedia"), srtp || say("unknown")],
  ];
  return (
    <div class="stack loose">
      <section class="stack">
        <h3>{say("whoTitle")}</h3>
        {who}
      </section>
      <section class="stack">
        <h3>{say("compareTitle")}</h3>
        {number ? (
          <>
            <p class="number" role="img" aria-label={number.split("").join(" ")}>
              {number.split(" ").map((group) => (
                <span key={group}>{group}</span>
              ))}
            </p>
            <p>{say("compareText")}</p>
          </>
        ) : (
          <p>{say("compareLater")}</p>
        )}
      </section>
      <section class="stack">
        <h3>{say("serverTitle")}</h3>
        <p>{say("serverText")}</p>
        <p>{say("serverLimits")}</p>
      </section>
      <details class="facts">
        <summary>{say("factsTitle")}</summary>
        <dl>
          {facts.map(([term, fact]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{fact}</dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  );
}
