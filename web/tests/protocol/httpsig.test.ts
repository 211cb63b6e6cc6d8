import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, test } from "vitest";
import { signRequest, type UnsignedRequest } from "../../src/protocol/httpsig.ts";
import { packOpen } from "../../src/protocol/open.ts";
import { concat, fields, utf8 } from "../../src/sealing/encoding.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { type Signer, seedSigner } from "../../src/sealing/keys.ts";

const seed = new Uint8Array(32).fill(5);
const signer = seedSigner(seed);

/** Keeps what it was asked to sign. */
function listening(): Signer & { readonly asked: Uint8Array[] } {
  const asked: Uint8Array[] = [];
  return {
    asked,
    publicKey: signer.publicKey,
    sign: async (message) => {
      asked.push(message);
      return await signer.sign(message);
    },
  };
}

async function signedBase(request: UnsignedRequest): Promise<string> {
  const ear = listening();
  await signRequest(request, ear);
  return new TextDecoder().decode(ear.asked[0]);
}

describe("a signed request", () => {
  const post: UnsignedRequest = {
    method: "POST",
    origin: "https://consult.example.org",
    target: "/v1/rooms",
    digest: hash(utf8('{"room": "x"}')),
    nonce: "n",
    idempotencyKey: "AAAAAAAAAAAAAAAAAAAAAA",
  };

  test("covers method, authority, path, query, digest and idempotency key, in this order", async () => {
    const key = (await signRequest(post, signer))["signature-input"]?.match(/keyid="(.*?)"/)?.[1];
    expect(await signedBase(post)).toBe(
      [
        '"@method": POST',
        '"@authority": consult.example.org',
        '"@path": /v1/rooms',
        '"@query": ?',
        '"content-digest": sha-256=:GtnpmnGPRnIG5L2NAPNrjylYerdrmMpORgu+ZRXqBr0=:',
        '"idempotency-key": AAAAAAAAAAAAAAAAAAAAAA',
        '"@signature-params": ("@method" "@authority" "@path" "@query" "content-digest" ' +
          `"idempotency-key");keyid="${key}";nonce="n";tag="aparte"`,
      ].join("\n"),
    );
  });

  test("without a body covers no digest, and keeps port and query", async () => {
    const get = {
      method: "GET",
      origin: "http://localhost:8480",
      target: "/v1/x?b=1&a=%20",
      nonce: "n",
    };
    const lines = (await signedBase(get)).split("\n");
    expect(lines.slice(0, 4)).toEqual([
      '"@method": GET',
      '"@authority": localhost:8480',
      '"@path": /v1/x',
      '"@query": ?b=1&a=%20',
    ]);
    expect(lines[4]).toMatch(/^"@signature-params": \("@method" "@authority" "@path" "@query"\);/);
  });

  test("carries one signature, which holds over that base", async () => {
    const headers = await signRequest(post, signer);
    expect(Object.keys(headers).sort()).toEqual([
      "content-digest",
      "idempotency-key",
      "signature",
      "signature-input",
    ]);
    const encoded = headers["signature"]?.match(/^sig=:(.*):$/)?.[1] ?? "";
    const signature = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
    expect(ed25519.verify(signature, utf8(await signedBase(post)), signer.publicKey)).toBe(true);
  });
});

describe("OPEN", () => {
  const nonces = {
    serverNonce: new Uint8Array(32).fill(1),
    clientNonce: new Uint8Array(32).fill(2),
  };
  const room = new Uint8Array(16).fill(3);
  const join = seedSigner(new Uint8Array(32).fill(6));
  const origin = "https://consult.example.org";

  test("of a guest is signed by both keys over everything", async () => {
    const ear = listening();
    const body = await packOpen({ origin, room, signer: ear, join, ...nonces });
    const keys = [signer.publicKey, join.publicKey];
    const over = [room, ...keys, nonces.serverNonce, nonces.clientNonce];
    const said = fields("aparte/1 open", origin, Uint8Array.of(1), ...over);
    expect(ear.asked).toEqual([said]);
    expect(body).toHaveLength(241);
    expect(body.subarray(0, 113)).toEqual(
      concat(Uint8Array.of(1), room, ...keys, nonces.clientNonce),
    );
    expect(ed25519.verify(body.subarray(113, 177), said, signer.publicKey)).toBe(true);
    expect(ed25519.verify(body.subarray(177), said, join.publicKey)).toBe(true);
  });

  test("of the host has zeros where the join key would be", async () => {
    const body = await packOpen({ origin, room, signer, ...nonces });
    expect(body[0]).toBe(0);
    expect(body.subarray(49, 81)).toEqual(new Uint8Array(32));
    expect(body.subarray(177)).toEqual(new Uint8Array(64));
  });
});
