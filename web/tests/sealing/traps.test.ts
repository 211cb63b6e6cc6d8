/** What bit others, or us: each trap has a test that fails when somebody walks into it. */
import { readdirSync, readFileSync } from "node:fs";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { XWing } from "@noble/post-quantum/hybrid.js";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";
import { ageIdentity, ageRecipient, openFile, sealFile } from "../../src/sealing/agefile.ts";
import { fields, utf8 } from "../../src/sealing/encoding.ts";
import { SealError } from "../../src/sealing/errors.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { requireKey, verify } from "../../src/sealing/keys.ts";
import { openPart, sealPart } from "../../src/sealing/parts.ts";
import { treeHash } from "../../src/sealing/tree.ts";
import { encapsulate, kemPublic } from "../../src/sealing/xwing.ts";
import { repeatable } from "./pair.ts";

const WEB = new URL("../../", import.meta.url);
const random = repeatable("traps");

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}
const lock: Lock = JSON.parse(readFileSync(new URL("package-lock.json", WEB), "utf8"));
const installed = Object.keys(lock.packages).filter((path) => path !== "");

function sources(folder = new URL("src/", WEB)): URL[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? sources(new URL(`${entry.name}/`, folder))
      : /\.tsx?$/.test(entry.name)
        ? [new URL(entry.name, folder)]
        : [],
  );
}

/** The code of the SealError that a promise rejects with. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing was refused",
    (error: unknown) => (error instanceof SealError ? error.code : String(error)),
  );

describe("packages", () => {
  test("hpke-js, whose auth mode ignores the sender's key, is not here", () => {
    expect(installed.filter((path) => /hpke/i.test(path))).toEqual([]);
  });

  test("there is one copy of each noble package, the one that typage uses", () => {
    const noble = installed.filter((path) => /@(noble|scure)\//.test(path));
    expect(noble.filter((path) => path.lastIndexOf("node_modules/") > 0)).toEqual([]);
    expect(noble.map((path) => path.replace("node_modules/", "")).sort()).toEqual([
      "@noble/ciphers",
      "@noble/curves",
      "@noble/hashes",
      "@noble/post-quantum",
      "@scure/base",
      // Its word lists alone are used; it hashes with the same copy.
      "@scure/bip39",
    ]);
  });
});

test("sessionStorage, which a browser copies into a new tab, is used nowhere", () => {
  const users = sources().filter((file) => /sessionStorage/.test(readFileSync(file, "utf8")));
  expect(users.map(String)).toEqual([]);
});

describe("a key of small order", () => {
  // The point of order 1, and "signatures" over anything under it.
  const neutral = new Uint8Array(32).fill(1, 0, 1);
  const signature = new Uint8Array(64).fill(1, 0, 1);

  test("verifies anything where nobody looks", () => {
    const said = fields("aparte/1 anything", utf8("whatever"));
    expect(ed25519.verify(signature, said, neutral, { zip215: true })).toBe(true);
  });

  test("is refused here", () => {
    expect(() => requireKey(neutral)).toThrow("bad_key");
    expect(() => verify(neutral, signature, "aparte/1 anything", utf8("whatever"))).toThrow(
      "bad_key",
    );
  });
});

describe("an ML-KEM key with a coefficient out of range", () => {
  const key = kemPublic(random(32));
  key.set([0xff, 0xff, 0xff], 0);

  test("passes the library's own check", () => {
    expect(() => XWing.encapsulate(key)).not.toThrow();
  });

  test("is refused here", () => {
    expect(() => encapsulate(key, random)).toThrow("bad_key");
  });
});

describe("an age file", () => {
  const seed = random(32);
  const publicKey = kemPublic(seed);
  const plain = utf8("Paracétamol 500 mg");

  test("is opened by the age library as it is", async () => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(ageIdentity(seed));
    expect(await decrypter.decrypt(await sealFile(plain, publicKey))).toEqual(plain);
  });

  test("for a weaker recipient as well is a silent downgrade, refused here", async () => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(ageRecipient(publicKey));
    encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()));
    const mixed = await encrypter.encrypt(plain);
    expect(await refusal(openFile(mixed, seed))).toBe("mixed_recipients");
  });

  test("can be rewritten by whoever holds its key; the author's tree refuses that", async () => {
    const { bytes, hash: digest, tree } = await sealPart(plain, seed);
    const forged = utf8("Paracétamol 900 mg");
    const rewritten = await rewrite(bytes, seed, forged);
    expect(await openFile(rewritten, seed)).toEqual(forged);
    const signed = { length: plain.length, tree };
    const sealed = { length: rewritten.length, hash: hash(rewritten) };
    expect(await refusal(openPart(rewritten, seed, sealed, signed))).toBe("altered");
    const honest = { length: bytes.length, hash: digest };
    expect(await openPart(bytes, seed, honest, signed)).toEqual(plain);
  });
});

/** Keeps the header and its file key, and seals another payload of the same length under it. */
async function rewrite(file: Uint8Array, seed: Uint8Array, plain: Uint8Array): Promise<Uint8Array> {
  const start = file.length - plain.length - 16;
  const header = new Decrypter();
  header.addIdentity(ageIdentity(seed));
  const fileKey = await header.decryptHeader(file.slice(0, start - 16));
  const key = hkdf(sha256, fileKey, file.subarray(start - 16, start), utf8("payload"), 32);
  const last = new Uint8Array(12).fill(1, 11);
  const rewritten = file.slice();
  rewritten.set(chacha20poly1305(key, last).encrypt(plain), start);
  return rewritten;
}

describe("a part of a document", () => {
  const seed = random(32);
  const plain = random(70_000);
  const made = sealPart(plain, seed);

  test.each<
    [string, Partial<{ bytes: Uint8Array; length: number; tree: Uint8Array; sealed: number }>]
  >([
    ["sealed bytes that differ", { bytes: new Uint8Array(10) }],
    ["sealed bytes of another length", { sealed: 1 }],
    ["a plaintext of another length", { length: 1 }],
    ["a plaintext with another tree", { tree: treeHash(utf8("other")) }],
  ])("is refused: %s", async (_name, change) => {
    const { bytes, hash: digest, tree } = await made;
    const sealed = { length: change.sealed ?? bytes.length, hash: digest };
    const signed = { length: change.length ?? plain.length, tree: change.tree ?? tree };
    expect(await refusal(openPart(change.bytes ?? bytes, seed, sealed, signed))).toBe("altered");
  });

  test("that does not open under the envelope's key is altered", async () => {
    const { bytes, hash: digest, tree } = await made;
    const sealed = { length: bytes.length, hash: digest };
    const opened = openPart(bytes, random(32), sealed, { length: plain.length, tree });
    expect(await refusal(opened)).toBe("altered");
  });
});
