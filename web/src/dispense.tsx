import { isDevice } from "./features/desk/device.ts";
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
    const needs = { http, clock, random, address, vaults, dial, looking };
    const card = looking ? undefined : await cardOf(vaults);
    return <CounterPage model={createCounter({ ...needs, card })} looking={looking} />;
  },
  "dispensing",
  "practitioners",
  "problems",
);

/** Where this browser is a practitioner's device. Without its code one dispenses as without a card. */
async function cardOf(vaults: Awaited<ReturnType<typeof openVaults>>) {
  try {
    if (!(await isDevice(vaults))) return undefined;
    const { ownCard } = await import("./own-card.ts");
    return ownCard(vaults);
  } catch {
    return undefined;
  }
}
