import type { ComponentType } from "preact";
import type { CallModel } from "../../consult/call.ts";
import type { Practitioner } from "../desk.ts";

/** What other features put into the desk. */
export interface DeskSlots {
  readonly Prescription: ComponentType<{
    readonly call: Pick<CallModel, "who" | "sendDocument">;
    readonly practitioner: Practitioner;
    readonly onClose: () => void;
  }>;
}
