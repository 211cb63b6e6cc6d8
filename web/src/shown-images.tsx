/** Images that doctor and patient look at together: fetched when there are any. */
import type { ReadonlySignal } from "@preact/signals";
import type { CallModel } from "./features/consult/call.ts";
import { LINE } from "./features/imaging/practice/model.ts";
import { Shown } from "./features/imaging/view/shown.tsx";
import { address } from "./platform/address.ts";
import { clock, random } from "./platform/basics.ts";
import { decoders } from "./platform/decoders.ts";
import { engine } from "./platform/engine.ts";
import { http } from "./platform/http.ts";
import { lineOf } from "./platform/line.ts";
import { received } from "./platform/received.ts";

const line = lineOf(LINE);
const needs = { http, clock, random, address, engine, decoders, received, line };

interface ImagesProps {
  readonly calls: ReadonlySignal<readonly CallModel[]>;
}

export const DoctorsImages = ({ calls }: ImagesProps) => <Shown needs={needs} calls={calls} host />;

export const PatientsImages = ({ calls }: ImagesProps) => (
  <Shown needs={needs} calls={calls} host={false} />
);
