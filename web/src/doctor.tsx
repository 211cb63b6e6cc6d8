import { createDesk } from "./features/desk/practice.ts";
import { DeskPage } from "./features/desk/view/desk-page.tsx";
import type { DeskSlots } from "./features/desk/view/slots.ts";
import type { Platform } from "./features/ports.ts";
import { browserPlatform } from "./platform/browser.ts";
import { start } from "./start.tsx";
import { later } from "./ui/later.tsx";

/** The prescription and its printing are large, and fetched when first asked for. */
const slotsOf = ({ clock, random, http }: Platform): DeskSlots => ({
  Prescription: later(
    async () => {
      const { PrescriptionPanel } = await import("./features/prescription/view/prescription.tsx");
      return ({ call, practitioner, onClose }) => (
        <PrescriptionPanel world={{ clock, random, http, call, practitioner }} onClose={onClose} />
      );
    },
    "prescription",
    "documents",
  ),
});

/** The one-time code of `#enrol=CODE`, the link that an operator hands out. */
const codeOf = (fragment: string): string => /^enrol=(.+)$/.exec(fragment)?.[1] ?? "";

void start(
  async (texts) => {
    const platform = await browserPlatform();
    const code = codeOf(platform.address.fragment());
    const desk = createDesk(platform, {
      arrived: () => texts.say("desk", "arrived"),
      firstDevice: () => texts.say("desk", "firstDevice"),
      newDevice: () => texts.say("desk", "newDevice"),
    });
    return <DeskPage desk={desk} code={code} slots={slotsOf(platform)} />;
  },
  "desk",
  "consult",
  "media",
  "problems",
);
