import type { View } from "./features/documents/view/documents.tsx";
import { LINE } from "./features/imaging/practice/model.ts";
import { createDocuments } from "./features/keeping/documents.ts";
import { DocumentsPage } from "./features/keeping/view/page.tsx";
import { browserPlatform } from "./platform/browser.ts";
import { decoders } from "./platform/decoders.ts";
import { engine } from "./platform/engine.ts";
import { runJob } from "./platform/jobs.ts";
import { lineOf } from "./platform/line.ts";
import { received } from "./platform/received.ts";
import { renderers } from "./platform/renderers.ts";
import { start } from "./start.tsx";

/** Late: most who come here look at nothing that is not text. */
const view: View = async (name, bytes) => {
  const { showHeld } = await import("./features/viewing/viewer.ts");
  return showHeld(renderers, name, bytes);
};

void start(
  async () => {
    const files = { runJob, received, engine, decoders, renderers, line: lineOf(LINE) };
    const documents = createDocuments({ ...(await browserPlatform()), ...files });
    return <DocumentsPage documents={documents} view={view} />;
  },
  "keeping",
  "problems",
);
