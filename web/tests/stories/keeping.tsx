/** What somebody keeps: the page, and the offer below a document in a consult. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useEffect } from "preact/hooks";
import type { ShowingModel } from "../../src/features/adding/showing.ts";
import type { HelpingModel } from "../../src/features/helping/helping.ts";
import type { KeptDevice } from "../../src/features/keeping/devices.ts";
import type { DocumentsModel, KeptLine, Practice } from "../../src/features/keeping/documents.ts";
import type { KeeperModel, KeeperState } from "../../src/features/keeping/keeper.ts";
import type { KeptFiles } from "../../src/features/keeping/received-files.ts";
import { Keeping } from "../../src/features/keeping/view/offer.tsx";
import { DocumentsPage } from "../../src/features/keeping/view/page.tsx";
import { incoming } from "./files.tsx";
import { showing } from "./helping.tsx";
import { FOUND } from "./links.tsx";
import { problem, received } from "./models.ts";

const line = (id: string, changes: Partial<KeptLine> = {}): KeptLine => ({
  id,
  at: "2026-03-02T08:30:00Z",
  kind: "prescription",
  isNew: false,
  line: signal(null),
  open: async () => undefined,
  ...changes,
});

const practice = (id: string, name: string, changes: Partial<Practice> = {}): Practice => ({
  id,
  name,
  holder: "",
  lines: signal([]),
  files: signal([]),
  problem: signal(null),
  ...changes,
});

const UNTIL = Date.UTC(2026, 2, 9, 8, 30);

const files = (changes: Partial<KeptFiles> = {}): KeptFiles => ({
  id: "f",
  at: "2026-03-02T08:30:00Z",
  name: "IRM genou gauche 2026-03-02.zip",
  size: 1.2e9,
  until: UNTIL,
  isNew: false,
  state: signal("waiting"),
  problem: signal(null),
  found: signal(null),
  stranger: signal(false),
  open: async () => undefined,
  forget: async () => undefined,
  ...changes,
});

const withFiles = (...all: readonly KeptFiles[]): ComponentChild => (
  <DocumentsPage
    documents={model({
      practices: signal([practice("a", "Dr Camille Démo", { files: signal(all) })]),
    })}
  />
);

const FOUND_FILES = { ...FOUND, document: null, files: [incoming()] };

const PRACTICES = [
  practice("a", "Dr Camille Démo", {
    lines: signal([
      line("1", { isNew: true }),
      line("2", { line: signal(received("verified")) }),
      line("3", { kind: "file", at: "2025-11-20T10:00:00Z" }),
    ]),
  }),
  practice("b", "Dr Maximilienne-Joséphine de Saint-Exemple-sur-Fiction", { holder: "Léa" }),
];

const DEVICES: readonly KeptDevice[] = [
  { id: "a", label: "", since: "2025-11-20T10:00:00Z", here: false },
  { id: "b", label: "Téléphone de Zéphyrine", since: "2026-03-02T08:30:00Z", here: true },
];

const model = (changes: Partial<DocumentsModel> = {}): DocumentsModel => ({
  state: signal("ready"),
  practices: signal(PRACTICES),
  problem: signal(null),
  busy: signal(false),
  ways: {
    adding: signal(null),
    changing: signal(null),
    asking: signal(null),
    recovering: signal(null),
  },
  helping: signal(null),
  addDevice: async () => undefined,
  stopAdding: () => undefined,
  changeWays: async () => undefined,
  leaveWays: () => undefined,
  recover: async () => undefined,
  devices: signal(DEVICES),
  renameDevice: async () => undefined,
  takeOthersOut: async () => undefined,
  alone: signal(false),
  gone: signal(false),
  forget: async () => undefined,
  exportAll: async () => ({
    bytes: new Uint8Array(),
    opens: `AGE-SECRET-KEY-PQ-1${"Q".repeat(60)}`,
  }),
  bring: async () => 2,
  bringing: signal(null),
  erase: async () => "",
  ...changes,
});

const keeper = (state: KeeperState, changes: Partial<KeeperModel> = {}): ComponentChild => (
  <main class="column">
    <h1>Documents</h1>
    <h2>Documents</h2>
    <Keeping
      keeper={{
        state: signal(state),
        problem: signal(null),
        keep: async () => undefined,
        ...changes,
      }}
    />
  </main>
);

const ANA = { id: "a", name: "Maman", since: Date.UTC(2026, 2, 2), here: false };
const LEO = { id: "b", name: "Léopold-Aurélien", since: Date.UTC(2025, 10, 20), here: true };

const helpingOf = (changes: Partial<HelpingModel> = {}): DocumentsModel["helping"] =>
  signal({
    circle: "trusted",
    people: signal([ANA, LEO]),
    offer: signal(null),
    giving: signal(null),
    problem: signal(null),
    giveBack: () => undefined,
    stopGiving: () => undefined,
    remove: async () => undefined,
    leave: () => undefined,
    ...changes,
  });

const giving = (shown: ShowingModel): ComponentChild => (
  <DocumentsPage
    documents={model({
      state: signal("none"),
      practices: signal([]),
      helping: helpingOf({ giving: signal({ to: ANA, showing: shown }) }),
    })}
  />
);

/** With what is folded unfolded. */
function Unfolded({ documents }: { readonly documents: DocumentsModel }) {
  useEffect(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  }, []);
  return <DocumentsPage documents={documents} />;
}

const bringing = (key: string): ComponentChild => (
  <Unfolded documents={model({ bringing: signal(problem(key)) })} />
);

export const keeping: Readonly<Record<string, () => ComponentChild>> = {
  files: () =>
    withFiles(
      files({ id: "1", isNew: true }),
      files({ id: "2", name: "clichés.zip", size: 48e6, state: signal("opening") }),
      files({ id: "3", name: "ancien compte rendu.pdf", size: 310_000, state: signal("over") }),
    ),
  "files-open": () => withFiles(files({ state: signal("open"), found: signal(FOUND_FILES) })),
  "files-stranger": () =>
    withFiles(
      files({
        state: signal("open"),
        found: signal({ ...FOUND_FILES, author: null, says: "Dr Camille Démo" }),
        stranger: signal(true),
      }),
    ),
  "files-withdrawn": () =>
    withFiles(
      files({ state: signal("over"), problem: signal(problem("withdrawn")) }),
      files({ id: "2", problem: signal({ key: "files_forged", loud: true }) }),
    ),
  page: () => <DocumentsPage documents={model()} />,
  none: () => <DocumentsPage documents={model({ state: signal("none"), practices: signal([]) })} />,
  gone: () => (
    <DocumentsPage
      documents={model({
        practices: signal([
          practice("a", "Dr Démo", { problem: signal(problem("kept_gone", true)) }),
        ]),
      })}
    />
  ),
  alone: () => (
    <DocumentsPage
      documents={model({
        alone: signal(true),
        devices: signal(DEVICES.filter(({ here }) => here)),
      })}
    />
  ),
  forgotten: () => (
    <DocumentsPage
      documents={model({ gone: signal(true), problem: signal(problem("kept_gone", true)) })}
    />
  ),
  "bring-code": () => bringing("code_wanted"),
  "bring-mistyped": () => bringing("code_mistyped"),
  "bring-other": () => bringing("no_export"),
  erased: () => (
    <DocumentsPage documents={model({ state: signal("erased"), practices: signal([]) })} />
  ),
  helping: () => <DocumentsPage documents={model({ helping: helpingOf() })} />,
  "helping-none": () => (
    <DocumentsPage
      documents={model({
        state: signal("none"),
        practices: signal([]),
        helping: helpingOf({ people: signal([LEO]) }),
      })}
    />
  ),
  "helping-unfit": () => (
    <DocumentsPage
      documents={model({
        state: signal("none"),
        practices: signal([]),
        problem: signal(problem("help_nowhere")),
      })}
    />
  ),
  "helping-remove": () => (
    <DocumentsPage
      documents={model({
        state: signal("none"),
        practices: signal([]),
        helping: helpingOf({ problem: signal(problem("quota_exceeded")) }),
      })}
    />
  ),
  "helping-give": () => giving(showing("showing")),
  "helping-type": () => giving(showing("code")),
  "helping-full": () => giving(showing("making", false, "quota_exceeded")),
  offer: () => keeper("offered"),
  "offer-failed": () => keeper("offered", { problem: signal(problem("keep_unavailable")) }),
  kept: () => keeper("kept"),
};
