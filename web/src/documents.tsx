import { createDocuments } from "./features/keeping/documents.ts";
import { DocumentsPage } from "./features/keeping/view/page.tsx";
import { browserPlatform } from "./platform/browser.ts";
import { start } from "./start.tsx";

void start(
  async () => <DocumentsPage documents={createDocuments(await browserPlatform())} />,
  "keeping",
  "problems",
);
