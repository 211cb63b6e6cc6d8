import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { CopyField } from "../../../ui/copy.tsx";
import { Select } from "../../../ui/field.tsx";
import { Qr } from "../../../ui/qr.tsx";
import type { LinksModel } from "../model.ts";

const DAYS = [1, 7, 30] as const;
/** In megabytes of a million bytes: a hundred, a thousand, and ten gibibytes. */
const SIZES = [
  { id: "100", key: "permit_100", bytes: 100e6 },
  { id: "1000", key: "permit_1000", bytes: 1e9 },
  { id: "10000", key: "permit_10000", bytes: 10 * 1024 ** 3 },
] as const;

/** Lets somebody send files of any size, without an account. */
export function NewPermit({ links }: { readonly links: LinksModel }) {
  const say = useTexts("links");
  const [size, setSize] = useState<string>("1000");
  const [days, setDays] = useState(7);
  const [made, show] = useState<string | null>(null);
  const make = async (): Promise<void> => {
    const bytes = SIZES.find(({ id }) => id === size)?.bytes ?? SIZES[0].bytes;
    show(await links.permit({ bytes, days }));
  };
  return (
    <section class="stack links-apart" aria-label={say("permitTitle")}>
      <h3>{say("permitTitle")}</h3>
      <p>{say("permitText")}</p>
      <div class="links-ends">
        <Select
          label={say("permitSize")}
          value={size}
          choices={SIZES.map(({ id, key }) => ({ id, label: say(key) }))}
          onChoose={setSize}
        />
        <Select
          label={say("lasts")}
          value={`${days}`}
          choices={DAYS.map((count) => ({ id: `${count}`, label: say("days", { count }) }))}
          onChoose={(id) => setDays(Number(id))}
        />
      </div>
      {made ? (
        <div class="links-hand">
          <div class="stack">
            <CopyField label={say("permitLabel")} text={made} copy={say("linkCopy")} />
            <p class="small soft">{say("permitMade")}</p>
            <div class="actions">
              <a
                class="button compact"
                href={`mailto:?subject=${encodeURIComponent(say("permitSubject"))}&body=${encodeURIComponent(say("permitMessage", { link: made }))}`}
              >
                {say("byMail")}
              </a>
            </div>
          </div>
          <Qr text={made} label={say("qr")} />
        </div>
      ) : (
        <div class="actions end">
          <Button icon="download" onPress={make}>
            {say("permitMake")}
          </Button>
        </div>
      )}
    </section>
  );
}
