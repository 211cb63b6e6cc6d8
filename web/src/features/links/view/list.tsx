import { useId, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { useBytes } from "../../files/view/bytes.ts";
import type { LinkLine, LinksModel } from "../model.ts";

interface ListProps {
  readonly links: LinksModel;
  readonly onShow: (id: string) => void;
}

/** What was sent: each upload, and those who have a link to it. */
export function List({ links, onShow }: ListProps) {
  const say = useTexts("links");
  const all = links.list.value;
  if (all.length === 0) return null;
  const uploads = [...new Set(all.map(({ upload }) => upload))];
  return (
    <section class="stack" aria-label={say("sent")}>
      <h3>{say("sent")}</h3>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" class="links-list">
        {uploads.map((upload) => (
          <li key={upload}>
            <Upload
              links={links}
              lines={all.filter((line) => line.upload === upload)}
              onShow={onShow}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface UploadProps extends ListProps {
  readonly lines: readonly LinkLine[];
}

function Upload({ links, lines, onShow }: UploadProps) {
  const say = useTexts("links");
  const bytes = useBytes();
  const [asking, ask] = useState(false);
  const title = useId();
  const [first] = lines;
  if (!first) return null;
  const { name, size, upload } = first;
  return (
    <div class="stack">
      <div class="links-line">
        <div>
          <strong class="links-name" id={title}>
            {name}
          </strong>
          <p class="small soft">{bytes(size)}</p>
        </div>
        {lines.some(({ state }) => state === "open" || state === "used-up") && (
          <Button compact look="quiet" icon="close" describedBy={title} onPress={() => ask(true)}>
            {say("withdrawAll")}
          </Button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" class="bare stack links-readers">
        {lines.map((line) => (
          <li key={line.id}>
            <Reader links={links} line={line} onShow={onShow} />
          </li>
        ))}
      </ul>
      {asking && (
        <Confirm
          title={say("withdrawAllTitle")}
          confirm={say("withdrawAll")}
          onConfirm={() => links.withdrawAll(upload)}
          onClose={() => ask(false)}
        >
          {say("withdrawAllText", { name })}
        </Confirm>
      )}
    </div>
  );
}

interface ReaderProps extends ListProps {
  readonly line: LinkLine;
}

/** Who has a link, and what became of it. */
function Reader({ links, line, onShow }: ReaderProps) {
  const say = useTexts("links");
  const moment = useMoment({ dateStyle: "medium", timeStyle: "short" });
  const [asking, ask] = useState(false);
  const title = useId();
  const { id, name, openings, used, state, mailed } = line;
  const open = state === "open";
  const until = moment(new Date(line.expires));
  return (
    <div class="links-line">
      <div>
        <span class="links-name" id={title}>
          {line.to || say("nobodyNamed")}
        </span>
        <p class="small soft">
          {mailed === true && <>{say("mailed")} · </>}
          {used === null
            ? say("countUnknown", { openings })
            : say("count", { used, count: openings })}
          {" · "}
          {open ? say("until", { until }) : say(`state_${state}`)}
        </p>
        {mailed === false && open && <p class="small">{say("mailRefused")}</p>}
      </div>
      <div class="row">
        {open ? (
          <>
            <Button compact icon="share" describedBy={title} onPress={() => onShow(id)}>
              {say("show")}
            </Button>
            <Button compact look="quiet" icon="close" describedBy={title} onPress={() => ask(true)}>
              {say("withdraw")}
            </Button>
          </>
        ) : (
          <Button
            compact
            look="quiet"
            icon="trash"
            describedBy={title}
            onPress={() => links.forget(id)}
          >
            {say("forget")}
          </Button>
        )}
      </div>
      {asking && (
        <Confirm
          title={say("withdrawTitle")}
          confirm={say("withdraw")}
          onConfirm={() => links.withdraw(id)}
          onClose={() => ask(false)}
        >
          {say("withdrawText", { name, to: line.to || say("somebody") })}
        </Confirm>
      )}
    </div>
  );
}
