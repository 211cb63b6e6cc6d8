/** Images that doctor and patient look at together: fetched when there are any. */
import type { ReadonlySignal, Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { CallModel } from "./features/consult/call.ts";
import { LINE } from "./features/imaging/practice/model.ts";
import type { Host } from "./features/imaging/together.ts";
import { type Pane, Shown } from "./features/imaging/view/shown.tsx";
import { address } from "./platform/address.ts";
import { clock, random } from "./platform/basics.ts";
import { chosenFiles, droppedFiles } from "./platform/chosen.ts";
import { decoders } from "./platform/decoders.ts";
import { engine } from "./platform/engine.ts";
import { http } from "./platform/http.ts";
import { runJob } from "./platform/jobs.ts";
import { lineOf } from "./platform/line.ts";
import { received } from "./platform/received.ts";
import { openVaults } from "./platform/vaults.ts";

const line = lineOf(LINE);
const disk = { runJob, vaults: openVaults, chosenFiles, droppedFiles };
const needs = { http, clock, random, address, engine, decoders, received, line, ...disk };

type Calls = ReadonlySignal<readonly CallModel[]>;

interface DoctorsProps extends Host {
  readonly calls: Calls;
  readonly pane: Pane;
}

export function DoctorsImages({ calls, pane, permit }: DoctorsProps) {
  const host = useMemo(() => ({ permit }), [permit]);
  return <Shown needs={needs} calls={calls} host={host} pane={pane} />;
}

interface PatientsProps {
  readonly calls: Calls;
  readonly choosing: Signal<boolean>;
}

export const PatientsImages = (props: PatientsProps) => (
  <Shown needs={needs} host={null} {...props} />
);
