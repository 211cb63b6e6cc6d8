import { LINE } from "./features/imaging/practice/model.ts";
import { createOpening } from "./features/links/opening.ts";
import { OpeningPage } from "./features/links/view/opening-page.tsx";
import { address } from "./platform/address.ts";
import { clock, random } from "./platform/basics.ts";
import { decoders } from "./platform/decoders.ts";
import { engine } from "./platform/engine.ts";
import { http } from "./platform/http.ts";
import { runJob } from "./platform/jobs.ts";
import { lineOf } from "./platform/line.ts";
import { received } from "./platform/received.ts";
import { renderers } from "./platform/renderers.ts";
import { openVaults } from "./platform/vaults.ts";
import { start } from "./start.tsx";

void start(
  async () => {
    const vaults = await openVaults();
    const platform = { http, clock, random, engine, address, vaults };
    const needs = { ...platform, runJob, received, decoders, renderers, line: lineOf(LINE) };
    return <OpeningPage model={createOpening(needs)} />;
  },
  "links",
  "problems",
);
