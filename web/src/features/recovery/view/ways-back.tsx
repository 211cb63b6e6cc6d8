import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useMoment, useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { Icon, type IconName } from "../../../ui/icons.tsx";
import { later } from "../../../ui/later.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { LEAST, type Way, type WayKind, type WaysBackModel } from "../ways-back.ts";
import { MakePasskey } from "./make-passkey.tsx";
import { MakeSheet } from "./make-sheet.tsx";
import "./ways-back.css";

const MakeHelper = later(
  async () => (await import("../../helping/view/make-helper.tsx")).MakeHelper,
  "helping",
  "adding",
);

const ICONS: Readonly<Record<WayKind, IconName>> = {
  sheet: "document",
  passkey: "passkey",
  helper: "personAdd",
};
const KINDS = {
  sheet: "kindSheet",
  passkey: "kindPasskey",
  helper: "kindHelper",
} as const;

/** What a kind of way is called among those who may be asked to help. */
export const kindKey = (kind: WayKind, helpers: WaysBackModel["helpers"]) =>
  kind === "helper" && helpers === "trusted" ? "kindTrusted" : KINDS[kind];

interface WaysBackProps {
  readonly model: WaysBackModel;
  /** Whose ways these are, as it is to stand on a sheet: a name, or a practice. */
  readonly owner: string;
}

/** A person's ways back: those that are there, and the making of one more. */
export function WaysBack({ model, owner }: WaysBackProps) {
  const making = model.making.value;
  return (
    <div class="ways stack loose">
      {!making && <Overview model={model} />}
      {making?.kind === "sheet" && <MakeSheet model={model} making={making} owner={owner} />}
      {making?.kind === "passkey" && <MakePasskey model={model} making={making} />}
      {making?.kind === "helper" && <MakeHelper model={model} making={making} />}
      <ProblemNotice problem={model.problem.value} />
    </div>
  );
}

function Overview({ model }: { model: WaysBackModel }) {
  const say = useTexts("recovery");
  const first = model.mode === "first";
  const state = model.state.value;
  if (state === "done") {
    return (
      <p class="lead" role="status">
        {say("done")}
      </p>
    );
  }
  return (
    <>
      <p class="lead">{say(first ? "leadFirst" : "leadKept")}</p>
      {first && <Progress model={model} />}
      {model.ways.value.length > 0 && <Ways model={model} />}
      {state === "saving" && (
        <p class="soft" role="status">
          {say("saving")}
        </p>
      )}
      <Choices model={model} />
      {first && (
        <div class="ways-end">
          <p class="small soft">{say("afterwards")}</p>
          <Button
            look={model.enough.value ? "main" : "plain"}
            disabled={!model.enough.value || state === "saving"}
            onPress={() => model.finish()}
          >
            {say("finish")}
          </Button>
        </div>
      )}
    </>
  );
}

/** How many there are of those that are needed. */
function Progress({ model }: { model: WaysBackModel }) {
  const say = useTexts("recovery");
  const count = model.ways.value.length;
  const missing = LEAST - count;
  return (
    <div class="ways-progress">
      <span class="ways-steps" aria-hidden="true">
        {Array.from({ length: LEAST }, (_, at) => (
          <span key={at} class={at < count ? "filled" : ""} />
        ))}
      </span>
      <p role="status">
        <strong>{missing > 0 ? say("enough", { count: missing }) : say("enoughThere")}</strong>
      </p>
    </div>
  );
}

function Ways({ model }: { model: WaysBackModel }) {
  const say = useTexts("recovery");
  const [removing, remove] = useState<Way | null>(null);
  const fixed = model.mode === "kept" && model.ways.value.length <= LEAST;
  return (
    <>
      <ul class="ways-list bare">
        {model.ways.value.map((way) => (
          <WayRow key={way.id} way={way} model={model} onRemove={fixed ? null : remove} />
        ))}
      </ul>
      {fixed && <p class="small soft">{say("leastNote")}</p>}
      {removing && (
        <Confirm
          title={say("removeTitle")}
          confirm={say("remove")}
          onConfirm={() => model.remove(removing.id)}
          onClose={() => remove(null)}
        >
          {say(removing.kind === "helper" ? "removeHelper" : "removeText", {
            label: removing.label || say(kindKey(removing.kind, model.helpers)),
          })}
        </Confirm>
      )}
    </>
  );
}

interface WayRowProps {
  readonly way: Way;
  readonly model: WaysBackModel;
  readonly onRemove: ((way: Way) => void) | null;
}

function WayRow({ way, model, onRemove }: WayRowProps) {
  const say = useTexts("recovery");
  const language = useAllTexts().language.value;
  const day = useMoment({ dateStyle: "long" });
  const kind = say(kindKey(way.kind, model.helpers));
  const label = way.label || kind;
  const { kind: what } = way;
  const busy = model.state.value === "saving";
  return (
    <li class="way panel">
      <Icon name={ICONS[way.kind]} />
      <div class="way-text">
        <strong>{label}</strong>
        <span class="small soft">
          {label === kind ? "" : `${kind}, `}
          {say("madeOn", { day: day(new Date(way.made)) })}
        </span>
      </div>
      <div class="way-actions">
        {(what !== "helper" || model.helpers) && (
          <Button
            compact
            disabled={busy}
            onPress={() => model.start(what, way.label, language, way.id)}
          >
            <span aria-hidden="true">{say("replace")}</span>
            <span class="visually-hidden">{say("replaceNamed", { label })}</span>
          </Button>
        )}
        {onRemove && (
          <Button look="quiet" icon="trash" iconOnly disabled={busy} onPress={() => onRemove(way)}>
            {say("removeNamed", { label })}
          </Button>
        )}
      </div>
    </li>
  );
}

function Choices({ model }: { model: WaysBackModel }) {
  const say = useTexts("recovery");
  const language = useAllTexts().language.value;
  const ways = model.ways.value;
  if (!model.room.value) return <p class="small soft">{say("full")}</p>;
  const sheets = ways.filter(({ kind }) => kind === "sheet").length;
  const label = say("home", { number: sheets + 1 });
  const title = say(model.mode === "first" && !model.enough.value ? "add" : "another");
  const busy = model.state.value === "saving";
  return (
    <section class="stack">
      <h2>{title}</h2>
      <ul class="ways-choices bare">
        <Choice
          icon="document"
          title={say(sheets === 0 ? "kindSheet" : "secondSheet")}
          text={say(sheets === 0 ? "sheetAdd" : "secondSheetAdd")}
          disabled={busy}
          onChoose={() => model.start("sheet", label, language)}
        />
        <Choice
          icon="passkey"
          title={say("kindPasskey")}
          text={say(model.passkeys.value === false ? "passkeyNone" : "passkeyAdd")}
          disabled={busy || model.passkeys.value !== true}
          onChoose={() => model.start("passkey", say("kindPasskey"), language)}
        />
        {model.helpers && !model.helped.value && (
          <Choice
            icon="personAdd"
            title={say(kindKey("helper", model.helpers))}
            text={say(model.helpers === "trusted" ? "trustedAdd" : "helperAdd")}
            disabled={busy}
            onChoose={() => model.start("helper", "", language)}
          />
        )}
      </ul>
    </section>
  );
}

interface ChoiceProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly disabled: boolean;
  readonly onChoose: () => unknown;
}

function Choice({ icon, title, text, disabled, onChoose }: ChoiceProps) {
  return (
    <li>
      <button type="button" class="way-choice" disabled={disabled} onClick={() => void onChoose()}>
        <Icon name={icon} />
        <span class="way-text">
          <strong>{title}</strong>
          <span class="small">{text}</span>
        </span>
      </button>
    </li>
  );
}
