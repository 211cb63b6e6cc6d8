/** Builds what the speed of sealing in a browser is compared with. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "./",
  publicDir: here("../../public"),
  worker: { format: "es" },
  build: {
    target: ["chrome110", "firefox115", "safari16.4"],
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    minify: false,
  },
});
