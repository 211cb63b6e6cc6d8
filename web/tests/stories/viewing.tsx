/** A picture or a PDF on the whole screen. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import type { ArchiveEntry, ArchiveModel } from "../../src/features/viewing/archive.ts";
import type { Zoom } from "../../src/features/viewing/fitting.ts";
import type { SheetsModel, Wrong } from "../../src/features/viewing/model.ts";
import type { Note, Run, Sheet } from "../../src/features/viewing/sheet.ts";
import { Contents } from "../../src/features/viewing/view/archive.tsx";
import { Sheets } from "../../src/features/viewing/view/viewer.tsx";

const LINES = [
  "Laboratoire de l’Exemple",
  "Compte rendu d’analyses",
  "Camille Exemple, née le 2 mars 1985",
  "",
  "Hémoglobine                13,4 g/dl",
  "Leucocytes                 6 200 /mm³",
  "Plaquettes                 251 000 /mm³",
];

function drawnBy(
  width: number,
  height: number,
  draw: (on: OffscreenCanvasRenderingContext2D) => void,
) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context) draw(context);
  return canvas.transferToImageBitmap();
}

function letter(notes: readonly Note[]): Sheet {
  const [width, height] = [794, 1123];
  const text: Run[] = LINES.map((line, at) => ({
    text: line,
    x: 80,
    y: 100 + 40 * at,
    size: 22,
    width: line.length * 11,
    angle: 0,
    ends: true,
  }));
  const bitmap = drawnBy(2 * width, 2 * height, (on) => {
    on.scale(2, 2);
    on.fillStyle = "#ffffff";
    on.fillRect(0, 0, width, height);
    on.fillStyle = "#111111";
    on.font = "22px sans-serif";
    on.textBaseline = "top";
    for (const run of text) on.fillText(run.text, run.x, run.y, run.width);
    on.strokeRect(60, 240, width - 120, 160);
  });
  return { bitmap, width, height, text, notes };
}

function photo(notes: readonly Note[]): Sheet {
  const [width, height] = [1600, 1000];
  const bitmap = drawnBy(width, height, (on) => {
    const sky = on.createLinearGradient(0, 0, 0, height);
    sky.addColorStop(0, "#7fb3d8");
    sky.addColorStop(1, "#e9d8b4");
    on.fillStyle = sky;
    on.fillRect(0, 0, width, height);
    on.fillStyle = "#3f6b4a";
    on.beginPath();
    on.moveTo(0, height);
    on.lineTo(520, 420);
    on.lineTo(900, 780);
    on.lineTo(1200, 520);
    on.lineTo(width, height);
    on.fill();
  });
  return { bitmap, width, height, text: [], notes };
}

interface State {
  readonly state?: SheetsModel["state"]["value"];
  readonly wrong?: Wrong;
  readonly picture?: boolean;
  readonly notes?: readonly Note[];
  readonly loading?: boolean;
  readonly zoom?: Zoom;
}

function viewer(given: State = {}): ComponentChild {
  const { state = "open", wrong = null, picture = false, notes = [], loading = false } = given;
  const zoom = signal<Zoom>(given.zoom ?? "page");
  const page = signal(picture ? 0 : 1);
  const sheet = picture ? photo : letter;
  const model: SheetsModel = {
    name: picture ? "Cicatrice, 3 août.jpg" : "Analyses du 3 août 2026.pdf",
    length: 2_400_000,
    state: signal(state),
    progress: signal({ done: 900_000, waiting: false }),
    kind: signal(picture ? "jpeg" : "pdf"),
    wrong: signal(wrong),
    page,
    count: signal(picture ? 1 : 4),
    sheet: signal(state === "open" && !wrong ? sheet(notes) : null),
    loading: signal(loading),
    zoom,
    go: (to) => {
      page.value = Math.min(Math.max(to, 0), 3);
    },
    setZoom: (to) => {
      zoom.value = to;
    },
    sharpen: () => undefined,
    retry: () => undefined,
    end: () => undefined,
  };
  return (
    <>
      <main class="column">{model.name}</main>
      <Sheets model={model} onClose={() => undefined} />
    </>
  );
}

const entry = (path: string, length: number, shown: boolean): ArchiveEntry => ({
  path,
  length,
  view: shown ? () => new Promise(() => undefined) as never : null,
});

const archive = (changes: Partial<ArchiveModel> = {}): ComponentChild => {
  const model: ArchiveModel = {
    name: "documents.zip",
    state: signal("open"),
    wrong: signal(null),
    waiting: signal(false),
    entries: signal([
      entry("Analyses du 3 août 2026.pdf", 240_000, true),
      entry("photos/cicatrice, de près, avec une règle.jpg", 3_400_000, true),
      entry("rapport.docx", 52_000, false),
    ]),
    retry: async () => undefined,
    end: () => undefined,
    ...changes,
  };
  return (
    <>
      <main class="column">{model.name}</main>
      <Contents model={model} onClose={() => undefined} />
    </>
  );
};

export const sheets: Readonly<Record<string, () => ComponentChild>> = {
  pdf: () => viewer({ notes: ["inert"] }),
  width: () => viewer({ zoom: "width", notes: ["incomplete"] }),
  picture: () => viewer({ picture: true }),
  actual: () => viewer({ picture: true, zoom: 1, notes: ["moving"] }),
  loading: () => viewer({ loading: true }),
  slow: () => viewer({ wrong: "too_slow" }),
  damaged: () => viewer({ notes: ["repaired", "inert"] }),
  fetching: () => viewer({ state: "fetching" }),
  opening: () => viewer({ state: "opening" }),
  kind: () => viewer({ state: "failed", wrong: "kind" }),
  broken: () => viewer({ state: "failed", wrong: "broken" }),
  locked: () => viewer({ state: "failed", wrong: "locked" }),
  forged: () => viewer({ state: "failed", wrong: "forged" }),
  gone: () => viewer({ state: "failed", wrong: "gone" }),
  archive: () => archive(),
  archiving: () => archive({ state: signal("opening") }),
  archiveBroken: () => archive({ state: signal("failed"), wrong: signal("broken") }),
};
