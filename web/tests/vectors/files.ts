/** The vector files by name, bundled: for Node and browsers alike. */
import type { Case } from "./case.ts";

const MODULES = import.meta.glob<{ default: readonly Case[] }>("../../../tests/vectors/*.json", {
  eager: true,
});

/** What the script that writes the vectors keeps for itself. */
const ASIDE = ["recorded", "xwing_draft"];

export const FILES: readonly (readonly [name: string, cases: readonly Case[]])[] = Object.entries(
  MODULES,
)
  .map(([path, module]) => [path.replace(/^.*\/|\.json$/g, ""), module.default] as const)
  .filter(([name]) => !ASIDE.includes(name));
