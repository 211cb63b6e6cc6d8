import { createSender } from "./features/files/sender.ts";
import { SendPage } from "./features/files/view/send-page.tsx";
import { address } from "./platform/address.ts";
import { clock } from "./platform/basics.ts";
import { chosenFiles, droppedFiles } from "./platform/chosen.ts";
import { runJob } from "./platform/jobs.ts";
import { openVaults } from "./platform/vaults.ts";
import { start } from "./start.tsx";

void start(
  async () => {
    const vaults = await openVaults();
    const model = createSender({ clock, vaults, address, runJob, chosenFiles, droppedFiles });
    return <SendPage model={model} />;
  },
  "files",
  "problems",
);
