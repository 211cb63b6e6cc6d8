import type { ReadonlySignal } from "@preact/signals";
import type { ComponentType } from "preact";
import type { CallModel, DocumentLine } from "../../consult/call.ts";
import type { OpenArrived } from "../../permits/view/permits-dialog.tsx";
import type { Seen } from "../../reports/journal.ts";
import type { Practitioner } from "../desk.ts";

/** What other features put into the desk. */
export interface DeskSlots {
  /** Images that are looked at together; none where a page shows none. */
  readonly Images?: ComponentType<{
    readonly calls: ReadonlySignal<readonly CallModel[]>;
    /** Where files may be dropped. */
    readonly pane: { readonly current: HTMLElement | null };
  }>;
  /** Opens files that came with a permit. */
  readonly Opened: OpenArrived;
  readonly Prescription: ComponentType<{
    readonly call: Pick<CallModel, "who" | "sendDocument">;
    readonly practitioner: Practitioner;
    readonly onClose: () => void;
  }>;
  readonly Report: ComponentType<{
    /** Of somebody who has left and keeps nothing there is nobody to send to. */
    readonly call: Pick<CallModel, "who"> & Partial<Pick<CallModel, "sendDocument">>;
    /** What went between the two. */
    readonly documents: ReadonlySignal<readonly DocumentLine[]>;
    /** Null where this page did not see the consult. */
    readonly seen: Seen | null;
    readonly practitioner: Practitioner;
    readonly onClose: () => void;
  }>;
}
