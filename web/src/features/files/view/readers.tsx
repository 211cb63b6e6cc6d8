import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Select, TextField } from "../../../ui/field.tsx";
import type { Reader } from "../jobs.ts";

const OPENINGS = [1, 3, 10] as const;
const NAME = 100;

/** Whoever comes first, and next. */
export const NOBODY: Reader = { to: "", openings: 3 };

interface ReadersProps {
  readonly readers: readonly Reader[];
  /** How many there may be, and how many there have to be. */
  readonly most: number;
  readonly least: number;
  /** Some are without a name, which several links need. */
  readonly nameless: boolean;
  readonly onChange: (readers: readonly Reader[]) => void;
}

/** Those to whom a link is handed over: each has one of their own. */
export function Readers({ readers, most, least, nameless, onChange }: ReadersProps) {
  const say = useTexts("files");
  const change = (at: number, changed: Reader): void =>
    onChange(readers.map((one, other) => (other === at ? changed : one)));
  const alone = least > 0 && readers.length === 1;
  return (
    <>
      {readers.map((reader, at) => {
        const openings = (
          <Select
            label={say("opens")}
            hint={say("opensHint")}
            value={`${reader.openings}`}
            choices={OPENINGS.map((count) => ({
              id: `${count}`,
              label: say("openings", { count }),
            }))}
            onChoose={(id) => change(at, { ...reader, openings: Number(id) })}
          />
        );
        // Somebody alone needs no name to be told from others.
        if (alone) return <div key="alone">{openings}</div>;
        return (
          <One
            key={at}
            number={at + 1}
            reader={reader}
            nameless={nameless && reader.to.trim() === ""}
            onName={(to) => change(at, { ...reader, to })}
            onRemove={() => onChange(readers.filter((_, other) => other !== at))}
          >
            {openings}
          </One>
        );
      })}
      {readers.length < most && (
        <div class="actions">
          <Button compact icon="personAdd" onPress={() => onChange([...readers, NOBODY])}>
            {say("addReader")}
          </Button>
        </div>
      )}
    </>
  );
}

interface OneProps {
  readonly number: number;
  readonly reader: Reader;
  readonly nameless: boolean;
  readonly onName: (name: string) => void;
  readonly onRemove: () => void;
  readonly children: ComponentChildren;
}

function One({ number, reader, nameless, onName, onRemove, children }: OneProps) {
  const say = useTexts("files");
  const title = useId();
  return (
    <fieldset class="panel stack files-reader" aria-labelledby={title}>
      <div class="files-reader-head">
        <strong id={title}>{say("reader", { number })}</strong>
        <Button compact look="quiet" icon="close" describedBy={title} onPress={onRemove}>
          {say("removeReader")}
        </Button>
      </div>
      <TextField
        label={say("readerName")}
        hint={say("readerHint")}
        error={nameless ? say("readerMissing") : undefined}
        value={reader.to}
        maxLength={NAME}
        onInput={onName}
      />
      {children}
    </fieldset>
  );
}
