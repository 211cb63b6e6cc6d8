import { createOpening } from "./features/links/opening.ts";
import { OpeningPage } from "./features/links/view/opening-page.tsx";
import { address } from "./platform/address.ts";
import { clock, random } from "./platform/basics.ts";
import { http } from "./platform/http.ts";
import { start } from "./start.tsx";

void start(
  () => <OpeningPage model={createOpening({ http, clock, random, address })} />,
  "links",
  "problems",
);
