/**
 * A signature that held is not checked again in the same file: the same cards, lists and
 * certificates pass from page to page here, and each check costs milliseconds. What was not seen
 * yet, or is refused, is checked by the code of the pages.
 */
import { vi } from "vitest";
import { b64u, utf8 } from "../../src/sealing/encoding.ts";
import type { Signer } from "../../src/sealing/keys.ts";

vi.mock("../../src/sealing/keys.ts", async (original) => {
  const keys = await original<typeof import("../../src/sealing/keys.ts")>();
  const held = new Set<string>();
  const signers = new Map<string, Signer>();
  const verify: typeof keys.verify = (key, signature, label, ...items) => {
    const id = [key, signature, utf8(label), ...items].map(b64u).join(".");
    if (held.has(id)) return;
    keys.verify(key, signature, label, ...items);
    held.add(id);
  };
  const seedSigner: typeof keys.seedSigner = (seed) => {
    const id = b64u(seed);
    const signer = signers.get(id) ?? keys.seedSigner(seed.slice());
    signers.set(id, signer);
    return signer;
  };
  return { ...keys, verify, seedSigner };
});
