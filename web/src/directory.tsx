import { createDirectory } from "./features/practitioners/directory.ts";
import { DirectoryPage } from "./features/practitioners/view/directory-page.tsx";
import { address } from "./platform/address.ts";
import { clock, random } from "./platform/basics.ts";
import { http } from "./platform/http.ts";
import { start } from "./start.tsx";

void start(
  () => <DirectoryPage directory={createDirectory({ http, clock, random, address })} />,
  "practitioners",
  "problems",
);
