import { LINE } from "./features/imaging/practice/model.ts";
import { createDocuments } from "./features/keeping/documents.ts";
import { DocumentsPage } from "./features/keeping/view/page.tsx";
import { browserPlatform } from "./platform/browser.ts";
import { decoders } from "./platform/decoders.ts";
import { engine } from "./platform/engine.ts";
import { runJob } from "./platform/jobs.ts";
import { lineOf } from "./platform/line.ts";
import { received } from "./platform/received.ts";
import { start } from "./start.tsx";

void start(
  async () => {
    const files = { runJob, received, engine, decoders, line: lineOf(LINE) };
    const documents = createDocuments({ ...(await browserPlatform()), ...files });
    return <DocumentsPage documents={documents} />;
  },
  "keeping",
  "problems",
);
