/** A study on the screen: a drawn body, nobody's. */
import { computed, signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { WHOLE } from "../../src/features/imaging/geometry.ts";
import { Drawings, Marking } from "../../src/features/imaging/marking.ts";
import type { SeriesLine, Together, ViewerModel, Wrong } from "../../src/features/imaging/model.ts";
import { ownWindow } from "../../src/features/imaging/painting.ts";
import type { Picture } from "../../src/features/imaging/picture.ts";
import type { KeepingModel, KeepingProblem } from "../../src/features/imaging/saved/keeping.ts";
import { type SavedMarks, seenOf } from "../../src/features/imaging/saved/model.ts";
import { Viewer } from "../../src/features/imaging/view/viewer.tsx";
import { ORIGIN } from "../imaging/origins.ts";

const SIZE = 256;

/** Two ovals in a third one. */
function body(): Int16Array {
  const values = new Int16Array(SIZE * SIZE).fill(-1000);
  const oval = (cx: number, cy: number, rx: number, ry: number, value: number): void => {
    for (let y = 0; y < SIZE; y += 1) {
      for (let x = 0; x < SIZE; x += 1) {
        if (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1) {
          values[y * SIZE + x] = value + ((x * 7 + y * 13) % 23);
        }
      }
    }
  };
  oval(128, 128, 112, 84, 40);
  oval(82, 118, 34, 46, -850);
  oval(174, 118, 34, 46, -850);
  oval(128, 186, 14, 14, 700);
  oval(120, 120, 12, 16, 120);
  return values;
}

const PICTURE: Picture = {
  rows: SIZE,
  columns: SIZE,
  frames: 1,
  content: { color: false, samples: body(), inverted: false },
  slope: 1,
  intercept: 0,
  range: [-1000, 722],
  windows: [{ center: 40, width: 400 }],
  spacing: { row: 1.4, column: 1.4, detector: false },
  aspect: 1,
  approximate: false,
  edges: { left: "R", right: "L", top: "A", bottom: "P" },
  unit: "HU",
  facts: [
    { key: "patient", value: "Camille Exemple" },
    { key: "birth", value: "1980-02-29" },
    { key: "study", value: "Scanner du thorax sans injection" },
    { key: "studyDate", value: "2026-03-02" },
    { key: "modality", value: "CT" },
    { key: "institution", value: "Centre d’imagerie de l’Exemple" },
    { key: "thickness", value: "1.25" },
    { key: "position", value: "-179.2\\-179.2\\-312.5" },
  ],
  origin: ORIGIN,
};

const SAVED: SavedMarks = {
  study: ORIGIN.study,
  instance: "2.25.1",
  by: "Dr Dominique Exemple",
  at: "2026-03-03 08:15",
  marks: [
    {
      kind: "length",
      points: [
        { x: 82, y: 72 },
        { x: 82, y: 164 },
      ],
      text: "comme en 2024",
      on: [{ instance: ORIGIN.instance, frame: null }],
    },
    {
      kind: "shape",
      points: Array.from({ length: 33 }, (_, at) => ({
        x: 174 + 40 * Math.cos((at * Math.PI) / 16),
        y: 118 + 52 * Math.sin((at * Math.PI) / 16),
      })),
      text: "",
      on: [{ instance: ORIGIN.instance, frame: null }],
    },
  ],
  chosen: [],
  left: 2,
};

const SERIES: readonly SeriesLine[] = [
  { name: "Localisateur", number: "1", modality: "CT", study: "", count: 2 },
  { name: "Thorax 1,25 mm", number: "2", modality: "CT", study: "", count: 312 },
  { name: "", number: "3", modality: "CT", study: "", count: 84 },
];

interface State {
  readonly state?: "opening" | "open" | "failed";
  readonly wrong?: Wrong;
  readonly waiting?: boolean;
  readonly loading?: boolean;
  readonly picture?: Picture | null;
  readonly list?: readonly SeriesLine[];
  readonly drawn?: boolean;
  readonly saved?: boolean;
  readonly done?: boolean;
  readonly problem?: KeepingProblem;
  readonly practice?: boolean;
  readonly together?: boolean;
}

function keepingOf(drawings: Drawings, { drawn, done, problem, practice }: State): KeepingModel {
  return {
    layers: drawings.saved.list,
    hidden: drawings.saved.hidden,
    unread: signal(problem ? 1 : 0),
    ready: signal(drawn ?? false),
    busy: signal(false),
    saved: signal(done ?? false),
    problem: signal(problem ?? null),
    practice: signal(practice ? "Dr Camille Démo" : null),
    missing: signal(problem === "practice" ? 1 : 0),
    look: async () => undefined,
    savePractice: async () => undefined,
    erase: async () => undefined,
    show: (id, shown) => drawings.saved.show(id, shown),
    saveFile: async () => undefined,
    openFile: async () => undefined,
  };
}

function viewer(state: State = {}): ComponentChild {
  const picture = signal(state.picture === undefined ? PICTURE : state.picture);
  const drawings = new Drawings();
  const seen = computed(() => picture.value && seenOf(picture.value, 0, null));
  const marking = new Marking(seen, drawings);
  if (state.saved) drawings.saved.add("one", [SAVED], state.practice ? SAVED.by : null);
  if (state.drawn) {
    marking.choose("length");
    marking.point({ x: 30, y: 128 });
    marking.point({ x: 226, y: 128 });
    marking.choose("angle");
    for (const [x, y] of [
      [82, 70],
      [128, 186],
      [174, 70],
    ] as const) {
      marking.point({ x, y });
    }
    marking.choose("note");
    marking.point({ x: 122, y: 120 }, "à revoir");
    marking.toggleKey();
  }
  const nothing = (): void => undefined;
  const model: ViewerModel = {
    state: signal(state.state ?? "open"),
    wrong: signal(state.wrong ?? null),
    waiting: signal(state.waiting ?? false),
    title: signal("Camille Exemple · Scanner du thorax · 2026-03-02"),
    list: signal(state.list ?? SERIES),
    series: signal(1),
    slice: signal(117),
    count: signal(state.list?.length === 0 ? 0 : 312),
    picture,
    loading: signal(state.loading ?? false),
    window: signal(null),
    shownWindow: computed(() => picture.value && ownWindow(picture.value)),
    place: signal(WHOLE),
    inverted: signal(false),
    marking,
    keeping: keepingOf(drawings, state),
    keys: signal(state.drawn ? [{ series: 1, slice: 117 }] : []),
    where: signal({ series: 1, picture: 117, frame: 0 }),
    reach: nothing,
    choose: nothing,
    go: nothing,
    visit: nothing,
    setWindow: nothing,
    usePreset: nothing,
    setPlace: nothing,
    invert: nothing,
    toggleKey: nothing,
    reset: nothing,
    retry: async () => undefined,
    end: nothing,
  };
  const together: Together = {
    pointer: signal({ x: 0.62, y: 0.44 }),
    following: signal(true),
    pointing: signal(false),
    point: nothing,
    follow: nothing,
    steer: nothing,
  };
  return (
    <>
      <main class="column">{model.title.value}</main>
      <Viewer model={model} onClose={nothing} {...(state.together ? { together } : {})} />
    </>
  );
}

export const viewers: Readonly<Record<string, () => ComponentChild>> = {
  open: () => viewer({ drawn: true }),
  facts: () => viewer(),
  alone: () => viewer({ list: SERIES.slice(0, 1) }),
  approximate: () =>
    viewer({
      picture: {
        ...PICTURE,
        approximate: true,
        edges: null,
        spacing: { row: 1, column: 1, detector: true },
      },
      drawn: true,
    }),
  together: () => viewer({ together: true }),
  saved: () => viewer({ drawn: true, saved: true }),
  kept: () => viewer({ drawn: true, saved: true, done: true }),
  practice: () => viewer({ drawn: true, saved: true, practice: true }),
  practiceAway: () => viewer({ drawn: true, problem: "practice" }),
  unsaved: () => viewer({ drawn: true, problem: "save" }),
  unread: () => viewer({ problem: "none" }),
  onlyMarks: () => viewer({ picture: null, list: [], wrong: { what: "alone" } }),
  form: () => viewer({ state: "failed", wrong: { what: "form" } }),
  loading: () => viewer({ loading: true }),
  opening: () => viewer({ state: "opening" }),
  waiting: () => viewer({ state: "opening", waiting: true }),
  broken: () => viewer({ picture: null, wrong: { what: "file", why: "broken" } }),
  forged: () => viewer({ state: "failed", wrong: { what: "forged" } }),
  gone: () => viewer({ state: "failed", wrong: { what: "gone" } }),
};
