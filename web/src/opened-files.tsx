/** Files that came to a desk by letter: fetched when there are any. */
import { LINE } from "./features/imaging/practice/model.ts";
import type { Arrived } from "./features/permits/model.ts";
import { OpenedFiles } from "./features/permits/view/opened.tsx";
import { address } from "./platform/address.ts";
import { clock, random } from "./platform/basics.ts";
import { decoders } from "./platform/decoders.ts";
import { engine } from "./platform/engine.ts";
import { http } from "./platform/http.ts";
import { runJob } from "./platform/jobs.ts";
import { lineOf } from "./platform/line.ts";
import { received } from "./platform/received.ts";
import { renderers } from "./platform/renderers.ts";

const line = lineOf(LINE);
const work = { runJob, received, engine, decoders, renderers, line };
const needs = { http, clock, random, address, ...work };

export const DesksFiles = ({ arrived }: { readonly arrived: Arrived }) => (
  <OpenedFiles needs={needs} arrived={arrived} />
);
