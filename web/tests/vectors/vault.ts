/** Runs the cases of vault.json. */
import { b64u, fromB64u, same } from "../../src/sealing/encoding.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import {
  type Head,
  headOf,
  mergeRecords,
  openHead,
  openMoved,
  openPage,
  sealHead,
  sealMoved,
  sealPage,
  type VaultKey,
  vaultKey,
} from "../../src/sealing/vault.ts";
import { kemPublic } from "../../src/sealing/xwing.ts";
import type { Case } from "./case.ts";

const bytes = (text: string): Uint8Array => fromB64u(text);

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`${what} differs`);
}

function runHead(key: VaultKey, head: Head, one: Case): unknown {
  if (one.salt) {
    expect(same(head.salt, bytes(one.salt)), "the salt");
    expect(same(sealHead(key, one.version, head), bytes(one.head)), "the head");
  }
  const { kind, blob, length, hash } = head;
  return { kind, blob: b64u(blob), length, hash: b64u(hash) };
}

function runPage(key: VaultKey, head: Head, one: Case): unknown {
  const records = openPage(key, head, bytes(one.page));
  if (one.salt) {
    const again = sealPage(key, bytes(one.salt), head.blob, records);
    expect(same(again, bytes(one.page)), "the page");
    const told = headOf(head.kind, head.salt, head.blob, again);
    expect(same(told.hash, head.hash) && told.length === head.length, "what the head tells");
  }
  return { records };
}

async function runMoved(key: VaultKey, head: Head, one: Case): Promise<unknown> {
  const [seal, letter] = [bytes(one.seed), bytes(one.letter)];
  const { vault, certificate } = openMoved(key, head, seal, letter);
  if (one.device_seed) {
    const by = { device: seedSigner(bytes(one.device_seed)), certificate: certificate.raw };
    const kem = () => ({ enc: bytes(one.enc), secret: bytes(one.kem_secret) });
    const drawn = () => bytes(one.content_key);
    const again = await sealMoved(key, vault, [kemPublic(seal)], by, drawn, kem);
    expect(same(again, letter), "the letter");
  }
  const { device, identity } = certificate;
  return { vault: b64u(vault), device: b64u(device), identity: b64u(identity) };
}

/** What a case gives. Refuses with a SealError as the readers do. */
export function runVault(one: Case): unknown {
  if (one.what === "merge") return { records: mergeRecords(...one.states) };
  const key = vaultKey(bytes(one.vault));
  const { place, owner, reader } = key;
  if (one.what === "key") {
    return { place: b64u(place), owner: b64u(owner.publicKey), reader: b64u(reader.publicKey) };
  }
  const head = openHead(key, one.version, bytes(one.head));
  if (one.what === "head") return runHead(key, head, one);
  return one.what === "page" ? runPage(key, head, one) : runMoved(key, head, one);
}
