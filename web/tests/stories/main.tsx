/**
 * One state of a page, named in the address: `?story=guest-waiting&lang=en`. `window.stories` lists
 * the names.
 */
import { type ComponentChild, render } from "preact";
import type { DeskModel } from "../../src/features/desk/desk.ts";
import { DeskPage } from "../../src/features/desk/view/desk-page.tsx";
import type { DeskSlots } from "../../src/features/desk/view/slots.ts";
import type { GuestModel } from "../../src/features/guest/guest.ts";
import { GuestPage } from "../../src/features/guest/view/guest-page.tsx";
import { Landing } from "../../src/features/landing/view/landing.tsx";
import { DirectoryPage } from "../../src/features/practitioners/view/directory-page.tsx";
import { PrescriptionPanel } from "../../src/features/prescription/view/prescription.tsx";
import { ReportPanel } from "../../src/features/reports/view/report.tsx";
import { TextsProvider } from "../../src/ui/context.tsx";
import { type Hands, HandsProvider } from "../../src/ui/hands.ts";
import { createTexts, isLanguage } from "../../src/ui/texts.ts";
import { devicePages } from "./devices.tsx";
import { counters } from "./dispensing.tsx";
import { filePages } from "./files.tsx";
import { helping } from "./helping.tsx";
import { viewers } from "./imaging.tsx";
import { keeping } from "./keeping.tsx";
import { linkPages } from "./links.tsx";
import { locks } from "./lock.tsx";
import { writingHelp } from "./medicines.ts";
import { fakeDirectory } from "./models.ts";
import { permitPages } from "./permits.tsx";
import { prescriptions } from "./prescription.tsx";
import { recoveries } from "./recovery.tsx";
import { reports, reportWorld } from "./reports.tsx";
import { desks, guests } from "./states.ts";
import { togethers } from "./together.tsx";
import { sheets } from "./viewing.tsx";

const Prescription: DeskSlots["Prescription"] = ({ call, practitioner, onClose }) => (
  <PrescriptionPanel
    world={{
      clock: { now: () => Date.UTC(2026, 7, 3), after: () => () => undefined },
      random: (n) => crypto.getRandomValues(new Uint8Array(n)),
      http: () => Promise.reject(new Error("no server")),
      call,
      practitioner,
      confirm: async () => true,
    }}
    help={writingHelp}
    onClose={onClose}
  />
);
const Report: DeskSlots["Report"] = ({ onClose, ...given }) => (
  <ReportPanel world={{ ...reportWorld, ...given }} onClose={onClose} />
);
const HANDS: Hands = {
  copy: async () => true,
  share: async () => undefined,
  canShareScreen: true,
  save: () => undefined,
  openPdf: () => undefined,
  print: () => undefined,
};

const guest = (model: GuestModel): ComponentChild => <GuestPage guest={model} />;
const desk = (model: DeskModel): ComponentChild => (
  <DeskPage desk={model} code="" slots={{ Opened: () => null, Prescription, Report }} />
);

async function show(name: string): Promise<ComponentChild> {
  const [page = "", state = ""] = name.split(/-(.*)/s);
  const asGuest = page === "guest" ? guests[state] : undefined;
  if (asGuest) return guest(await asGuest());
  const asDesk = page === "desk" ? desks[state] : undefined;
  if (asDesk) return desk(await asDesk());
  const asRecovery = page === "recovery" ? recoveries[state] : undefined;
  if (asRecovery) return asRecovery();
  const asLock = page === "lock" ? locks[state] : undefined;
  if (asLock) return asLock();
  if (page === "directory") return <DirectoryPage directory={fakeDirectory()} />;
  const asDevice = page === "devices" ? devicePages[state] : undefined;
  if (asDevice) return asDevice();
  const asLink = page === "links" ? linkPages[state] : undefined;
  if (asLink) return asLink();
  const asFile = page === "files" ? filePages[state] : undefined;
  if (asFile) return asFile();
  const asPermit = page === "permits" ? permitPages[state] : undefined;
  if (asPermit) return asPermit();
  const asViewer = page === "imaging" ? viewers[state] : undefined;
  if (asViewer) return asViewer();
  const asSheets = page === "viewing" ? sheets[state] : undefined;
  if (asSheets) return asSheets();
  const asTogether = page === "together" ? togethers[state] : undefined;
  if (asTogether) return asTogether();
  const asCounter = page === "counter" ? counters[state] : undefined;
  if (asCounter) return asCounter();
  const asPrescription = page === "prescription" ? prescriptions[state] : undefined;
  if (asPrescription) return asPrescription();
  const asReport = page === "reports" ? reports[state] : undefined;
  if (asReport) return asReport();
  const asHelping = page === "helping" ? helping[state] : undefined;
  if (asHelping) return asHelping();
  const asKept = page === "keeping" ? keeping[state] : undefined;
  if (asKept) return asKept();
  return <Landing />;
}

declare global {
  interface Window {
    stories?: readonly string[];
  }
}
window.stories = [
  "landing",
  "directory",
  ...Object.keys(guests).map((name) => `guest-${name}`),
  ...Object.keys(keeping).map((name) => `keeping-${name}`),
  ...Object.keys(desks).map((name) => `desk-${name}`),
  ...Object.keys(devicePages).map((name) => `devices-${name}`),
  ...Object.keys(linkPages).map((name) => `links-${name}`),
  ...Object.keys(filePages).map((name) => `files-${name}`),
  ...Object.keys(permitPages).map((name) => `permits-${name}`),
  ...Object.keys(viewers).map((name) => `imaging-${name}`),
  ...Object.keys(sheets).map((name) => `viewing-${name}`),
  ...Object.keys(togethers).map((name) => `together-${name}`),
  ...Object.keys(counters).map((name) => `counter-${name}`),
  ...Object.keys(prescriptions).map((name) => `prescription-${name}`),
  ...Object.keys(reports).map((name) => `reports-${name}`),
  ...Object.keys(helping).map((name) => `helping-${name}`),
  ...Object.keys(locks).map((name) => `lock-${name}`),
  ...Object.keys(recoveries).map((name) => `recovery-${name}`),
];

const query = new URLSearchParams(location.search);
const lang = query.get("lang");
const texts = createTexts(isLanguage(lang) ? lang : "fr", (language) => {
  document.documentElement.lang = language;
});
document.documentElement.lang = texts.language.value;
const root = document.getElementById("app");
const story = await show(query.get("story") ?? "landing");
await texts.load(
  "ui",
  "adding",
  "landing",
  "dispensing",
  "files",
  "imaging",
  "links",
  "lock",
  "guest",
  "media",
  "consult",
  "desk",
  "documents",
  "helping",
  "keeping",
  "practitioners",
  "prescription",
  "problems",
  "recovery",
  "reports",
  "viewing",
);
if (root) {
  render(
    <TextsProvider value={texts}>
      <HandsProvider value={HANDS}>{story}</HandsProvider>
    </TextsProvider>,
    root,
  );
  root.dataset["ready"] = "";
}
