import { useRef, useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { useHands } from "../../../ui/hands.ts";
import { Notice, ProblemNotices } from "../../../ui/notice.tsx";
import { LanguageSwitch, ScreenTitle } from "../../../ui/page.tsx";
import type { CallModel } from "../../consult/call.ts";
import { Badge } from "../../consult/view/badge.tsx";
import { Chat } from "../../consult/view/chat.tsx";
import { Control, Controls } from "../../consult/view/controls.tsx";
import { Stage } from "../../consult/view/stage.tsx";
import { CallStatus } from "../../consult/view/status.tsx";
import type { GuestModel } from "../guest.ts";
import { GuestDocuments } from "./guest-documents.tsx";
import "../../consult/view/consult.css";

/** The patient's page in a call: the doctor large, messages and documents beside or below. */
export function Consult({ guest, call }: { guest: GuestModel; call: CallModel }) {
  const say = useTexts("consult");
  const sayGuest = useTexts("guest");
  const hands = useHands();
  const [writing, setWriting] = useState(false);
  const side = useRef<HTMLElement>(null);
  const { name, profession, rpps } = call.who.value;
  const others = guest.others.value;
  const names = others.map((other) => other.name.value).join(", ");
  const news = guest.news.value;
  const unread = guest.chat.unread.value;
  return (
    <div class={writing ? "consult writing" : "consult"}>
      <header class="consult-head">
        <ScreenTitle>{name}</ScreenTitle>
        <Badge
          call={call}
          who={
            <>
              <p>{sayGuest("whoDoctor")}</p>
              <p>
                <strong>{[name, profession].filter(Boolean).join(", ")}</strong>
                {rpps && ` · RPPS ${rpps}`}
              </p>
              <p class="soft">{sayGuest("whoStated")}</p>
              {others.length > 0 && <p>{sayGuest("whoOthers", { names })}</p>}
            </>
          }
        />
        <CallStatus call={call} />
        <LanguageSwitch />
      </header>
      <div class="consult-notices">
        <ProblemNotices
          problems={[
            call.problem.value,
            guest.problem.value,
            ...others.map((other) => other.call.value?.problem.value ?? null),
          ]}
        />
        {news && (
          <Notice icon="person">
            <p>{sayGuest(news.what, { name: news.name })}</p>
          </Notice>
        )}
      </div>
      <main class="consult-main">
        <Stage
          people={guest.people.value}
          media={guest.media}
          controls={
            <Controls media={guest.media} canShareScreen={hands.canShareScreen}>
              <Control
                icon="chat"
                count={unread}
                onPress={() => {
                  side.current?.scrollIntoView({ block: "start" });
                  side.current?.querySelector("textarea")?.focus();
                }}
              >
                {say("messages")}
              </Control>
              <Control
                icon="hangUp"
                look="end"
                word={sayGuest("leaveWord")}
                onPress={() => guest.leave()}
              >
                {say("leaveConsult")}
              </Control>
            </Controls>
          }
        />
        <section
          ref={side}
          class="consult-side"
          aria-label={say("messages")}
          onFocusIn={() => setWriting(true)}
          onFocusOut={() => setWriting(false)}
        >
          <p class="visually-hidden" role="status">
            {unread > 0 && say("unread", { count: unread })}
          </p>
          <h2 class="side-head">{say("messages")}</h2>
          <Chat model={guest.chat} other={name} />
          <div class="consult-documents">
            <GuestDocuments guest={guest} call={call} />
          </div>
        </section>
      </main>
    </div>
  );
}
