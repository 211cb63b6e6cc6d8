import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const PARTS = ["tests/**/*.test.ts"];
const FEATURES = ["tests/features/**/*.test.ts"];

export default defineConfig({
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
      input: {
        landing: here("index.html"),
        patient: here("c/index.html"),
        doctor: here("desk/index.html"),
        directory: here("directory/index.html"),
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
