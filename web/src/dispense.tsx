import { createCounter } from "./features/dispensing/counter.ts";
import { CounterPage } from "./features/dispensing/view/counter-page.tsx";
import { address } from "./platform/address.ts";
import { clock, random } from "./platform/basics.ts";
import { http } from "./platform/http.ts";
import { dial } from "./platform/socket.ts";
import { openVaults } from "./platform/vaults.ts";
import { start } from "./start.tsx";

/** `?see`: the patient looks at what was given. */
const looking = new URLSearchParams(location.search).has("see");

void start(
  async () => {
    const vaults = await openVaults();
    const model = createCounter({ http, clock, random, address, vaults, dial, looking });
    return <CounterPage model={model} looking={looking} />;
  },
  "dispensing",
  "practitioners",
  "problems",
);
