import { useEffect, useId, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { Icon } from "../../../ui/icons.tsx";
import type { DeskModel, WaitingGuest } from "../desk.ts";

const MINUTE_MS = 60_000;

/** Who waits, longest first, over all consults. New ones are read out. */
export function WaitingList({ desk }: { desk: DeskModel }) {
  const say = useTexts("desk");
  const waiting = desk.waiting.value;
  const title = useId();
  const newest = waiting.reduce<WaitingGuest | null>(
    (latest, guest) => (latest && latest.since >= guest.since ? latest : guest),
    null,
  );
  return (
    <section class="waiting-room" aria-labelledby={title}>
      <h2 id={title}>
        {say("waitingRoom")}
        {waiting.length > 0 && <span class="tag light">{waiting.length}</span>}
      </h2>
      <p class="visually-hidden" role="status">
        {newest && say("announce", { name: newest.name })}
      </p>
      {waiting.length === 0 ? (
        <p class="soft small">{say("nobodyWaits")}</p>
      ) : (
        <ul class="bare waiting-guests">
          {waiting.map((guest) => (
            <Guest key={`${guest.consult} ${guest.key}`} desk={desk} guest={guest} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Guest({ desk, guest }: { desk: DeskModel; guest: WaitingGuest }) {
  const say = useTexts("desk");
  const name = useId();
  const [asking, ask] = useState<"stranger" | "busy" | null>(null);
  const consult = desk.consults.value.find(({ id }) => id === guest.consult);
  // Two patients must not hear one doctor: whoever is in another consult goes back first.
  const elsewhere = desk.consults.value.filter(
    (other) => other.id !== guest.consult && other.calls.value.length > 0,
  );
  const present = elsewhere.flatMap(({ calls }) =>
    calls.value.map(({ call }) => call.who.value.name),
  );

  const admit = async (): Promise<void> => {
    for (const other of elsewhere) for (const { peer } of other.calls.value) other.sendBack(peer);
    // Opens while the answer travels.
    void desk.media.start();
    desk.select(guest.consult);
    await consult?.admit(guest.peer, guest.stranger);
  };

  return (
    <li class={guest.stranger ? "waiting-guest stranger" : "waiting-guest"}>
      <div class="waiting-guest-head">
        <h3 id={name}>{guest.name}</h3>
        <Waited since={guest.since} />
      </div>
      {guest.reason && <p class="small">{guest.reason}</p>}
      <p class="row tags">
        {consult?.label.value && <span class="tag">{consult.label.value}</span>}
        {guest.lang && guest.lang !== "fr" && <span class="tag">{guest.lang.toUpperCase()}</span>}
        {!guest.present && <span class="tag light">{say("away")}</span>}
        {guest.stranger && (
          <span class="tag danger">
            <Icon name="alert" />
            {say("otherPerson")}
          </span>
        )}
      </p>
      <div class="actions">
        <Button
          look="main"
          compact
          describedBy={name}
          onPress={() => {
            if (guest.stranger) return ask("stranger");
            return elsewhere.length > 0 ? ask("busy") : admit();
          }}
        >
          {say("admit")}
        </Button>
        <Button look="quiet" compact describedBy={name} onPress={() => consult?.refuse(guest.peer)}>
          {say("refuse")}
        </Button>
      </div>
      {asking === "stranger" && (
        <Confirm
          title={say("strangerAskTitle", { name: guest.name })}
          confirm={say("strangerConfirm")}
          onConfirm={admit}
          onClose={() => ask(null)}
        >
          {say("strangerAskText")}
        </Confirm>
      )}
      {asking === "busy" && (
        <Confirm
          title={say("busyTitle", { name: present.join(", ") })}
          confirm={say("busyConfirm")}
          onConfirm={admit}
          onClose={() => ask(null)}
        >
          {say("busyText", { present: present.join(", "), name: guest.name })}
        </Confirm>
      )}
    </li>
  );
}

function Waited({ since }: { since: number }) {
  const say = useTexts("desk");
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), MINUTE_MS / 4);
    return () => window.clearInterval(timer);
  }, []);
  const minutes = Math.max(0, Math.floor((now - since) / MINUTE_MS));
  return (
    <span class="waited small">
      {minutes === 0 ? say("waitsSinceNow") : say("waits", { count: minutes })}
    </span>
  );
}
