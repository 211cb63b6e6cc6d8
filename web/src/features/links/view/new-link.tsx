import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Field, Select } from "../../../ui/field.tsx";
import { type FileTrouble, type LinkFile, MOST_LINKS, MOST_MEGABYTES, readFile } from "../file.ts";
import type { LinkLine, LinksModel } from "../model.ts";

const DAYS = [1, 7, 30] as const;
const OPENINGS = [1, 3, 10] as const;

interface NewLinkProps {
  readonly links: LinksModel;
  readonly confirm: () => Promise<boolean>;
  readonly onMade: (link: LinkLine) => void;
}

/** A file, how long, how often. */
export function NewLink({ links, confirm, onMade }: NewLinkProps) {
  const say = useTexts("links");
  const [file, setFile] = useState<LinkFile | null>(null);
  const [trouble, tell] = useState<FileTrouble | "none" | "many" | null>(null);
  const [days, setDays] = useState(7);
  const [openings, setOpenings] = useState(3);
  const [making, setMaking] = useState(false);
  const make = async (): Promise<void> => {
    if (!file) return tell("none");
    if (links.list.value.length >= MOST_LINKS) return tell("many");
    if (making || !(await confirm())) return;
    setMaking(true);
    try {
      const made = await links.make(file, { days, openings });
      if (made) onMade(made);
    } finally {
      setMaking(false);
    }
  };
  const take = async (chosen: File | undefined): Promise<void> => {
    if (!chosen) return;
    const read = await readFile(chosen);
    setFile(typeof read === "string" ? null : read);
    tell(typeof read === "string" ? read : null);
  };
  const numbers = (all: readonly number[], key: "days" | "openings") =>
    all.map((count) => ({ id: `${count}`, label: say(key, { count }) }));
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <p>{say("lead")}</p>
      <Field
        label={say("file")}
        hint={say("fileHint", { megabytes: MOST_MEGABYTES })}
        error={trouble ? say(`file_${trouble}`) : undefined}
      >
        {(wiring) => (
          <input
            {...wiring}
            type="file"
            accept="application/pdf,image/jpeg,image/png,text/plain"
            onChange={(event) => void take(event.currentTarget.files?.[0])}
          />
        )}
      </Field>
      <div class="links-ends">
        <Select
          label={say("lasts")}
          value={`${days}`}
          choices={numbers(DAYS, "days")}
          onChoose={(id) => setDays(Number(id))}
        />
        <Select
          label={say("opens")}
          hint={say("opensHint")}
          value={`${openings}`}
          choices={numbers(OPENINGS, "openings")}
          onChoose={(id) => setOpenings(Number(id))}
        />
      </div>
      <div class="actions end">
        <span role="status" class="soft">
          {making && say("making")}
        </span>
        <Button look="main" icon="lock" submit disabled={making}>
          {say("make")}
        </Button>
      </div>
    </form>
  );
}
