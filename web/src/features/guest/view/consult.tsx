import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { useHands } from "../../../ui/hands.ts";
import { later } from "../../../ui/later.tsx";
import { Notice, ProblemNotices } from "../../../ui/notice.tsx";
import { LanguageSwitch, ScreenTitle } from "../../../ui/page.tsx";
import type { CallModel } from "../../consult/call.ts";
import type { Attendee } from "../../consult/group.ts";
import { Badge } from "../../consult/view/badge.tsx";
import { Chat } from "../../consult/view/chat.tsx";
import { Control, Controls } from "../../consult/view/controls.tsx";
import { usePictureFirst } from "../../consult/view/picture-first.ts";
import { Stage } from "../../consult/view/stage.tsx";
import { CallStatus } from "../../consult/view/status.tsx";
import type { GuestModel } from "../guest.ts";
import { GuestDocuments } from "./guest-documents.tsx";
import "../../consult/view/consult.css";

const Card = later(
  async () => (await import("../../practitioners/view/card.tsx")).Card,
  "practitioners",
);

const NO_CALL = signal<CallModel | null>(null);

/** Somebody as they are before a call, whatever there was between us earlier. */
const away = (person: Attendee): Attendee => ({ ...person, call: NO_CALL });

interface ConsultProps {
  /** Images that are looked at together; `tool`: the button that begins it, alone. */
  readonly Images?:
    | ComponentType<{ readonly call: CallModel; readonly tool?: boolean }>
    | undefined;
  readonly guest: GuestModel;
  /** Null before it: hidden then, with a place for the picture that is there when it comes. */
  readonly call: CallModel | null;
}

/** The patient's page in a call: the doctor large, messages and documents beside or below. */
export function Consult({ guest, call, Images }: ConsultProps) {
  const say = useTexts("consult");
  const [whole, onFrame] = usePictureFirst(call);
  const [writing, setWriting] = useState(false);
  const side = useRef<HTMLElement>(null);
  useEffect(() => {
    // A field that goes while it has the focus does not say so in every browser.
    if (!call) setWriting(false);
  }, [call]);
  return (
    <div class={writing ? "consult writing" : "consult"} hidden={!call}>
      <header class="consult-head">{call && <Head guest={guest} call={call} />}</header>
      <div class="consult-notices">
        {call && <Notices guest={guest} call={call} />}
        {call && Images && <Images call={call} />}
      </div>
      <main class="consult-main">
        <Stage
          people={call ? guest.people.value : guest.people.value.slice(0, 1).map(away)}
          media={guest.media}
          whole={whole}
          onFrame={onFrame}
          controls={
            <GuestControls
              guest={guest}
              onMessages={() => {
                side.current?.scrollIntoView();
                side.current?.querySelector("textarea")?.focus();
              }}
            />
          }
        />
        <section
          ref={side}
          class="consult-side"
          aria-label={say("messages")}
          onFocusIn={() => setWriting(true)}
          onFocusOut={() => setWriting(false)}
        >
          {call && whole && <Side guest={guest} call={call} Images={Images} />}
        </section>
      </main>
    </div>
  );
}

interface PartProps {
  readonly guest: GuestModel;
  readonly call: CallModel;
}

/** Whom one talks to; how private it is, and how well it goes. */
function Head({ guest, call }: PartProps) {
  const say = useTexts("guest");
  const doctor = guest.doctor.value;
  const { name, profession, rpps } = call.who.value;
  const others = guest.others.value;
  const names = others.map((other) => other.name.value).join(", ");
  return (
    <>
      <ScreenTitle>{guest.people.value[0]?.name.value ?? name}</ScreenTitle>
      <Badge
        call={call}
        unsure={doctor.checked !== "fresh"}
        who={
          <>
            <p>{say("whoDoctor")}</p>
            {!doctor.record && (
              <>
                <p>
                  <strong>{[name, profession].filter(Boolean).join(", ")}</strong>
                  {rpps && ` · RPPS ${rpps}`}
                </p>
                <p class="soft">{say("whoStated")}</p>
              </>
            )}
            <Card standing={doctor} />
            {others.length > 0 && <p>{say("whoOthers", { names })}</p>}
          </>
        }
      />
      <CallStatus call={call} />
      <LanguageSwitch />
    </>
  );
}

function Notices({ guest, call }: PartProps) {
  const say = useTexts("guest");
  const news = guest.news.value;
  const others = guest.others.value.map((other) => other.call.value?.problem.value ?? null);
  return (
    <>
      <ProblemNotices problems={[call.problem.value, guest.problem.value, ...others]} />
      {news && (
        <Notice icon="person">
          <p>{say(news.what, { name: news.name })}</p>
        </Notice>
      )}
    </>
  );
}

interface GuestControlsProps {
  readonly guest: GuestModel;
  readonly onMessages: () => void;
}

function GuestControls({ guest, onMessages }: GuestControlsProps) {
  const say = useTexts("consult");
  const sayGuest = useTexts("guest");
  const hands = useHands();
  return (
    <Controls media={guest.media} canShareScreen={hands.canShareScreen}>
      <Control icon="chat" count={guest.chat.unread.value} onPress={onMessages}>
        {say("messages")}
      </Control>
      <Control icon="hangUp" look="end" word={sayGuest("leaveWord")} onPress={guest.leave}>
        {say("leaveConsult")}
      </Control>
    </Controls>
  );
}

/** What is written and sent. */
function Side({ guest, call, Images }: PartProps & Pick<ConsultProps, "Images">) {
  const say = useTexts("consult");
  const unread = guest.chat.unread.value;
  return (
    <>
      <p class="visually-hidden" role="status">
        {unread > 0 && say("unread", { count: unread })}
      </p>
      <h2 class="side-head">{say("messages")}</h2>
      <Chat model={guest.chat} other={guest.people.value[0]?.name.value ?? call.who.value.name} />
      <div class="consult-documents">
        {Images && <Images call={call} tool />}
        <GuestDocuments guest={guest} call={call} />
      </div>
    </>
  );
}
