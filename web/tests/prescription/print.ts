/**
 * Writes the sample prescriptions as `NAME.json` (FHIR) and `NAME.pdf` into a folder, for the Python
 * tests that read them with other libraries: `node print.js FOLDER FONTS`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prescriptionBundle } from "../../src/features/prescription/fhir/bundle.ts";
import { prescriptionPdf } from "../../src/features/prescription/pdf/document.ts";
import { checkDraft } from "../../src/features/prescription/rules.ts";
import { PRESCRIPTIONS, uuids, WHEN } from "./samples.ts";

const [, , folder = "", fonts = ""] = process.argv;
const files = {
  regular: readFileSync(join(fonts, "400Regular/NotoSans_400Regular.ttf")),
  bold: readFileSync(join(fonts, "700Bold/NotoSans_700Bold.ttf")),
};

for (const [name, { draft, signature }] of Object.entries(PRESCRIPTIONS)) {
  const checked = checkDraft(draft, WHEN);
  if (!checked.ok) throw new Error(`${name}: ${JSON.stringify(checked.problems)}`);
  const bundle = prescriptionBundle(checked.value, uuids());
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(bundle, null, 1));
  writeFileSync(
    join(folder, `${name}.pdf`),
    await prescriptionPdf(checked.value, signature, files),
  );
}
