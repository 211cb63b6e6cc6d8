import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import { Brand, LanguageSwitch } from "../../../ui/page.tsx";
import type { ConsultModel, DeskModel } from "../desk.ts";
import { Between } from "./between.tsx";
import { CallPane } from "./call-pane.tsx";
import { ConsultList } from "./consult-list.tsx";
import { NewConsult } from "./new-consult.tsx";
import { PeoplePane } from "./people-pane.tsx";
import { ProfileDialog, type ProfilePart } from "./profile-dialog.tsx";
import { SharePane } from "./share-pane.tsx";
import type { DeskSlots } from "./slots.ts";
import { WaitingList } from "./waiting-list.tsx";

const LinksDialog = later(
  async () => (await import("../../links/view/links-dialog.tsx")).LinksDialog,
  "links",
  "files",
);
const PermitsDialog = later(
  async () => (await import("../../permits/view/permits-dialog.tsx")).PermitsDialog,
  "files",
);
const IssuedDialog = later(
  async () => (await import("../../dispensing/view/issued-dialog.tsx")).IssuedDialog,
  "dispensing",
);
const OpenWith = later(
  async () => (await import("../../recovery/view/open-with.tsx")).OpenWith,
  "recovery",
);

const OfferDialog = later(
  async () => (await import("../../helping/view/offer.tsx")).OfferDialog,
  "helping",
  "adding",
);

/** One screen: who waits, the call, and what is being written. */
export function Desk({ desk, slots }: { desk: DeskModel; slots: DeskSlots }) {
  const say = useTexts("desk");
  const [making, setMaking] = useState(false);
  // For somebody seen, or for anybody.
  const [linking, setLinking] = useState<{ readonly person?: string } | null>(null);
  const [receiving, receive] = useState(false);
  const [looking, look] = useState(false);
  const [issuing, setIssuing] = useState(false);
  const [sharing, setSharing] = useState<ConsultModel | null>(null);
  const current = desk.current.value;
  const waiting = desk.waiting.value.length;
  // Seen in the tab while another page is in front; a number says nothing about anybody.
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) Aparté` : "Aparté";
  }, [waiting]);
  const people = desk.people.value;
  const unseen = desk.permits.value?.arrived.value.filter(({ seen }) => !seen).length ?? 0;
  const inCall = current !== null && current.calls.value.length > 0;
  useCamera(desk);
  return (
    <div class={inCall ? "desk in-call" : "desk"}>
      <DeskBar desk={desk} />
      <aside class="desk-side" aria-label={say("patients")}>
        <WaitingList desk={desk} />
        <ConsultList desk={desk} onNew={() => setMaking(true)} onShare={setSharing} />
        <section class="consults" aria-label={say("issued")}>
          <h2>{say("issued")}</h2>
          <p class="soft small">{say("issuedText")}</p>
          <div class="actions">
            <Button compact icon="pen" onPress={() => setIssuing(true)}>
              {say("issuedOpen")}
            </Button>
          </div>
        </section>
        <section class="consults" aria-label={say("sealedLinks")}>
          <h2>{say("sealedLinks")}</h2>
          <p class="soft small">{say("sealedLinksText")}</p>
          <div class="actions">
            <Button compact icon="document" onPress={() => setLinking({})}>
              {say("sealedLinksOpen")}
            </Button>
          </div>
        </section>
        <section class="consults" aria-label={say("received")}>
          <h2>{say("received")}</h2>
          <p class="soft small" role="status">
            {unseen > 0 ? say("receivedNew", { count: unseen }) : say("receivedText")}
          </p>
          <div class="actions">
            <Button
              compact
              look={unseen > 0 ? "main" : "plain"}
              icon="download"
              onPress={() => receive(true)}
            >
              {say("receivedOpen")}
            </Button>
          </div>
        </section>
        {people && !inCall && !looking && (
          <section class="consults" aria-label={say("people")}>
            <h2>{say("people")}</h2>
            <p class="soft small">{say("peopleText")}</p>
            <div class="actions">
              <Button compact icon="person" onPress={() => look(true)}>
                {say("peopleOpen")}
              </Button>
            </div>
          </section>
        )}
      </aside>
      <main class="desk-main">
        <ProblemNotice problem={desk.problem.value} />
        {desk.away.value && (
          <Notice
            actions={
              <Button compact onPress={() => desk.takeHere()}>
                {say("awayHere")}
              </Button>
            }
          >
            <p>{say("awayText")}</p>
          </Notice>
        )}
        {current && inCall && (
          <CallPane key={current.id} desk={desk} consult={current} slots={slots} />
        )}
        <Between desk={desk} consult={current} slots={slots} shown={!inCall && !looking} />
        {/* What is being written there survives a call that comes in between. */}
        {people && looking && (
          <div hidden={inCall}>
            <PeoplePane
              desk={desk}
              people={people}
              slots={slots}
              onFiles={(person) => setLinking({ person })}
              onClose={() => look(false)}
            />
          </div>
        )}
      </main>
      {linking && desk.links.value && (
        <LinksDialog
          links={desk.links.value}
          confirm={desk.lock.confirm}
          person={linking.person}
          onClose={() => setLinking(null)}
        />
      )}
      {receiving && desk.permits.value && (
        <PermitsDialog
          permits={desk.permits.value}
          Opened={slots.Opened}
          onClose={() => receive(false)}
        />
      )}
      {issuing && desk.issued.value && (
        <IssuedDialog issued={desk.issued.value} onClose={() => setIssuing(false)} />
      )}
      {making && <NewConsult desk={desk} onClose={() => setMaking(false)} />}
      {sharing && (
        <Dialog title={say("shareTitle")} onClose={() => setSharing(null)} large>
          <SharePane consult={sharing} />
        </Dialog>
      )}
    </div>
  );
}

/** The camera runs during calls, and goes off with the last one when nobody else waits. */
function useCamera({ media, consults, waiting }: DeskModel): void {
  const calling = consults.value.some(({ calls }) => calls.value.length > 0);
  const done = !calling && waiting.value.length === 0;
  const called = useRef(false);
  useEffect(() => {
    if (calling) {
      called.current = true;
      void media.start();
    } else if (done && called.current) {
      called.current = false;
      media.stop();
    }
  }, [media, calling, done]);
}

function DeskBar({ desk }: { desk: DeskModel }) {
  const say = useTexts("desk");
  const [editing, setEditing] = useState<ProfilePart | null>(desk.lost.value ? "devices" : null);
  const practitioner = desk.practitioner.value;
  const sound = desk.sound.value;
  const offer = desk.helping.value?.offer.value;
  const opening = desk.ways.value?.opening.value;
  return (
    <header class="topbar desk-bar">
      <Brand />
      <div class="row desk-tools">
        {desk.notifications.value === "ask" && (
          <Button compact look="quiet" icon="bell" onPress={() => desk.askNotifications()}>
            {say("notify")}
          </Button>
        )}
        <Button
          compact
          look="quiet"
          iconOnly
          icon={sound ? "sound" : "soundOff"}
          onPress={() => desk.setSound(!sound)}
        >
          {say(sound ? "soundOff" : "soundOn")}
        </Button>
        {practitioner && (
          <Button compact look="quiet" icon="person" onPress={() => setEditing("details")}>
            {practitioner.name}
          </Button>
        )}
        <LanguageSwitch />
      </div>
      {editing && <ProfileDialog desk={desk} first={editing} onClose={() => setEditing(null)} />}
      {opening && <OpenWith model={opening} onClose={() => desk.ways.value?.decline()} />}
      {offer && <OfferDialog model={offer} onClose={() => desk.helping.value?.leave()} />}
    </header>
  );
}
