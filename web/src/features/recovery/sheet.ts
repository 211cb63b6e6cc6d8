/** The address that a sheet's QR holds: the secret is in the fragment, which browsers do not send. */
import { b64u, fromB64u } from "../../sealing/encoding.ts";
import type { Address } from "../ports.ts";

/** `page` as in `https://consult.example.org/desk/`. */
export const sheetLink = (page: string, secret: Uint8Array): string =>
  `${page}#sheet=1.${b64u(secret)}`;

/** The secret in a link, or in its fragment; undefined where there is none. */
export function secretInLink(text: string): Uint8Array | undefined {
  const found = /(?:^|#)sheet=1\.([\w-]{22})$/.exec(text.trim())?.[1];
  try {
    return found === undefined ? undefined : fromB64u(found, 16);
  } catch {
    return undefined;
  }
}

/** The same, of a page that a sheet's QR has opened; nothing of it stays in the address bar. */
export function takeSheet(address: Address): Uint8Array | undefined {
  const secret = secretInLink(address.fragment());
  if (secret) address.clearFragment();
  return secret;
}
