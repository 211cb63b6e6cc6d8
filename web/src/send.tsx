import { createSender } from "./features/files/sender.ts";
import { SendPage } from "./features/files/view/send-page.tsx";
import { address } from "./platform/address.ts";
import { clock, random } from "./platform/basics.ts";
import { chosenFiles, droppedFiles } from "./platform/chosen.ts";
import { http } from "./platform/http.ts";
import { runJob } from "./platform/jobs.ts";
import { openVaults } from "./platform/vaults.ts";
import { start } from "./start.tsx";

void start(
  async () => {
    const vaults = await openVaults();
    const platform = { http, clock, random, vaults, address, runJob };
    const model = createSender({ ...platform, chosenFiles, droppedFiles });
    return <SendPage model={model} />;
  },
  "files",
  "problems",
);
