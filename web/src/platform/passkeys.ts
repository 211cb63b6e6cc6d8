/**
 * WebAuthn with the PRF extension, without a server: what counts is the secret that the
 * authenticator derives (W3C WebAuthn Level 3, 10.1.4), so that its statements are not looked at.
 */
import type { Passkeys } from "../features/ports.ts";
import { utf8 } from "../sealing/encoding.ts";
import { hash } from "../sealing/kdf.ts";

const NAME = "Aparté";
const ES256 = -7;
const EDDSA = -8;
const RS256 = -257;

const bytes = (source: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(source);

const random = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length));

/** What the secret is derived for: another use of the same passkey gives another secret. */
const evaluated = (use: string) => ({ prf: { eval: { first: bytes(hash(utf8(use))) } } });

function secretIn(credential: PublicKeyCredential): Uint8Array | undefined {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (!first) return undefined;
  const found =
    first instanceof ArrayBuffer
      ? new Uint8Array(first)
      : new Uint8Array(first.buffer, first.byteOffset, first.byteLength);
  return found.slice(0, 32);
}

async function get(use: string, id?: Uint8Array): Promise<Uint8Array> {
  const allowCredentials = id ? [{ type: "public-key" as const, id: bytes(id) }] : [];
  const found = await navigator.credentials.get({
    publicKey: {
      challenge: random(32),
      allowCredentials,
      userVerification: "required",
      extensions: evaluated(use),
    },
  });
  const secret = found instanceof PublicKeyCredential ? secretIn(found) : undefined;
  if (!secret) throw new DOMException("this passkey gives no secret", "NotSupportedError");
  return secret;
}

/** Those of this browser, for this page's host name. */
export const passkeys: Passkeys = {
  async available() {
    if (typeof PublicKeyCredential === "undefined") return false;
    // Addresses of digits have no passkeys.
    if (/^[\d.]+$|:/.test(location.hostname)) return false;
    const { getClientCapabilities } = PublicKeyCredential;
    const can = await getClientCapabilities?.call(PublicKeyCredential).catch(() => undefined);
    // A browser that does not say is asked when one is made.
    return can?.["extension:prf"] ?? true;
  },

  async make(label, use) {
    const made = await navigator.credentials.create({
      publicKey: {
        challenge: random(32),
        rp: { name: NAME },
        // Drawn anew: it names nobody, and no two passkeys take each other's place.
        user: { id: random(16), name: label || NAME, displayName: label || NAME },
        pubKeyCredParams: [ES256, EDDSA, RS256].map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        extensions: evaluated(use),
      },
    });
    if (!(made instanceof PublicKeyCredential)) {
      throw new DOMException("no passkey was made", "NotAllowedError");
    }
    const id = new Uint8Array(made.rawId);
    // Some authenticators give the secret only to who asks again.
    return { id, secret: secretIn(made) ?? (await get(use, id)) };
  },

  secret: get,
};
