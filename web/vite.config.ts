import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

type Modules = { getModuleInfo(id: string): { importedIds: readonly string[] } | null };

const reached = new Map<string, ReadonlySet<string>>();

/** What a file begins with, all that is fetched later left out. */
function beginningOf(file: string, modules: Modules): ReadonlySet<string> {
  const known = reached.get(file);
  if (known) return known;
  const found = new Set<string>();
  const left = [here(`src/${file}.tsx`)];
  for (let one = left.pop(); one; one = left.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    left.push(...(modules.getModuleInfo(one)?.importedIds ?? []));
  }
  reached.set(file, found);
  return found;
}

/**
 * One file for each set of pages that share code, from what every page has to what only a consult
 * needs: in many small files it would be a kilobyte more for every patient. What reads documents is
 * one file too, fetched with the first of them: the page names each of its files from the start.
 */
const common = (id: string, modules: Modules): string | null => {
  const begins = (file: string): boolean => beginningOf(file, modules).has(id);
  if (!begins("patient") && begins("features/documents/view/documents")) return "reading";
  if (!begins("patient") || !begins("doctor")) return null;
  if (begins("landing")) return "every";
  return begins("directory") ? "asking" : "consulting";
};

/**
 * What ML-DSA stands on once more, beside it: what it alone takes of files that the first page has too
 * would be in the first page, and is fetched late here.
 */
const besideMlDsa: Plugin = {
  name: "beside-ml-dsa",
  enforce: "pre",
  async resolveId(source, importer) {
    if (!source.startsWith("./") || !importer?.endsWith("/post-quantum/ml-dsa.js")) return null;
    const found = await this.resolve(source, importer, { skipSelf: true });
    return found && { ...found, id: `${found.id}?late` };
  },
};

const PARTS = ["tests/**/*.test.ts"];
const FEATURES = ["tests/features/**/*.test.ts"];

export default defineConfig({
  plugins: [besideMlDsa],
  worker: { format: "es" },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    // The floor that the pages promise: Chrome 110, Firefox 115, iOS 16.4.
    target: ["chrome110", "firefox115", "safari16.4"],
    outDir: here("../server/webroot"),
    emptyOutDir: true,
    // No data: addresses and no inline script: the pages run under `script-src 'self'` alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The texts of the licences of all that is bundled, served with it.
    license: { fileName: "licenses.md" },
    rolldownOptions: {
      output: {
        codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: common }] },
      },
      input: {
        landing: here("index.html"),
        patient: here("c/index.html"),
        doctor: here("desk/index.html"),
        directory: here("directory/index.html"),
        documents: here("documents/index.html"),
        dispense: here("dispense/index.html"),
        link: here("link/index.html"),
        send: here("send/index.html"),
      },
    },
  },
  test: {
    testTimeout: 20_000,
    projects: [
      { extends: true, test: { name: "parts", include: PARTS, exclude: FEATURES } },
      {
        extends: true,
        test: { name: "features", include: FEATURES, setupFiles: "tests/features/setup.ts" },
      },
    ],
  },
});
