import { useId, useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import type { CallModel } from "../../consult/call.ts";
import { Chat } from "../../consult/view/chat.tsx";
import type { DeskModel } from "../desk.ts";
import type { DeskSlots } from "./slots.ts";

const SentDocuments = later(
  async () => (await import("../../documents/view/sent.tsx")).SentDocuments,
  "documents",
);

export type SideTab = "messages" | "prescription";

const TABS = ["messages", "prescription"] as const;

interface SidePanelProps {
  readonly desk: DeskModel;
  readonly call: CallModel;
  readonly slots: DeskSlots;
  readonly tab: SideTab;
  readonly onTab: (tab: SideTab) => void;
}

/** Beside the call: the messages, or the prescription being written. Each keeps what was typed. */
export function SidePanel({ desk, call, slots, tab, onTab }: SidePanelProps) {
  const say = useTexts("desk");
  const sayConsult = useTexts("consult");
  const id = useId();
  const unread = call.unread.value;
  const sent = call.documents.value.some(({ mine }) => mine);
  const practitioner = desk.practitioner.value;
  // Fetched when first asked for, and kept from then on: what was typed survives a look at the chat.
  const [wanted, want] = useState(false);
  if (tab === "prescription" && !wanted) want(true);
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
              const next = TABS[(index + 1) % TABS.length] ?? name;
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
              <Chat call={call} />
              {sent && <SentDocuments documents={call.documents} />}
            </>
          )}
          {name === "prescription" && wanted && practitioner && (
            <slots.Prescription
              call={call}
              practitioner={practitioner}
              onClose={() => onTab("messages")}
            />
          )}
        </div>
      ))}
    </section>
  );
}
