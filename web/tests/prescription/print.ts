/**
 * Writes the sample prescriptions as `NAME.json` (FHIR) and `NAME.pdf` into a folder, and copies with
 * a code as `NAME-code.pdf`, with the modules of that code in `code.txt`, for the Python tests that
 * read them with other libraries: `node print.js FOLDER FONTS`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "uqr";
import { paperWithCode } from "../../src/features/dispensing/paper.ts";
import { prescriptionBundle } from "../../src/features/prescription/fhir/bundle.ts";
import { prescriptionPdf } from "../../src/features/prescription/pdf/document.ts";
import { checkDraft } from "../../src/features/prescription/rules.ts";
import { qrPath } from "../../src/ui/qr.tsx";
import { PRESCRIPTIONS, uuids, WHEN } from "./samples.ts";

const CODE = `https://rdv.exemple.fr/dispense/#1.${"x".repeat(43)}`;
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
  const pdf = await prescriptionPdf(checked.value, signature, files);
  const about = { issued: checked.value.issued, host: "rdv.exemple.fr" };
  writeFileSync(join(folder, `${name}.pdf`), pdf);
  writeFileSync(join(folder, `${name}-code.pdf`), await paperWithCode(pdf, qrPath(CODE), about));
}
const { data } = encode(CODE, { ecc: "M", border: 2 });
const modules = data.map((row) => row.map((dark) => (dark ? "#" : ".")).join(""));
writeFileSync(join(folder, "code.txt"), modules.join("\n"));
