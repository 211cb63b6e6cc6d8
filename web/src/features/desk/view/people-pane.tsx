import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { TextField } from "../../../ui/field.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import type { DeskModel, PeopleModel, PersonModel } from "../desk.ts";
import type { DeskSlots } from "./slots.ts";

const SentDocuments = later(
  async () => (await import("../../documents/view/sent.tsx")).SentDocuments,
  "documents",
);

interface PeoplePaneProps {
  readonly desk: DeskModel;
  readonly people: PeopleModel;
  readonly slots: DeskSlots;
  /** Files are to be sent to somebody. */
  readonly onFiles: (id: string) => void;
  readonly onClose: () => void;
}

/** The people seen: found by name, and written to when their consult is over. */
export function PeoplePane({ desk, people, slots, onFiles, onClose }: PeoplePaneProps) {
  const say = useTexts("desk");
  const [chosen, choose] = useState<string | null>(null);
  const person = people.list.value.find(({ id }) => id === chosen);
  return (
    <section class="people-pane" aria-label={say("people")}>
      {person ? (
        <OnePerson
          key={person.id}
          desk={desk}
          people={people}
          person={person}
          slots={slots}
          onFiles={() => onFiles(person.id)}
          onBack={() => choose(null)}
        />
      ) : (
        <Everybody people={people} onChoose={choose} onClose={onClose} />
      )}
    </section>
  );
}

/** As people type names: capitals and accents do not matter. */
const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

interface EverybodyProps {
  readonly people: PeopleModel;
  readonly onChoose: (id: string) => void;
  readonly onClose: () => void;
}

function Everybody({ people, onChoose, onClose }: EverybodyProps) {
  const say = useTexts("desk");
  const day = useMoment({ dateStyle: "medium" });
  const [search, setSearch] = useState("");
  const all = people.list.value;
  const found = all.filter(({ name }) => plain(name.value).includes(plain(search.trim())));
  return (
    <>
      <div class="people-head">
        <h1>{say("people")}</h1>
        <Button compact look="quiet" icon="close" onPress={onClose}>
          {say("peopleClose")}
        </Button>
      </div>
      <p class="soft">{say("peopleWhy")}</p>
      {people.full.value && <p class="soft small">{say("peopleFull", { count: all.length })}</p>}
      {all.length > 0 && (
        <TextField label={say("peopleSearch")} value={search} onInput={setSearch} />
      )}
      <p class={found.length === 0 ? "" : "visually-hidden"} role="status">
        {all.length === 0 ? say("peopleNone") : say("peopleFound", { count: found.length })}
      </p>
      {found.length > 0 && (
        <ul class="bare people-list">
          {found.map(({ id, name, seen }) => (
            <li key={id} class="consult-item">
              <button type="button" class="consult-open" onClick={() => onChoose(id)}>
                <span class="consult-label">{name.value || say("personNameless")}</span>
                <span class="small soft">
                  {say("personSeen", { day: day(new Date(seen.value)) })}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What this page has seen of their newest consult. */
const seenBy = (desk: DeskModel, { guest }: PersonModel) =>
  desk.consults.value.map(({ seen }) => seen.get(guest.value)).find(Boolean) ?? null;

interface OnePersonProps {
  readonly desk: DeskModel;
  readonly people: PeopleModel;
  readonly person: PersonModel;
  readonly slots: DeskSlots;
  readonly onFiles: () => void;
  readonly onBack: () => void;
}

function OnePerson({ desk, people, person, slots, onFiles, onBack }: OnePersonProps) {
  const say = useTexts("desk");
  const day = useMoment({ dateStyle: "long" });
  const [writing, write] = useState<"prescription" | "report" | null>(null);
  const [forgetting, ask] = useState(false);
  useEffect(() => person.look(), [person]);
  const name = person.name.value || say("personNameless");
  const practitioner = desk.practitioner.value;
  return (
    <>
      <div class="people-head">
        <h1>{name}</h1>
        {!writing && (
          <Button compact look="quiet" icon="back" onPress={onBack}>
            {say("peopleBack")}
          </Button>
        )}
      </div>
      <p class="soft">{say("personSeen", { day: day(new Date(person.seen.value)) })}</p>
      <ProblemNotice problem={person.problem.value} />
      {writing === "prescription" && practitioner && (
        <slots.Prescription
          call={person.call}
          practitioner={practitioner}
          onClose={() => write(null)}
        />
      )}
      {writing === "report" && practitioner && (
        <slots.Report
          call={person.call}
          documents={person.documents}
          seen={seenBy(desk, person)}
          practitioner={practitioner}
          onClose={() => write(null)}
        />
      )}
      {!(writing && practitioner) && (
        <>
          <Notice>
            <p>{say("personCheck", { name })}</p>
          </Notice>
          <h2>{say("personSent")}</h2>
          <SentDocuments documents={person.documents} dated />
          <div class="actions">
            <Button look="main" icon="pen" onPress={() => write("prescription")}>
              {say("writePrescription")}
            </Button>
            <Button icon="document" onPress={() => write("report")}>
              {say("writeReport")}
            </Button>
            <Button icon="folder" onPress={onFiles}>
              {say("personFiles")}
            </Button>
            <Button icon="trash" onPress={() => ask(true)}>
              {say("personForget")}
            </Button>
          </div>
        </>
      )}
      {forgetting && (
        <Confirm
          title={say("personForgetTitle", { name })}
          confirm={say("personForget")}
          onConfirm={() => people.forget(person.id)}
          onClose={() => ask(false)}
        >
          {say("personForgetText")}
        </Confirm>
      )}
    </>
  );
}
