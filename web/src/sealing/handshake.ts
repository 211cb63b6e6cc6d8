/**
 * Intro, accept and open: how a guest with a link and the host come to share a secret. Each
 * function is one message on one side. What a side must remember between two messages is a plain
 * object that its caller keeps, wrapped, until the room ends (`store.ts` writes it as bytes).
 */
import { type Certificate, readCertificate } from "./certificate.ts";
import {
  allFields,
  concat,
  fields,
  padded,
  requireHead,
  SUITE,
  same,
  takeFields,
  u8,
} from "./encoding.ts";
import { require } from "./errors.ts";
import { CHACHA, EMPTY, hash, hkdf, hmacOf, ZERO_NONCE } from "./kdf.ts";
import { type Random, requireKey, type Signer, sign, verify } from "./keys.ts";
import { type Link, requireHost } from "./link.ts";
import {
  type GuestProfile,
  type HostProfile,
  readGuestProfile,
  readHostProfile,
  writeGuestProfile,
  writeHostProfile,
} from "./profile.ts";
import { authenticationString } from "./sas.ts";
import {
  decapsulate,
  ENCAPSULATION_BYTES,
  type Encapsulate,
  encapsulate,
  kemPublic,
  PUBLIC_BYTES,
  requirePublic,
} from "./xwing.ts";

const INTRO_KIND = 1;
const ACCEPT_KIND = 2;
export const OPEN_KIND = 3;
const TAG_BYTES = 16;
const INTRO_HEAD = 2 + 32 + ENCAPSULATION_BYTES;
const INTRO_BODY = 2048;
const ACCEPT_HEAD = 2 + ENCAPSULATION_BYTES;
const ACCEPT_BODIES = [4096, 20480];
const OPEN_BYTES = 130;

const INTRO = "aparte/1 intro";
const ACCEPT = "aparte/1 accept";

/** The guest's side of an intro that it has sent, or is about to send again, the same bytes. */
export interface GuestIntro {
  readonly intro: Uint8Array;
  readonly link: Link;
  readonly identity: Uint8Array;
  /** The ephemeral key's X-Wing seed. */
  readonly ephemeral: Uint8Array;
  /** r_g of the specification. */
  readonly random: Uint8Array;
  readonly ss1: Uint8Array;
}

/** An intro as the host reads it, with all that is needed to accept it. */
export interface HostIntro {
  readonly intro: Uint8Array;
  readonly room: Uint8Array;
  /** S of the seat's link. */
  readonly secret: Uint8Array;
  readonly guestKey: Uint8Array;
  readonly ephemeral: Uint8Array;
  readonly commitment: Uint8Array;
  readonly profile: GuestProfile;
  readonly ss1: Uint8Array;
}

/** What both sides hold after an accept. */
interface Agreed {
  readonly accept: Uint8Array;
  /** R₀ of the specification. */
  readonly root: Uint8Array;
  /** Messages that the accept carries: the host's first ones. */
  readonly messages: readonly Uint8Array[];
}

export interface HostAgreed extends Agreed {
  /** A and r_h, to make the authentication string once r_g is known. */
  readonly transcript: Uint8Array;
  readonly random: Uint8Array;
  readonly commitment: Uint8Array;
}

export interface GuestAgreed extends Agreed {
  readonly guestRandom: Uint8Array;
  readonly authenticationString: string;
  readonly profile: HostProfile;
  readonly identity: Uint8Array;
  /** Of the host's device. */
  readonly certificate: Certificate;
}

const introKey = (ss1: Uint8Array, link: Link, salt: Uint8Array): Uint8Array =>
  hkdf(concat(ss1, link.secret), salt, fields(INTRO, link.room, link.hash));

/**
 * Writes an intro (3,218 bytes). Checks first that the link was made by who hosts the room: refuses
 * with `wrong_host`, `bad_key`, or `too_long` (the profile).
 */
export async function makeIntro(given: {
  readonly link: Link;
  /** What the server says the room's keys are. */
  readonly identity: Uint8Array;
  readonly prekey: Uint8Array;
  readonly guest: Signer;
  readonly profile: GuestProfile;
  readonly random: Random;
  readonly kem?: Encapsulate;
}): Promise<GuestIntro> {
  const { link, identity, prekey, guest, random } = given;
  requireHost(link, identity, prekey);
  requireKey(identity);
  requirePublic(prekey);
  const profile = writeGuestProfile(given.profile);
  const [salt, ephemeral, guestRandom] = [random(32), random(32), random(32)];
  const { enc, secret: ss1 } = (given.kem ?? encapsulate)(prekey, random);
  const said = [guest.publicKey, kemPublic(ephemeral), hash(guestRandom), profile];
  const signature = await sign(guest, INTRO, link.room, link.hash, salt, enc, ...said);
  const head = concat(u8(SUITE), u8(INTRO_KIND), salt, enc);
  const body = padded(fields(...said, signature), [INTRO_BODY]);
  const sealed = CHACHA.seal(introKey(ss1, link, salt), ZERO_NONCE, head, body);
  return { intro: concat(head, sealed), link, identity, ephemeral, random: guestRandom, ss1 };
}

/**
 * Reads an intro at one seat; `announced` is the guest key that the server named. Refuses with
 * `bad_suite`, `bad_form`, `cannot_open`, `bad_key`, `wrong_guest`, `bad_signature`.
 */
export function openIntro(
  intro: Uint8Array,
  given: {
    readonly link: Link;
    /** The prekey's X-Wing seed. */
    readonly prekey: Uint8Array;
    readonly announced: Uint8Array;
  },
): HostIntro {
  const { link } = given;
  requireHead(intro, INTRO_KIND, INTRO_HEAD + INTRO_BODY + TAG_BYTES);
  const head = intro.subarray(0, INTRO_HEAD);
  const [salt, enc] = [head.slice(2, 34), head.slice(34)];
  const ss1 = decapsulate(given.prekey, enc);
  const key = introKey(ss1, link, salt);
  const body = CHACHA.open(key, ZERO_NONCE, head, intro.subarray(INTRO_HEAD));
  const items = takeFields(body, [32, PUBLIC_BYTES, 32, null, 64]);
  const [guestKey, ephemeral, commitment, profile, signature] = items;
  requireKey(guestKey);
  require(same(guestKey, given.announced), "wrong_guest");
  const said = [guestKey, ephemeral, commitment, profile];
  verify(guestKey, signature, INTRO, link.room, link.hash, salt, enc, ...said);
  requirePublic(ephemeral);
  const read = { guestKey, ephemeral, commitment, profile: readGuestProfile(profile), ss1 };
  return { intro: intro.slice(), room: link.room, secret: link.secret, ...read };
}

const acceptKey = (
  secrets: Uint8Array,
  room: Uint8Array,
  intro: Uint8Array,
  enc: Uint8Array,
): Uint8Array => hkdf(secrets, hash(concat(intro, enc)), fields(ACCEPT, room));

function agree(secrets: Uint8Array, intro: Uint8Array, accept: Uint8Array) {
  const transcript = hash(fields(intro, accept));
  return { transcript, root: hkdf(secrets, transcript, "aparte/1 session") };
}

/** Writes an accept. Refuses with `bad_key` (the intro's ephemeral key) or `too_long`. */
export async function makeAccept(given: {
  readonly intro: HostIntro;
  readonly device: Signer;
  /** 137 bytes. */
  readonly certificate: Uint8Array;
  readonly profile: HostProfile;
  /** The host's first messages, usually the offer. */
  readonly messages: readonly Uint8Array[];
  readonly random: Random;
  readonly kem?: Encapsulate;
}): Promise<HostAgreed> {
  const { device, messages, random } = given;
  const { intro, room, secret, ephemeral, commitment, ss1 } = given.intro;
  const profile = writeHostProfile(given.profile);
  const [hostRandom, x] = [random(32), random(32)];
  const { enc, secret: ss2 } = (given.kem ?? encapsulate)(ephemeral, random);
  const said = [hostRandom, x, given.certificate, profile, fields(...messages)];
  const signature = await sign(device, ACCEPT, room, hash(intro), enc, ...said);
  const head = concat(u8(SUITE), u8(ACCEPT_KIND), enc);
  const body = padded(fields(...said, signature), ACCEPT_BODIES);
  const secrets = concat(ss1, ss2, secret);
  const sealed = CHACHA.seal(acceptKey(secrets, room, intro, enc), ZERO_NONCE, head, body);
  const accept = concat(head, sealed);
  const agreed = agree(secrets, intro, accept);
  return { accept, messages: [...messages], random: hostRandom, commitment, ...agreed };
}

/**
 * Reads the accept of an intro. The caller takes one accept for one intro: the same bytes again
 * change nothing, others are `replayed`. Refuses with `bad_suite`, `bad_form`, `cannot_open`,
 * `bad_key`, `wrong_host`, `bad_signature`.
 */
export function openAccept(accept: Uint8Array, mine: GuestIntro): GuestAgreed {
  requireHead(accept, ACCEPT_KIND);
  const sized = ACCEPT_BODIES.includes(accept.length - ACCEPT_HEAD - TAG_BYTES);
  require(sized, "bad_form");
  const { room, secret } = mine.link;
  const head = accept.subarray(0, ACCEPT_HEAD);
  const enc = head.slice(2);
  const secrets = concat(mine.ss1, decapsulate(mine.ephemeral, enc), secret);
  const key = acceptKey(secrets, room, mine.intro, enc);
  const body = CHACHA.open(key, ZERO_NONCE, head, accept.subarray(ACCEPT_HEAD));
  const items = takeFields(body, [32, 32, null, null, null, 64]);
  const [hostRandom, x, raw, profile, carried, signature] = items;
  const certificate = readCertificate(raw);
  const { identity, device } = certificate;
  require(same(identity, mine.identity), "wrong_host");
  const said = [hostRandom, x, raw, profile, carried];
  verify(device, signature, ACCEPT, room, hash(mine.intro), enc, ...said);
  const { transcript, root } = agree(secrets, mine.intro, accept);
  return {
    accept: accept.slice(),
    root,
    messages: allFields(carried),
    guestRandom: mine.random,
    authenticationString: authenticationString(mine.random, hostRandom, transcript),
    profile: readHostProfile(profile),
    identity,
    certificate,
  };
}

const openMac = (root: Uint8Array, signed: Uint8Array): Uint8Array =>
  hmacOf(hkdf(root, EMPTY, "aparte/1 hello mac"), fields("aparte/1 open", signed));

/** Writes the guest's first frame (130 bytes); made once for an accept and resent as it is. */
export function makeOpen(
  agreed: Pick<GuestAgreed, "accept" | "root" | "guestRandom">,
  random: Random,
): Uint8Array {
  const { accept, root, guestRandom } = agreed;
  const signed = concat(u8(SUITE), u8(OPEN_KIND), hash(accept), guestRandom, random(32));
  return concat(signed, openMac(root, signed));
}

/**
 * Checks the guest's first frame against intro and accept; gives the authentication string.
 * Refuses with `bad_suite`, `bad_form`, `stale_exchange` (of another accept), `bad_mac`,
 * `bad_commitment`.
 */
export function checkOpen(
  open: Uint8Array,
  agreed: Pick<HostAgreed, "accept" | "root" | "transcript" | "random" | "commitment">,
): string {
  requireHead(open, OPEN_KIND, OPEN_BYTES);
  require(same(open.subarray(2, 34), hash(agreed.accept)), "stale_exchange");
  require(same(open.subarray(98), openMac(agreed.root, open.subarray(0, 98))), "bad_mac");
  const guestRandom = open.slice(34, 66);
  require(same(hash(guestRandom), agreed.commitment), "bad_commitment");
  return authenticationString(guestRandom, agreed.random, agreed.transcript);
}
