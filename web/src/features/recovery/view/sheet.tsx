import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Brand } from "../../../ui/page.tsx";
import { Qr } from "../../../ui/qr.tsx";
import type { SheetMaking } from "../ways-back.ts";
import "./sheet.css";

interface SheetProps {
  readonly making: SheetMaking;
  readonly owner: string;
  /** The page that it opens. */
  readonly page: string;
}

/** The sheet as it is printed, on one page of A4: paper in both colour schemes. */
export function Sheet({ making, owner, page }: SheetProps) {
  const say = useTexts("recovery");
  const day = useMoment({ dateStyle: "long" });
  return (
    <article class="sheet">
      <header class="sheet-head">
        <h3>{say("sheetHeading")}</h3>
        <Brand />
      </header>
      <p class="sheet-alone">{say("sheetAlone")}</p>
      <div class="sheet-body">
        <Qr text={making.link} label={say("sheetQr")} />
        <dl class="sheet-facts">
          <Fact name={say("sheetFor")} value={owner} />
          <Fact name={say("sheetName")} value={making.label} />
          <Fact name={say("sheetMade")} value={day(new Date(making.made))} />
          <Fact name={say("sheetServer")} value={new URL(page).host} />
        </dl>
      </div>
      <ol class="sheet-words" aria-label={say("sheetWordsList")}>
        {making.words.map((word, at) => (
          <li key={`${at + 1}`}>
            <span class="sheet-number" aria-hidden="true">
              {at + 1}
            </span>
            <span class="sheet-word">{word}</span>
          </li>
        ))}
      </ol>
      <div class="sheet-notes">
        <section>
          <h4>{say("keepTitle")}</h4>
          <ul>
            <li>{say("keepAway")}</li>
            <li>{say("keepPhoto")}</li>
            <li>{say("keepNobody")}</li>
          </ul>
        </section>
        <section>
          <h4>{say("sheetHow")}</h4>
          <ul>
            <li>{say("sheetHowCamera")}</li>
            <li>{say("sheetHowType", { page })}</li>
            <li>{say("lostSheet")}</li>
          </ul>
        </section>
      </div>
    </article>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  if (!value) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
