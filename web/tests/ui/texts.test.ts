import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { LocalProblem } from "../../src/features/problems.ts";
import { createTexts } from "../../src/ui/texts.ts";

const SRC = fileURLToPath(new URL("../../src/", import.meta.url));
const DOCS = fileURLToPath(new URL("../../../docs/", import.meta.url));

type Texts = Readonly<Record<string, string>>;
const read = (folder: string, language: string): Texts =>
  JSON.parse(readFileSync(join(folder, `${language}.json`), "utf8"));

const features = readdirSync(join(SRC, "features"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => join(SRC, "features", entry.name, "texts"))
  .filter((folder) => {
    try {
      return readdirSync(folder).length > 0;
    } catch {
      return false;
    }
  });
const folders = [join(SRC, "ui", "texts"), ...features];

describe.each(folders)("%s", (folder) => {
  const [fr, en] = [read(folder, "fr"), read(folder, "en")];

  it("says the same things in both languages", () => {
    expect(Object.keys(en)).toEqual(Object.keys(fr));
    expect(Object.keys(fr)).toEqual(Object.keys(fr).sort());
    for (const key of Object.keys(fr)) {
      const values = (text = ""): readonly string[] =>
        [...text.matchAll(/\{\{\w+\}\}/g)].map(([value]) => value).sort();
      expect(values(en[key]), key).toEqual(values(fr[key]));
      expect(fr[key]?.trim(), key).not.toBe("");
      expect(en[key]?.trim(), key).not.toBe("");
    }
  });

  it("uses spaces that a translator can see, and typographic apostrophes", () => {
    for (const text of [...Object.values(fr), ...Object.values(en)]) {
      expect(text).not.toMatch(/[\u00a0\u202f']/);
    }
  });
});

/** Every local problem; the compiler finds one that is missing here or no longer exists. */
const LOCAL: Readonly<Record<LocalProblem, true>> = {
  no_media_devices: true,
  in_app_browser: true,
  camera_denied: true,
  camera_missing: true,
  camera_busy: true,
  autoplay_blocked: true,
  storage_unavailable: true,
  unsupported_browser: true,
  other_practitioner: true,
  cannot_sign_twice: true,
  practice_full: true,
  demo_elsewhere: true,
  other_tab: true,
  offline: true,
  reconnecting: true,
  weak_network: true,
  media_failed: true,
  sas_changed: true,
  send_failed: true,
  photo_unreadable: true,
  too_many_files: true,
  document_unsent: true,
  documents_pending: true,
  wrong_digits: true,
  too_many_devices: true,
  too_many_helped: true,
  help_elsewhere: true,
  back_elsewhere: true,
};

/** Codes of the wire and of the sealing layer, from the documents that define them. */
function documentedCodes(): readonly string[] {
  const protocol = readFileSync(join(DOCS, "protocol.md"), "utf8");
  const [, errors = ""] = protocol.split(/^## 4\. Errors$/m);
  const wire = [...errors.matchAll(/^\| `(\w+)` \| \d+ \|/gm)].map(([, code = ""]) => code);
  const formats = readFileSync(join(DOCS, "sealed-formats.md"), "utf8");
  const [, codes = ""] = formats.split(/^## Codes$/m);
  const sealing =
    codes
      .match(/`([a-z_\s]+)`/)?.[1]
      ?.trim()
      .split(/\s+/) ?? [];
  expect(wire.length).toBeGreaterThan(30);
  expect(sealing.length).toBeGreaterThan(15);
  return [...wire, ...sealing];
}

describe("the sentences for problems", () => {
  const folder = join(SRC, "features", "problems", "texts");
  const [fr, en] = [read(folder, "fr"), read(folder, "en")];
  const codes = [...new Set([...documentedCodes(), ...Object.keys(LOCAL)])].sort();

  it("cover every code, and nothing else", () => {
    expect(Object.keys(fr).sort()).toEqual(codes);
  });

  it.each(codes)("for %s say what happened and what to do", (code) => {
    for (const text of [fr[code], en[code]]) {
      expect(text).toMatch(/[.!]$/);
      expect(text?.length).toBeGreaterThan(40);
    }
  });
});

describe("texts", () => {
  it("are in the language chosen, with values and plurals", async () => {
    const chosen: string[] = [];
    const texts = createTexts("fr", (language) => chosen.push(language));
    await texts.load("desk", "problems");
    expect(texts.say("desk", "waits", { count: 1 })).toBe("1 minute");
    await texts.choose("en");
    expect(texts.say("desk", "waits", { count: 2 })).toBe("2 minutes");
    expect(texts.say("desk", "announce", { name: "<b>A</b>" })).toBe(
      "<b>A</b> is in the waiting room.",
    );
    expect(chosen).toEqual(["en"]);
  });

  it("never let a line begin with a French mark", async () => {
    const texts = createTexts("fr");
    await texts.load("consult", "guest");
    expect(texts.say("consult", "safetyTitle")).toBe("Cet appel est-il privé\u202f?");
    expect(texts.say("guest", "needCamera")).toMatch(/micro\u00a0: .*«\u00a0Autoriser\u00a0»/);
  });

  it("have a general sentence for a problem that nobody foresaw", async () => {
    const texts = createTexts("en");
    await texts.load("problems");
    expect(texts.sayProblem("nobody_foresaw")).toBe(texts.sayProblem("internal"));
  });
});
