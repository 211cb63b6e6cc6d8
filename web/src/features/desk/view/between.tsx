import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import type { ConsultModel, DeskModel, PastPerson } from "../desk.ts";
import { ReadyPane } from "./ready-pane.tsx";
import type { DeskSlots } from "./slots.ts";

interface BetweenProps {
  readonly desk: DeskModel;
  readonly consult: ConsultModel | null;
  readonly slots: DeskSlots;
  /** False while something else is shown: what is being written stays. */
  readonly shown: boolean;
}

/** Between two calls: what to do next, or what is written of somebody who has left. */
export function Between({ desk, consult, slots, shown }: BetweenProps) {
  const say = useTexts("desk");
  const [writing, write] = useState<PastPerson | null>(null);
  const practitioner = desk.practitioner.value;
  if (!writing || !practitioner) {
    if (!shown) return null;
    return (
      <ReadyPane desk={desk} consult={consult}>
        {consult && <Past desk={desk} consult={consult} onWrite={write} />}
      </ReadyPane>
    );
  }
  // Whoever keeps documents can be written to still.
  const person = desk.people.value?.list.value.find(({ guest }) => guest.value === writing.key);
  return (
    <div hidden={!shown}>
      <section class="people-pane" aria-label={say("past")}>
        <div class="people-head">
          <h1>{writing.call.who.value.name || say("personNameless")}</h1>
        </div>
        <slots.Report
          call={person?.call ?? writing.call}
          documents={person?.documents ?? writing.documents}
          seen={writing.seen}
          practitioner={practitioner}
          onClose={() => write(null)}
        />
      </section>
    </div>
  );
}

interface PastProps {
  readonly desk: DeskModel;
  readonly consult: ConsultModel;
  readonly onWrite: (person: PastPerson) => void;
}

/** Those whose consult began: others have seen nobody. */
function Past({ desk, consult, onWrite }: PastProps) {
  const say = useTexts("desk");
  const time = useMoment({ hour: "2-digit", minute: "2-digit" });
  const people = consult.past.value.filter(({ seen }) => seen.began.value !== null);
  if (people.length === 0 || !desk.practitioner.value) return null;
  return (
    <section class="panel stack" aria-label={say("past")}>
      <h2>{say("past")}</h2>
      <p class="soft">{say("pastText")}</p>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" class="bare stack">
        {people.map((person) => {
          const { key, call, seen } = person;
          const name = call.who.value.name || say("personNameless");
          const until = seen.ended.value;
          return (
            <li key={key} class="past-person">
              <span>
                {until === null ? name : say("pastUntil", { name, time: time(new Date(until)) })}
              </span>
              <Button compact icon="document" onPress={() => onWrite(person)}>
                {say("pastWrite")}
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
