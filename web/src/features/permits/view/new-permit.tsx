import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { CopyField } from "../../../ui/copy.tsx";
import { Select, TextField } from "../../../ui/field.tsx";
import { Qr } from "../../../ui/qr.tsx";
import { useBytes } from "../../files/view/bytes.ts";
import type { PermitLine, PermitsModel } from "../model.ts";
import { MOST_PERMITS } from "../record.ts";

const DAYS = [1, 7, 30] as const;
/** Links to others than the practice. */
const OTHERS = [0, 3, 7] as const;
const LABEL = 60;
/** In megabytes of a million bytes: a hundred, a thousand, and ten gibibytes. */
const SIZES = [
  { id: "100", key: "permitSize_100", bytes: 100e6 },
  { id: "1000", key: "permitSize_1000", bytes: 1e9 },
  { id: "10000", key: "permitSize_10000", bytes: 10 * 1024 ** 3 },
] as const;

interface NewPermitProps {
  readonly permits: PermitsModel;
  readonly onMade: (permit: PermitLine) => void;
}

/** Lets somebody send files of any size, without an account. */
export function NewPermit({ permits, onMade }: NewPermitProps) {
  const say = useTexts("files");
  const [label, setLabel] = useState("");
  const [trouble, tell] = useState<"label" | "many" | null>(null);
  const [size, setSize] = useState<string>("1000");
  const [days, setDays] = useState(7);
  const [others, setOthers] = useState(3);
  const [making, setMaking] = useState(false);
  const make = async (): Promise<void> => {
    const missing = label.trim() === "" ? "label" : null;
    const wrong = permits.list.value.length >= MOST_PERMITS ? "many" : missing;
    tell(wrong);
    if (wrong || making) return;
    setMaking(true);
    const bytes = SIZES.find(({ id }) => id === size)?.bytes ?? SIZES[0].bytes;
    const made = await permits.make(label.trim(), { bytes, days, links: 1 + others });
    setMaking(false);
    if (made) onMade(made);
  };
  return (
    <form
      class="stack permits-new"
      aria-label={say("permitNewTitle")}
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <h3>{say("permitNewTitle")}</h3>
      <p>{say("permitNewText")}</p>
      <TextField
        label={say("permitLabel")}
        hint={say("permitLabelHint")}
        error={trouble ? say(`permitTrouble_${trouble}`) : undefined}
        value={label}
        maxLength={LABEL}
        onInput={setLabel}
      />
      <div class="permits-form">
        <Select
          label={say("permitSize")}
          value={size}
          choices={SIZES.map(({ id, key }) => ({ id, label: say(key) }))}
          onChoose={setSize}
        />
        <Select
          label={say("permitLasts")}
          value={`${days}`}
          choices={DAYS.map((count) => ({ id: `${count}`, label: say("permitDays", { count }) }))}
          onChoose={(id) => setDays(Number(id))}
        />
        <Select
          label={say("permitOthers")}
          value={`${others}`}
          choices={OTHERS.map((number) => ({
            id: `${number}`,
            label: number === 0 ? say("permitOthersNone") : say("permitOthersMost", { number }),
          }))}
          onChoose={(id) => setOthers(Number(id))}
        />
      </div>
      <div class="actions end">
        <span role="status" class="soft">
          {making && say("permitMaking")}
        </span>
        <Button icon="download" submit disabled={making}>
          {say("permitMake")}
        </Button>
      </div>
    </form>
  );
}

/** One that was given: its link, to be handed over. */
export function GivenPermit({ permit }: { readonly permit: PermitLine }) {
  const say = useTexts("files");
  const bytes = useBytes();
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  const { label, url, size, until } = permit;
  const message = say("permitMessage", { link: url });
  return (
    <>
      <p class="lead">
        {say("permitGivenLead", { label, size: bytes(size), until: moment(new Date(until)) })}
      </p>
      <div class="permits-hand">
        <div class="stack">
          <CopyField label={say("permitLink")} text={url} copy={say("permitCopy")} />
          <p class="small soft">{say("permitGivenText")}</p>
          <div class="actions">
            <a
              class="button compact"
              href={`mailto:?subject=${encodeURIComponent(say("permitSubject"))}&body=${encodeURIComponent(message)}`}
            >
              {say("permitByMail")}
            </a>
          </div>
        </div>
        <Qr text={url} label={say("permitQr")} />
      </div>
    </>
  );
}
