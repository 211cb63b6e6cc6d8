/**
 * Who may import whom in `src/`: views → ui, features; features → sealing, protocol. A feature's
 * views stand in its folder `view/`; `ui/` holds what views share, and knows no feature. Ports are
 * declared by the feature that needs them; `platform/` implements them, and only the entry points
 * know both.
 */
import { relative, resolve } from "node:path";
import { parseDependencyTree } from "dpdm";

interface Layer {
  /** Layers it may import, itself included. */
  readonly layers: readonly string[];
  /** Layers of which it may import types, and nothing else. */
  readonly types: readonly string[];
  /** Packages it may import: pure layers name all of theirs; "*" is any but the view library. */
  readonly packages: readonly string[] | "*" | "views too";
}

const LAYERS: Readonly<Record<string, Layer>> = {
  sealing: {
    layers: ["sealing"],
    types: [],
    packages: ["@noble/", "@scure/base", "age-encryption", "valibot"],
  },
  protocol: {
    layers: ["protocol", "sealing"],
    types: [],
    packages: ["@noble/", "valibot"],
  },
  platform: { layers: ["platform", "protocol", "sealing"], types: ["features"], packages: "*" },
  features: { layers: ["features", "protocol", "sealing"], types: [], packages: "*" },
  ui: { layers: ["ui"], types: [], packages: "views too" },
  views: {
    layers: ["views", "ui", "features"],
    types: ["protocol", "sealing"],
    packages: "views too",
  },
  entry: {
    layers: ["entry", "views", "ui", "features", "platform", "protocol", "sealing"],
    types: [],
    packages: "views too",
  },
};

const VIEW_PACKAGE = /^preact(\/|$)/;
const SOURCE = /\.tsx?$/;

/** The first folder below `src/`; the files that stand in `src/` itself are the entry points. */
function layerOf(src: string, file: string): string {
  const [first = "", ...rest] = relative(src, file).split("/");
  if (first === "features" && rest[1] === "view") return "views";
  return rest.length === 0 ? "entry" : first;
}

function mayImportPackage(layer: Layer, name: string): boolean {
  if (layer.packages === "views too") return true;
  if (layer.packages === "*") return !VIEW_PACKAGE.test(name);
  return layer.packages.some((allowed) => name.startsWith(allowed));
}

async function importsOf(src: string, options: { readonly withTypes: boolean }) {
  const tree = await parseDependencyTree(`${src}/**/*.{ts,tsx}`, {
    context: src,
    transform: !options.withTypes,
    exclude: /node_modules/,
  });
  return Object.values(tree)
    .flatMap((dependencies) => dependencies ?? [])
    .map(({ issuer, request, id }) => ({
      from: resolve(src, issuer),
      request,
      to: id === null || id.includes("node_modules") ? undefined : resolve(src, id),
    }));
}

/** Every import in `src` that the rules forbid, as a sentence. */
export async function violations(src: string): Promise<readonly string[]> {
  const all = await importsOf(src, { withTypes: true });
  const atRuntime = new Set(
    (await importsOf(src, { withTypes: false })).map(({ from, request }) => `${from}\n${request}`),
  );
  const found: string[] = [];
  for (const { from, request, to } of all) {
    const layerName = layerOf(src, from);
    const layer = LAYERS[layerName];
    const where = relative(src, from);
    if (!layer) {
      found.push(`${where}: ${layerName}/ is not a layer`);
    } else if (!request.startsWith(".")) {
      if (!mayImportPackage(layer, request)) found.push(`${where}: may not import ${request}`);
    } else if (to && SOURCE.test(to)) {
      const target = layerOf(src, to);
      const typesOnly = !atRuntime.has(`${from}\n${request}`);
      if (!layer.layers.includes(target) && !(typesOnly && layer.types.includes(target))) {
        found.push(`${where}: ${layerName} may not import ${relative(src, to)}`);
      }
    }
  }
  return [...new Set(found)].sort();
}
