import { useId, useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import { Chat } from "../../consult/view/chat.tsx";
import type { ConsultModel, DeskModel } from "../desk.ts";
import type { DeskSlots } from "./slots.ts";

const SentDocuments = later(
  async () => (await import("../../documents/view/sent.tsx")).SentDocuments,
  "documents",
);

const TABS = ["messages", "prescription", "report"] as const;
export type SideTab = (typeof TABS)[number];

interface SidePanelProps {
  readonly desk: DeskModel;
  readonly consult: ConsultModel;
  /** Whom documents go to. */
  readonly chosen: ConsultModel["calls"]["value"][number];
  readonly slots: DeskSlots;
  readonly tab: SideTab;
  readonly onTab: (tab: SideTab) => void;
}

/** Beside the call: the messages, or what is being written. Each keeps what was typed. */
export function SidePanel({ desk, consult, chosen, slots, tab, onTab }: SidePanelProps) {
  const say = useTexts("desk");
  const sayConsult = useTexts("consult");
  const id = useId();
  const { call, key } = chosen;
  const calls = consult.calls.value;
  const { name: patient } = call.who.value;
  const unread = consult.chat.unread.value;
  const sent = call.documents.value.some(({ mine }) => mine);
  const practitioner = desk.practitioner.value;
  // Fetched when first asked for, and kept from then on: what was typed survives a look at the chat.
  // One for each person: what was begun for one is never sent to another.
  const [wanted, want] = useState<readonly string[]>([]);
  const now = `${tab} ${key}`;
  if (tab !== "messages" && !wanted.includes(now)) want([...wanted, now]);
  return (
    <section class="side-panel">
      <div class="tabs" role="tablist" aria-label={say("sideTabs")}>
        {TABS.map((name, index) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            aria-selected={tab === name}
            aria-controls={`${id}-panel-${name}`}
            tabIndex={tab === name ? 0 : -1}
            onClick={() => onTab(name)}
            onKeyDown={(event) => {
              if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
              const step = event.key === "ArrowLeft" ? TABS.length - 1 : 1;
              const next = TABS[(index + step) % TABS.length] ?? name;
              onTab(next);
              document.getElementById(`${id}-${next}`)?.focus();
            }}
          >
            {say(name)}
            {name === "messages" && unread > 0 && tab !== name && (
              <span class="tag light">{unread}</span>
            )}
          </button>
        ))}
      </div>
      <p class="visually-hidden" role="status">
        {unread > 0 && tab !== "messages" && sayConsult("unread", { count: unread })}
      </p>
      {TABS.map((name) => (
        <div
          key={name}
          class={`tab-panel ${name}`}
          role="tabpanel"
          id={`${id}-panel-${name}`}
          aria-labelledby={`${id}-${name}`}
          hidden={tab !== name}
        >
          {name === "messages" && (
            <>
              <h2 class="visually-hidden">{say("messages")}</h2>
              <Chat model={consult.chat} other={patient} />
              {sent && <SentDocuments documents={call.documents} />}
            </>
          )}
          {name !== "messages" && calls.length > 1 && (
            <p class="goes-to">{say("goesTo", { name: patient })}</p>
          )}
          {name !== "messages" &&
            practitioner &&
            calls
              .filter((one) => wanted.includes(`${name} ${one.key}`))
              .map((one) => (
                <div key={one.key} hidden={one.key !== key}>
                  {name === "prescription" ? (
                    <slots.Prescription
                      call={one.call}
                      practitioner={practitioner}
                      onClose={() => onTab("messages")}
                    />
                  ) : (
                    <slots.Report
                      call={one.call}
                      documents={one.call.documents}
                      seen={consult.seen.get(one.key) ?? null}
                      practitioner={practitioner}
                      onClose={() => onTab("messages")}
                    />
                  )}
                </div>
              ))}
        </div>
      ))}
    </section>
  );
}
