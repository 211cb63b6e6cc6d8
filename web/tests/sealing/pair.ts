/** A host and a guest who have shaken hands, with randomness that can be repeated. */
import { makeCertificate } from "../../src/sealing/certificate.ts";
import { fields, utf8 } from "../../src/sealing/encoding.ts";
import {
  type GuestAgreed,
  type GuestIntro,
  type HostAgreed,
  type HostIntro,
  makeAccept,
  makeIntro,
  openAccept,
  openIntro,
} from "../../src/sealing/handshake.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { type Random, type Signer, seedSigner } from "../../src/sealing/keys.ts";
import { type Link, linkHash } from "../../src/sealing/link.ts";
import { kemPublic } from "../../src/sealing/xwing.ts";

/** Bytes that look random and depend on `seed` alone. */
export function repeatable(seed: string): Random {
  let draws = 0;
  return (n) => {
    const bytes = new Uint8Array(n);
    for (let at = 0; at < n; at += 32) {
      const block = hash(fields("test", utf8(seed), utf8(String(draws++))));
      bytes.set(block.subarray(0, n - at), at);
    }
    return bytes;
  };
}

export interface Pair {
  readonly link: Link;
  /** The prekey's seed. */
  readonly prekey: Uint8Array;
  readonly identity: Signer;
  readonly device: Signer;
  readonly certificate: Uint8Array;
  readonly guest: Signer;
  readonly random: Random;
}

export async function makePair(seed: string): Promise<Pair> {
  const random = repeatable(seed);
  const prekey = random(32);
  const [identity, device, guest] = [random(32), random(32), random(32)].map(seedSigner) as [
    Signer,
    Signer,
    Signer,
  ];
  const digest = linkHash(identity.publicKey, kemPublic(prekey));
  const link = { room: random(16), secret: random(32), hash: digest };
  const certificate = await makeCertificate(identity, device.publicKey, 1_700_000_000);
  return { link, prekey, identity, device, certificate, guest, random };
}

export const introOf = ({ link, identity, prekey, guest, random }: Pair): Promise<GuestIntro> =>
  makeIntro({
    link,
    identity: identity.publicKey,
    prekey: kemPublic(prekey),
    guest,
    profile: { name: "Łukasz Şahin", reason: "toux", lang: "fr" },
    random,
  });

export const readIntro = (pair: Pair, intro: Uint8Array): HostIntro =>
  openIntro(intro, { link: pair.link, prekey: pair.prekey, announced: pair.guest.publicKey });

export const acceptOf = (
  { device, certificate, random }: Pair,
  intro: HostIntro,
  messages: readonly Uint8Array[] = [],
): Promise<HostAgreed> =>
  makeAccept({
    intro,
    device,
    certificate,
    profile: { name: "Dr Camille Démo", profession: "Médecin", rpps: "10003456784" },
    messages,
    random,
  });

export async function agree(
  pair: Pair,
  messages: readonly Uint8Array[] = [],
): Promise<{ readonly host: HostAgreed; readonly guest: GuestAgreed }> {
  const mine = await introOf(pair);
  const host = await acceptOf(pair, readIntro(pair, mine.intro), messages);
  return { host, guest: openAccept(host.accept, mine) };
}
