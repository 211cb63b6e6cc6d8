/**
 * Writes the sample reports as `NAME.json` (FHIR) and `NAME.pdf` into a folder, for the Python tests
 * that read them with other libraries: `node print.js FOLDER FONTS`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportBundle } from "../../src/features/reports/fhir/bundle.ts";
import { reportPdf } from "../../src/features/reports/pdf/document.ts";
import { checkDraft } from "../../src/features/reports/rules.ts";
import { SIGNATURE, uuids, WHEN } from "../prescription/samples.ts";
import { KNOWN, moment, REPORTS } from "./samples.ts";

const [, , folder = "", fonts = ""] = process.argv;
const files = {
  regular: readFileSync(join(fonts, "400Regular/NotoSans_400Regular.ttf")),
  bold: readFileSync(join(fonts, "700Bold/NotoSans_700Bold.ttf")),
};

for (const [name, draft] of Object.entries(REPORTS)) {
  const checked = checkDraft(draft, WHEN, KNOWN);
  if (!checked.ok) throw new Error(`${name}: ${JSON.stringify(checked.problems)}`);
  const bundle = reportBundle(checked.value, uuids());
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(bundle, null, 1));
  const pdf = await reportPdf(checked.value, SIGNATURE, files, (at) => moment(Date.parse(at)));
  writeFileSync(join(folder, `${name}.pdf`), pdf);
}
