import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { violations } from "./rules.ts";

const WEB = fileURLToPath(new URL("../../", import.meta.url));
const SRC = join(WEB, "src");
const VIEWS = "features/planted/view";

describe("the layers of src/", () => {
  it("hold", async () => {
    expect(await violations(SRC)).toEqual([]);
  });
});

describe("a planted import", () => {
  // A tree of nothing else: that ours is read whole is shown above, and takes seconds each time.
  let tree: string;
  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), "layers-"));
    for (const layer of ["sealing", "protocol", "platform", "features", "ui", VIEWS]) {
      plant(
        `${layer}/target.ts`,
        "export interface Shape { n: number }\nexport const value = 1;\n",
      );
    }
  });
  afterEach(() => rmSync(tree, { recursive: true }));

  function plant(path: string, source: string): void {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), source);
  }

  const use = (path: string): string =>
    `import { value } from "${path}";\nexport const x = value;\n`;
  const useType = (path: string): string =>
    `import type { Shape } from "${path}";\nexport const x: Shape = { n: 1 };\n`;

  it.each([
    ["sealing", "protocol"],
    ["sealing", "platform"],
    ["protocol", "platform"],
    ["protocol", "features"],
    ["platform", "features"],
    ["platform", "ui"],
    ["features", "platform"],
    ["features", "ui"],
    ["ui", "platform"],
    ["ui", "sealing"],
    ["ui", "features"],
    ["features", VIEWS],
  ])("from %s to %s is found", async (from, to) => {
    plant(`${from}/planted.ts`, use(`../${to}/target.ts`));
    expect(await violations(tree)).toEqual([
      `${from}/planted.ts: ${from} may not import ${to}/target.ts`,
    ]);
  });

  it("from a view to platform is found, to ui and features is not", async () => {
    for (const to of ["platform", "ui", "features"]) {
      plant(`${VIEWS}/${to}.ts`, use(`../../../${to}/target.ts`));
    }
    expect(await violations(tree)).toEqual([
      `${VIEWS}/platform.ts: views may not import platform/target.ts`,
    ]);
  });

  it("of a type is found too, but where types are allowed", async () => {
    plant("features/planted.ts", useType("../platform/target.ts"));
    plant("platform/planted.ts", useType("../features/target.ts"));
    expect(await violations(tree)).toEqual([
      "features/planted.ts: features may not import platform/target.ts",
    ]);
  });

  it("at run time, import(), is found", async () => {
    plant("protocol/planted.ts", 'export const load = () => import("../platform/target.ts");\n');
    expect(await violations(tree)).toEqual([
      "protocol/planted.ts: protocol may not import platform/target.ts",
    ]);
  });

  it.each([
    ["sealing", "idb"],
    ["protocol", "age-encryption"],
    ["features", "preact/hooks"],
  ])("from %s of the package %s is found", async (from, name) => {
    plant(`${from}/planted.ts`, `import * as it from "${name}";\nexport const x = it;\n`);
    expect(await violations(tree)).toEqual([`${from}/planted.ts: may not import ${name}`]);
  });

  it("of a folder that is no layer is found", async () => {
    plant("helpers/planted.ts", use("../ui/target.ts"));
    expect(await violations(tree)).toContain("helpers/planted.ts: helpers/ is not a layer");
  });
});

describe("a planted browser global", () => {
  let copy: string;
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), "globals-"));
    cpSync(join(WEB, "biome.json"), join(copy, "biome.json"));
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  function lint(path: string, expression: string): string {
    mkdirSync(join(copy, dirname(path)), { recursive: true });
    writeFileSync(join(copy, path), `export const x = ${expression};\n`);
    const biome = join(WEB, "node_modules/.bin/biome");
    const done = spawnSync(biome, ["lint", "--colors=off"], { cwd: copy, encoding: "utf8" });
    expect(done.error).toBeUndefined();
    return done.stdout + done.stderr;
  }

  it.each([
    ["src/sealing/planted.ts", "crypto.randomUUID()"],
    ["src/sealing/planted.ts", "globalThis.crypto"],
    ["src/protocol/planted.ts", "Date.now()"],
    ["src/protocol/planted.ts", "window.document"],
    ["src/features/planted.ts", 'fetch("/")'],
    ["src/ui/planted.tsx", 'localStorage.getItem("x")'],
  ])("in %s, %s, is found", (path, expression) => {
    expect(lint(path, expression)).toContain("noRestrictedGlobals");
  });

  it("is left alone in platform/", () => {
    const output = lint("src/platform/planted.ts", 'fetch("/")');
    expect(output).toContain("Checked 2 files");
    expect(output).not.toContain("noRestrictedGlobals");
  });
});
