import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import { ShowCode } from "../../adding/view/show-device.tsx";
import type { HelpingModel, Person } from "../helping.ts";

/** Those who are helped; and giving back, on the day, what is kept of one of them. */
export function HelpedPeople({ model }: { model: HelpingModel }) {
  const say = useTexts("helping");
  useEffect(() => () => model.stopGiving(), [model]);
  const giving = model.giving.value;
  if (giving) return <Giving key={giving.to.id} model={model} giving={giving} />;
  const people = model.people.value;
  return (
    <div class="stack loose">
      <p class="soft">{say(people.length > 0 ? "peopleLead" : "peopleNone")}</p>
      <ul class="bare devices">
        {people.map((one) => (
          <Row key={one.id} person={one} model={model} />
        ))}
      </ul>
      {model.problem.value?.key === "quota_exceeded" ? (
        <Notice tone="warn">
          <p>{say("removeFull")}</p>
        </Notice>
      ) : (
        <ProblemNotice problem={model.problem.value} />
      )}
    </div>
  );
}

function Row({ person, model }: { person: Person; model: HelpingModel }) {
  const say = useTexts("helping");
  const day = useMoment({ dateStyle: "long" });
  const [asked, ask] = useState<"give" | "remove" | null>(null);
  const { id, name, since, here } = person;
  return (
    <li class="device">
      <div>
        <strong>{name}</strong>
        <p class="small soft">
          {say("since", { day: day(new Date(since)) })}
          {here && `, ${say("here")}`}
        </p>
      </div>
      <div class="row">
        <Button compact onPress={() => ask("give")}>
          {say("give")}
          <span class="visually-hidden"> {name}</span>
        </Button>
        <Button look="quiet" icon="trash" iconOnly onPress={() => ask("remove")}>
          {say("removeNamed", { name })}
        </Button>
      </div>
      {asked === "give" && (
        <Confirm
          title={say("giveTitle", { name })}
          confirm={say("giveConfirm")}
          onConfirm={() => model.giveBack(id)}
          onClose={() => ask(null)}
        >
          {say("giveWarning")}
        </Confirm>
      )}
      {asked === "remove" && (
        <Confirm
          title={say("removeTitle", { name })}
          confirm={say("remove")}
          onConfirm={() => void model.remove(id)}
          onClose={() => ask(null)}
        >
          {say("removeText", { name })}
        </Confirm>
      )}
    </li>
  );
}

interface GivingProps {
  readonly model: HelpingModel;
  readonly giving: NonNullable<HelpingModel["giving"]["value"]>;
}

function Giving({ model, giving: { to, showing } }: GivingProps) {
  const say = useTexts("helping");
  const { id, name } = to;
  const words = {
    scan: say("giveScan", { name }),
    qr: say("giveQr"),
    scanHint: say("giveHint"),
    scanLink: say("giveLink"),
    codeLead: say("giveCodeLead", { name }),
    code: say("giveCode"),
    codeHint: say("giveCodeHint"),
    confirm: say("giveConfirmCode"),
    granting: say("giveSending"),
    keeping: say("giveSending"),
    void: say("giveVoid"),
    done: say("giveDone", { name }),
    full: say(model.circle === "trusted" ? "giveFullTrusted" : "giveFull", { name }),
    finish: say("close"),
  };
  return (
    <div class="stack loose">
      <h3>{say("giveTitle", { name })}</h3>
      {showing.phase.value === "code" && (
        <Notice tone="warn">
          <p>{say("giveWarning")}</p>
        </Notice>
      )}
      <ShowCode
        model={showing}
        words={words}
        onAgain={() => model.giveBack(id)}
        onDone={() => model.stopGiving()}
      />
      {showing.phase.value !== "done" && (
        <div class="actions">
          <Button look="quiet" onPress={() => model.stopGiving()}>
            {say("leave")}
          </Button>
        </div>
      )}
    </div>
  );
}
