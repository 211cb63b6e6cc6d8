/**
 * Passkeys for the secret that they give (WebAuthn with its PRF extension). No server takes part: what
 * a passkey says and signs is for nobody, and only the authenticator's answer to a salt is used.
 */
import type { Passkeys } from "../features/ports.ts";

/** ES256, EdDSA, RS256 (RFC 9053): what authenticators have. The key pair itself is not used. */
const ALGORITHMS = [-7, -8, -257];
const SECRET_BYTES = 32;

const chance = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(32));

/** What is asked of the authenticator; browsers put a label of their own before it. */
async function prf(use: string): Promise<AuthenticationExtensionsClientInputs> {
  const salt = new TextEncoder().encode(`aparte/1 passkey ${use}`);
  return { prf: { eval: { first: await crypto.subtle.digest("SHA-256", salt) } } };
}

function publicKeyOf(found: Credential | null): PublicKeyCredential {
  if (found instanceof PublicKeyCredential) return found;
  throw new DOMException("no passkey came", "NotAllowedError");
}

function secretOf(found: PublicKeyCredential): Uint8Array | undefined {
  const first = found.getClientExtensionResults().prf?.results?.first;
  if (!first) return undefined;
  const bytes = ArrayBuffer.isView(first)
    ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength)
    : new Uint8Array(first);
  return bytes.length === SECRET_BYTES ? bytes.slice() : undefined;
}

async function available(): Promise<boolean> {
  if (!("PublicKeyCredential" in window)) return false;
  try {
    // Where the browser can say so. One that cannot is asked to make one, and fails then.
    const able = await PublicKeyCredential.getClientCapabilities?.();
    if (able?.["extension:prf"] === false) return false;
    if (able?.["passkeyPlatformAuthenticator"]) return true;
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false;
  }
}

async function secret(use: string, id?: Uint8Array): Promise<Uint8Array> {
  const allowed: PublicKeyCredentialDescriptor[] = id
    ? [{ type: "public-key", id: new Uint8Array(id) }]
    : [];
  const found = await navigator.credentials.get({
    publicKey: {
      challenge: chance(),
      allowCredentials: allowed,
      userVerification: "required",
      extensions: await prf(use),
    },
  });
  const came = secretOf(publicKeyOf(found));
  if (!came) throw new DOMException("this passkey gives no secret", "NotSupportedError");
  return came;
}

async function make(label: string, use: string) {
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: chance(),
      rp: { name: "Aparté" },
      user: { id: chance(), name: label, displayName: label },
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
      extensions: await prf(use),
    },
  });
  const passkey = publicKeyOf(made);
  const id = new Uint8Array(passkey.rawId);
  if (!passkey.getClientExtensionResults().prf?.enabled) {
    throw new DOMException("this passkey gives no secret", "NotSupportedError");
  }
  // Some authenticators give it only when they are asked again.
  return { id, secret: secretOf(passkey) ?? (await secret(use, id)) };
}

export const passkeys: Passkeys = { available, make, secret };
