/** What a practice keeps to write again, on a device of a test. */
import { KeptTexts } from "../../src/features/paper/kept.ts";
import type { Vault } from "../../src/features/ports.ts";
import { memoryVaults } from "../../src/platform/vaults.ts";

export function deskVault(vaults = memoryVaults()): Vault {
  void vaults.open("desk");
  return vaults.look("desk");
}

export const keptTexts = (vault = deskVault()): KeptTexts => new KeptTexts(vault, () => undefined);

/** A vault that does some things in another way. */
export const vaultBut = (vault: Vault, changes: Partial<Vault>): Vault => ({
  load: (name) => vault.load(name),
  save: (name, secret, quick) => vault.save(name, secret, quick),
  erase: (name) => vault.erase(name),
  names: () => vault.names(),
  signer: (name) => vault.signer(name),
  makeSigner: (name) => vault.makeSigner(name),
  keepSigner: (name, seed) => vault.keepSigner(name, seed),
  ...changes,
});
