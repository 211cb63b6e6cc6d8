import { useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { ReportSummary } from "../../documents/view/report.tsx";
import { LinkAndWords } from "../../links/view/hand-over.tsx";
import { useHeading } from "../../paper/view/heading.ts";
import { Sent } from "../../paper/view/sent.tsx";
import { SignatureField } from "../../prescription/view/signature-pad.tsx";
import { createReportForm, type FormWorld, type ReportForm } from "../form.ts";
import { Problems, Write } from "./write.tsx";
import "../../links/view/links.css";
import "../../prescription/view/prescription.css";

/**
 * Writes, signs and sends a report, or makes a link of it. `world` is read once, when the panel first shows: keep it
 * mounted while it is out of sight, so that nothing typed is lost.
 */
export function ReportPanel({
  world,
  onClose,
}: {
  readonly world: FormWorld;
  readonly onClose: () => void;
}) {
  const [form] = useState(() => createReportForm(world));
  return <ReportSteps form={form} name={world.call.who.value.name} onClose={onClose} />;
}

export function ReportSteps({
  form,
  name,
  onClose,
}: {
  readonly form: ReportForm;
  /** Whom it is for. */
  readonly name: string;
  readonly onClose: () => void;
}) {
  const say = useTexts("reports");
  return (
    <section class="rx">
      <div class="rx-head">
        <h2>{name === "" ? say("titleNoName") : say("title", { name })}</h2>
        <Button look="quiet" icon="close" iconOnly onPress={onClose}>
          {say("close")}
        </Button>
      </div>
      {form.step.value === "write" && <Write form={form} />}
      {form.step.value === "sign" && <Sign form={form} />}
      {form.step.value === "sent" && <Done form={form} onClose={onClose} />}
    </section>
  );
}

/** It is on its way, or a link is to be handed over; or both. */
function Done({ form, onClose }: { readonly form: ReportForm; readonly onClose: () => void }) {
  const say = useTexts("reports");
  const link = form.link.value;
  const mailed = form.mailed.value;
  return (
    <Sent
      title={say(mailed ? "sentTitle" : "linkedTitle")}
      text={say(mailed ? "sentText" : "linkedText")}
      another={say("another")}
      close={say("close")}
      onAnother={form.another}
      onClose={onClose}
    >
      {link && <LinkAndWords link={link} words={form.words} />}
      {!link && form.linkable && (
        <>
          <p>{say("linkToo")}</p>
          <LinkProblems form={form} />
          <div class="actions">
            <Button icon="share" onPress={form.makeLink}>
              {say("linkTooMake")}
            </Button>
          </div>
        </>
      )}
    </Sent>
  );
}

function LinkProblems({ form }: { readonly form: ReportForm }) {
  const say = useTexts("links");
  return (
    <>
      <ProblemNotice problem={form.failure.value} />
      <ProblemNotice problem={form.linkProblem.value} />
      {form.tooMany.value && (
        <p class="error" role="alert">
          {say("tooMany")}
        </p>
      )}
    </>
  );
}

function Sign({ form }: { form: ReportForm }) {
  const say = useTexts("reports");
  const place = useRef<HTMLDivElement>(null);
  const heading = useHeading();
  const it = form.report.value;
  return (
    <div ref={place} class="rx-form">
      <h3 ref={heading} tabIndex={-1}>
        {say("previewTitle")}
      </h3>
      <p class="soft small">{say("previewLead")}</p>
      <Problems form={form} within={place} />
      <div class="rx-paper">
        {it && <ReportSummary it={it} />}
        <SignatureField form={form} />
      </div>
      <p class="soft small">{say("legal")}</p>
      {form.linkable && <p class="soft small">{say(form.sendable ? "linkInstead" : "linkOnly")}</p>}
      <LinkProblems form={form} />
      <div class="actions end">
        <Button icon="back" onPress={form.change}>
          {say("change")}
        </Button>
        {form.linkable && (
          <Button look={form.sendable ? "plain" : "main"} icon="share" onPress={form.makeLink}>
            {say("makeLink")}
          </Button>
        )}
        {form.sendable && (
          <Button look="main" icon="lock" onPress={form.send}>
            {say("send")}
          </Button>
        )}
      </div>
    </div>
  );
}
