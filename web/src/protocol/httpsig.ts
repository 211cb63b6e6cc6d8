/**
 * Signed requests: RFC 9421 with Ed25519, in the one profile of docs/protocol.md, section 3. Bodies
 * are bound by their RFC 9530 digest.
 */
import { b64u, utf8 } from "../sealing/encoding.ts";
import type { Signer } from "../sealing/keys.ts";

const TAG = "aparte";

export interface UnsignedRequest {
  /** `GET`, `POST`, `PUT` or `DELETE`. */
  readonly method: string;
  /** The server's configured origin. */
  readonly origin: string;
  /** With the query. */
  readonly target: string;
  /** SHA-256 of the body, where it has one. */
  readonly digest?: Uint8Array;
  /** From the server's `Aparte-Nonce`. */
  readonly nonce: string;
  /** 22 characters of base64url; for all but GET. */
  readonly idempotencyKey?: string;
}

/** Base64 with padding, as structured fields (RFC 8941) have byte sequences. */
function sfBytes(bytes: Uint8Array): string {
  const encoded = b64u(bytes).replaceAll("-", "+").replaceAll("_", "/");
  return `:${encoded}${"=".repeat(-encoded.length & 3)}:`;
}

/** The covered components with their values, in the profile's order (RFC 9421, section 2). */
function components(request: UnsignedRequest): [string, string][] {
  const { pathname, search, host } = new URL(request.target, request.origin);
  const covered: [string, string][] = [
    ["@method", request.method],
    ["@authority", host],
    ["@path", pathname],
    ["@query", search || "?"],
  ];
  if (request.digest) covered.push(["content-digest", `sha-256=${sfBytes(request.digest)}`]);
  if (request.idempotencyKey) covered.push(["idempotency-key", request.idempotencyKey]);
  return covered;
}

/** The headers that sign a request. */
export async function signRequest(
  request: UnsignedRequest,
  signer: Signer,
): Promise<Record<string, string>> {
  const covered = components(request);
  const names = covered.map(([name]) => `"${name}"`).join(" ");
  const key = b64u(signer.publicKey);
  const parameters = `(${names});keyid="${key}";nonce="${request.nonce}";tag="${TAG}"`;
  const lines = covered.map(([name, value]) => `"${name}": ${value}`);
  const base = [...lines, `"@signature-params": ${parameters}`].join("\n");
  const signature = await signer.sign(utf8(base));
  const fields = covered.filter(([name]) => !name.startsWith("@"));
  return {
    ...Object.fromEntries(fields),
    "signature-input": `sig=${parameters}`,
    signature: `sig=${sfBytes(signature)}`,
  };
}
