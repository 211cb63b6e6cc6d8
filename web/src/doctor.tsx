import type { DeskModel } from "./features/desk/desk.ts";
import { isOfDesk } from "./features/desk/device.ts";
import { createDesk } from "./features/desk/practice.ts";
import { DeskPage } from "./features/desk/view/desk-page.tsx";
import type { DeskSlots } from "./features/desk/view/slots.ts";
import { LINE } from "./features/imaging/practice/model.ts";
import { createLock, type Lock } from "./features/lock/lock.ts";
import { LockGate } from "./features/lock/view/lock-gate.tsx";
import type { Platform } from "./features/ports.ts";
import { activity } from "./platform/activity.ts";
import { browserPlatform } from "./platform/browser.ts";
import { chosenFiles, droppedFiles } from "./platform/chosen.ts";
import { runJob } from "./platform/jobs.ts";
import { lineOf } from "./platform/line.ts";
import { keyFromSeed, signerOf } from "./platform/signers.ts";
import { stretch } from "./sealing/stretch.ts";
import { start } from "./start.tsx";
import { later } from "./ui/later.tsx";

/** What is written, and its printing, is large, and fetched when first asked for. */
const slotsOf = (
  { clock, random, http, vaults }: Platform,
  { confirm }: Lock,
  desk: DeskModel,
): DeskSlots => ({
  Images: later(
    async () => {
      const [{ DoctorsImages }, { permitsOf }] = await Promise.all([
        import("./shown-images.tsx"),
        import("./features/imaging/disk/permits.ts"),
      ]);
      const permit = permitsOf(desk.permits);
      return (given) => <DoctorsImages permit={permit} {...given} />;
    },
    "imaging",
    "files",
  ),
  Opened: later(
    async () => (await import("./opened-files.tsx")).DesksFiles,
    "links",
    "files",
    "practitioners",
    "documents",
  ),
  Prescription: later(
    async () => {
      const [{ PrescriptionPanel }, { createLibrary }, { createFavourites }, { earlierOf }] =
        await Promise.all([
          import("./features/prescription/view/prescription.tsx"),
          import("./features/medicines/library.ts"),
          import("./features/prescription/favourites.ts"),
          import("./features/prescription/earlier.ts"),
        ]);
      const library = createLibrary({ clock, vaults });
      const favourites = createFavourites(desk.kept);
      const earlier = earlierOf(desk.issued);
      return ({ call, practitioner, onClose }) => (
        <PrescriptionPanel
          world={{ clock, random, http, call, practitioner, confirm }}
          help={{ library, favourites, earlier }}
          onClose={onClose}
        />
      );
    },
    "prescription",
    "documents",
  ),
  Report: later(
    async () => {
      const [{ ReportPanel }, { createTemplates }] = await Promise.all([
        import("./features/reports/view/report.tsx"),
        import("./features/reports/templates.ts"),
      ]);
      const templates = createTemplates(desk.kept);
      return ({ onClose, ...given }) => (
        <ReportPanel
          world={{ clock, random, http, confirm, templates, links: desk.links.peek(), ...given }}
          onClose={onClose}
        />
      );
    },
    "reports",
    // Fields that both forms have, and what a reader sees.
    "prescription",
    "documents",
    // The link that it may be handed over with.
    "links",
  ),
});

/** The one-time code of `#enrol=CODE`, the link that an operator hands out. */
const codeOf = (fragment: string): string => /^enrol=(.+)$/.exec(fragment)?.[1] ?? "";

void start(
  async (texts) => {
    const browser = await browserPlatform();
    const lock = createLock({
      ...browser,
      activity,
      ours: isOfDesk,
      signer: async (seed) => signerOf(await keyFromSeed(seed)),
      // Not fetched late: what it shares would become one more file for every page.
      stretch,
    });
    const files = { runJob, chosenFiles, droppedFiles };
    const platform = { ...browser, ...files, vaults: lock.vaults, line: lineOf(LINE) };
    const code = codeOf(platform.address.fragment());
    const desk = createDesk(
      platform,
      {
        arrived: () => texts.say("desk", "arrived"),
        firstDevice: () => texts.say("desk", "firstDevice"),
        newDevice: () => texts.say("desk", "newDevice"),
      },
      lock,
    );
    return (
      <LockGate lock={lock}>
        <DeskPage desk={desk} code={code} slots={slotsOf(platform, lock, desk)} />
      </LockGate>
    );
  },
  "desk",
  "lock",
  "consult",
  "media",
  "problems",
);
