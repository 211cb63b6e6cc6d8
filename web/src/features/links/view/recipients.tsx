import { useId } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Select, TextField } from "../../../ui/field.tsx";
import { MOST_RECIPIENTS, MOST_TO } from "../limits.ts";
import type { OutgoingModel, Wanted } from "../model.ts";

const DAYS = [1, 7, 30] as const;
const OPENINGS = [1, 3, 10] as const;

/** Whoever comes first, and next. */
export const NOBODY: Wanted = { to: "", person: null, days: 7, openings: 3 };

interface RecipientsProps {
  readonly people: OutgoingModel["people"];
  readonly all: readonly Wanted[];
  /** Some are without a name, which several links need. */
  readonly nameless: boolean;
  readonly onChange: (all: readonly Wanted[]) => void;
}

/** Who gets it: each by a link of their own. */
export function Recipients({ people, all, nameless, onChange }: RecipientsProps) {
  const say = useTexts("links");
  const change = (at: number, changed: Wanted): void =>
    onChange(all.map((one, other) => (other === at ? changed : one)));
  return (
    <>
      {all.map((wanted, at) => (
        <One
          key={at}
          number={at + 1}
          of={all.length}
          people={people.value}
          wanted={wanted}
          nameless={nameless && wanted.to.trim() === ""}
          onChange={(changed) => change(at, changed)}
          onRemove={() => onChange(all.filter((_, other) => other !== at))}
        />
      ))}
      {all.length < MOST_RECIPIENTS && (
        <div class="actions">
          <Button compact icon="personAdd" onPress={() => onChange([...all, NOBODY])}>
            {say("addRecipient")}
          </Button>
        </div>
      )}
    </>
  );
}

interface OneProps {
  readonly number: number;
  readonly of: number;
  readonly people: OutgoingModel["people"]["value"];
  readonly wanted: Wanted;
  readonly nameless: boolean;
  readonly onChange: (wanted: Wanted) => void;
  readonly onRemove: () => void;
}

function One({ number, of, people, wanted, nameless, onChange, onRemove }: OneProps) {
  const say = useTexts("links");
  const title = useId();
  const counts = (all: readonly number[], key: "days" | "openings") =>
    all.map((count) => ({ id: `${count}`, label: say(key, { count }) }));
  const choose = (id: string): void => {
    const person = people.find((one) => one.id === id);
    onChange({ ...wanted, person: person?.id ?? null, to: person?.name ?? "" });
  };
  return (
    <fieldset class="panel stack links-recipient" aria-labelledby={title}>
      <div class="links-line">
        <strong id={title}>{say("recipient", { number })}</strong>
        {of > 1 && (
          <Button compact look="quiet" icon="close" describedBy={title} onPress={onRemove}>
            {say("removeRecipient")}
          </Button>
        )}
      </div>
      <div class="links-ends">
        {people.length > 0 && (
          <Select
            label={say("way")}
            value={wanted.person ?? ""}
            choices={[
              { id: "", label: say("wayLink") },
              ...people.map(({ id, name }) => ({
                id,
                label: say("wayMailbox", { name: name || say("nobodyNamed") }),
              })),
            ]}
            onChoose={choose}
          />
        )}
        {wanted.person === null && (
          <TextField
            label={say("to")}
            hint={say("toHint")}
            error={nameless ? say("toMissing") : undefined}
            value={wanted.to}
            maxLength={MOST_TO}
            onInput={(to) => onChange({ ...wanted, to })}
          />
        )}
      </div>
      {wanted.person !== null && <p class="small soft">{say("wayMailboxText")}</p>}
      <div class="links-ends">
        <Select
          label={say("lasts")}
          value={`${wanted.days}`}
          choices={counts(DAYS, "days")}
          onChoose={(id) => onChange({ ...wanted, days: Number(id) })}
        />
        <Select
          label={say("opens")}
          value={`${wanted.openings}`}
          choices={counts(OPENINGS, "openings")}
          onChoose={(id) => onChange({ ...wanted, openings: Number(id) })}
        />
      </div>
    </fieldset>
  );
}
