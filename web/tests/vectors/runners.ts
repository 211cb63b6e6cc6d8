/**
 * The shared vectors of tests/vectors/*.json against src/sealing: the same code in Node and in
 * browsers, so nothing of either is used here. Bytes are base64url; each runner takes a case and
 * gives what comes out, or throws the SealError that refuses it.
 */
import { ageIdentity, ageRecipient, openFile, readCode } from "../../src/sealing/agefile.ts";
import {
  objectOf,
  readAuthored,
  requireSecond,
  signStatement,
  statementHash,
} from "../../src/sealing/authored.ts";
import { readAttestation, readCard, signAttestation, signCard } from "../../src/sealing/card.ts";
import { makeClaim, makeVersion, readPart } from "../../src/sealing/cell.ts";
import { makeCertificate, readCertificate } from "../../src/sealing/certificate.ts";
import {
  makeDeviceList,
  readDeviceList,
  requireContinues,
  requireInForce,
} from "../../src/sealing/device-list.ts";
import { b64u, fromB64u, same, utf8 } from "../../src/sealing/encoding.ts";
import { readEnvelope, requireRecipient, requireStatement } from "../../src/sealing/envelope.ts";
import { SealError } from "../../src/sealing/errors.ts";
import {
  derive,
  type Exchange,
  GUEST,
  HOST,
  makeAnswer,
  makeHello,
  readAnswer,
  readHello,
  type Side,
} from "../../src/sealing/exchange.ts";
import { requireFingerprint, stripFingerprints } from "../../src/sealing/fingerprints.ts";
import { streamedMembers } from "../../src/sealing/forms.ts";
import {
  checkOpen,
  makeAccept,
  makeIntro,
  makeOpen,
  openAccept,
  openIntro,
} from "../../src/sealing/handshake.ts";
import { CHACHA, hash } from "../../src/sealing/kdf.ts";
import { checkKept, readKeptDocument, writeKept } from "../../src/sealing/kept.ts";
import { type Random, seedSigner, sign, verify } from "../../src/sealing/keys.ts";
import { openLetter, sealLetter } from "../../src/sealing/letter.ts";
import { joinKey, makeLink, parseLink, requireHost } from "../../src/sealing/link.ts";
import { readLooking } from "../../src/sealing/looking.ts";
import { readMail } from "../../src/sealing/mail.ts";
import { readMessage } from "../../src/sealing/messages.ts";
import { padme } from "../../src/sealing/padme.ts";
import {
  makePairAnswer,
  makePairOffer,
  type Pair,
  readPairAnswer,
  readPairOffer,
} from "../../src/sealing/pair.ts";
import { marksPlaceOf } from "../../src/sealing/practice-marks.ts";
import { readGuestProfile, readHostProfile } from "../../src/sealing/profile.ts";
import { readReceipt, readRecord, requireFresh } from "../../src/sealing/record.ts";
import {
  identityOf,
  openRing,
  ownerOf,
  placeOf,
  readerOf,
  sealRing,
} from "../../src/sealing/ring.ts";
import { readRoster, signRoster } from "../../src/sealing/roster.ts";
import { authenticationString } from "../../src/sealing/sas.ts";
import { certifySecond, secondIdentityOf } from "../../src/sealing/second.ts";
import { type Purpose, readObject, signObject } from "../../src/sealing/signed.ts";
import { readStatement } from "../../src/sealing/statement.ts";
import { openChunks } from "../../src/sealing/streamed.ts";
import { indexBegins, instancesOf, readIndex, textOfTag } from "../../src/sealing/study.ts";
import { exchangeOf, type Inner, Traffic } from "../../src/sealing/traffic.ts";
import { treeHash } from "../../src/sealing/tree.ts";
import { decapsulate, type Encapsulate, encapsulate, kemPublic } from "../../src/sealing/xwing.ts";
import { runAdding } from "./adding.ts";
import type { Case } from "./case.ts";
import { runDispensing } from "./dispensing.ts";
import { runLock } from "./lock.ts";
import { runMoved } from "./moved.ts";
import { runPapers, runPermit } from "./permits.ts";
import { runSealedLink } from "./sealed-link.ts";
import { runVault } from "./vault.ts";
import { runWords } from "./words.ts";

/** Of the host whose links the intros were written for. */
const IDENTITY = "JGqJVQ0kg-wWeEcexN-BJ9KYPh8N6ZUAG4uoaXl5B8s";

type Runner = (one: Case) => unknown | Promise<unknown>;

const bytes = (text: string): Uint8Array => fromB64u(text);

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`${what} differs`);
}

/** Gives recorded values, one for each draw. */
function given(one: Case, ...names: readonly string[]): Random {
  const queue = names.map((name) => bytes(one[name]));
  return () => queue.shift() ?? new Uint8Array();
}

const recorded =
  (one: Case): Encapsulate =>
  () => ({ enc: bytes(one.enc), secret: bytes(one.secret) });

/** The plaintext that tree vectors are over. */
const pattern = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 16)) & 0xff);

async function runKeys(one: Case): Promise<unknown> {
  const items: Uint8Array[] = one.items.map(bytes);
  if (one.seed) {
    const signer = seedSigner(bytes(one.seed));
    expect(b64u(signer.publicKey) === one.key, "the public key");
    expect(b64u(await sign(signer, one.label, ...items)) === one.signature, "the signature");
  }
  verify(bytes(one.key), bytes(one.signature), one.label, ...items);
  return {};
}

async function runCertificate(one: Case): Promise<unknown> {
  const { identity, device, issued, raw } = readCertificate(bytes(one.certificate));
  if (one.identity_seed) {
    const again = await makeCertificate(seedSigner(bytes(one.identity_seed)), device, issued);
    expect(same(again, raw), "the certificate");
  }
  return { identity: b64u(identity), device: b64u(device), issued };
}

function runXwing(one: Case): unknown {
  if (!one.seed) {
    encapsulate(bytes(one.public), (n) => new Uint8Array(n).fill(7));
    return {};
  }
  const seed = bytes(one.seed);
  if (one.eseed) {
    const made = encapsulate(kemPublic(seed), () => bytes(one.eseed));
    expect(b64u(made.enc) === one.enc, "the encapsulation");
    expect(b64u(made.secret) === one.gives.secret, "the secret made");
  }
  return { public: b64u(kemPublic(seed)), secret: b64u(decapsulate(seed, bytes(one.enc))) };
}

function runLink(one: Case): unknown {
  const link = parseLink(one.fragment);
  expect(makeLink("https://a.example", link).endsWith(`/c/#${one.fragment}`), "the fragment");
  if (one.name !== "another room has another join key") {
    requireHost(link, bytes(one.identity), bytes(one.prekey));
  }
  return {
    room: b64u(link.room),
    secret: b64u(link.secret),
    hash: b64u(link.hash),
    join_seed: one.gives?.join_seed,
    join_key: b64u(joinKey(link).publicKey),
  };
}

/** Writes the intro anew, and compares every byte. */
async function writeIntro(one: Case): Promise<void> {
  const again = await makeIntro({
    link: parseLink(one.fragment),
    identity: bytes(IDENTITY),
    prekey: kemPublic(bytes(one.prekey_seed)),
    guest: seedSigner(bytes(one.guest_seed)),
    profile: readGuestProfile(bytes(one.profile)),
    random: given(one, "salt", "ephemeral_seed", "r_guest"),
    kem: recorded(one),
  });
  expect(b64u(again.intro) === one.intro, "the intro");
}

async function runIntro(one: Case): Promise<unknown> {
  const link = parseLink(one.fragment);
  const prekey = bytes(one.prekey_seed);
  const found = openIntro(bytes(one.intro), { link, prekey, announced: bytes(one.announced) });
  if (one.salt) await writeIntro(one);
  return {
    guest: b64u(found.guestKey),
    ephemeral: b64u(found.ephemeral),
    commitment: b64u(found.commitment),
    ...found.profile,
  };
}

async function runAccept(one: Case): Promise<unknown> {
  const link = parseLink(one.fragment);
  const [intro, ephemeral, ss1] = [one.intro, one.ephemeral_seed, one.ss1].map(bytes);
  if (!intro || !ephemeral || !ss1) throw new Error("a case without an intro");
  const identity = bytes(one.identity);
  const mine = { intro, link, identity, ephemeral, random: bytes(one.r_guest), ss1 };
  const found = openAccept(bytes(one.accept), mine);
  const told = { ...one.gives };
  if (one.device_seed) {
    const again = await makeAccept({
      intro: {
        intro,
        room: link.room,
        secret: link.secret,
        guestKey: new Uint8Array(32),
        ephemeral: kemPublic(ephemeral),
        commitment: hash(mine.random),
        profile: { name: "", reason: "", lang: "" },
        ss1,
      },
      device: seedSigner(bytes(one.device_seed)),
      certificate: bytes(one.certificate),
      profile: readHostProfile(bytes(one.profile)),
      messages: one.messages.map(bytes),
      random: given(one, "r_host", "x_host"),
      kem: recorded(one),
    });
    expect(b64u(again.accept) === one.accept, "the accept");
    told.transcript = b64u(again.transcript);
    told.r_host = b64u(again.random);
    const open = makeOpen(found, (n) => new Uint8Array(n).fill(1));
    expect(checkOpen(open, again) === found.authenticationString, "the two strings");
  }
  return {
    ...told,
    root: b64u(found.root),
    ...found.profile,
    messages: found.messages.map(b64u),
    authentication: found.authenticationString,
  };
}

function runOpen(one: Case): unknown {
  const frame = bytes(one.frame);
  const [accept, root, transcript, random, commitment] = [
    one.accept,
    one.root,
    one.transcript,
    one.r_host,
    one.commitment,
  ].map(bytes) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const authentication = checkOpen(frame, { accept, root, transcript, random, commitment });
  if (one.r_guest) {
    const agreed = { accept, root, guestRandom: bytes(one.r_guest) };
    expect(same(makeOpen(agreed, given(one, "x_guest")), frame), "the open");
  }
  const [r_guest, x_guest] = [b64u(frame.subarray(34, 66)), b64u(frame.subarray(66, 98))];
  return { r_guest, x_guest, authentication };
}

const runSas: Runner = (one) => ({
  authentication: authenticationString(
    bytes(one.r_guest),
    bytes(one.r_host),
    bytes(one.transcript),
  ),
});

const told = ({ id, ratchet, keys: [host, guest] }: Exchange) => ({
  exchange: b64u(id),
  ratchet: b64u(ratchet),
  host_key: b64u(host),
  guest_key: b64u(guest),
});

function runExchange(one: Case): unknown {
  if (one.op === "first") return told(derive(bytes(one.root), bytes(one.accept), bytes(one.open)));
  const sender: Side = one.sender === GUEST ? GUEST : HOST;
  const roots: Uint8Array[] = one.roots.map(bytes);
  const frame = bytes(one.frame);
  if (one.op === "hello") {
    if (one.offered) {
      const offered: Uint8Array[] = one.offered.map(bytes);
      const random: Random = (n) => (n === 32 ? frame.slice(3, 35) : new Uint8Array(n));
      const used = 35 + 40 * offered.length;
      const again = makeHello(sender, offered, random).subarray(0, used);
      expect(same(again, frame.subarray(0, used)), "the hello");
    }
    return { root: b64u(readHello(frame, sender, roots)) };
  }
  const hello = bytes(one.hello);
  const root = readAnswer(frame, sender, hello, roots);
  expect(same(makeAnswer(sender, hello, root, given(one, "y")), frame), "the answer");
  return { root: b64u(root), ...told(derive(root, hello, frame)) };
}

function runData(one: Case): unknown {
  const zeros = new Uint8Array(32);
  if (one.length !== undefined) {
    const made: Exchange = { id: new Uint8Array(8), ratchet: zeros, keys: [zeros, zeros] };
    const message = new Uint8Array(one.length).fill(one.byte);
    return { frame: new Traffic(made, HOST, CHACHA).seal({ n: 1, ack: 0, message }).length };
  }
  const made: Exchange = {
    id: bytes(one.exchange),
    ratchet: zeros,
    keys: [zeros, bytes(one.key)],
  };
  if (one.counter !== undefined) {
    const sender = new Traffic(made, GUEST, CHACHA);
    sender.counter = one.counter;
    const { n, ack } = one;
    return { frame: b64u(sender.seal({ n, ack, message: bytes(one.message) })) };
  }
  const receiver = new Traffic(made, HOST, CHACHA);
  let inner: Inner | undefined;
  for (const frame of one.frames.map(bytes)) {
    if (!same(exchangeOf(frame), receiver.id)) throw new SealError("unknown_exchange");
    inner = receiver.open(frame, one.sent);
  }
  return inner && { n: inner.n, ack: inner.ack, message: b64u(inner.message) };
}

const runFingerprint: Runner = (one) =>
  one.strip === undefined
    ? { sha256: b64u(requireFingerprint(one.sdp)) }
    : { sdp: stripFingerprints(one.strip) };

function runMessages(one: Case): unknown {
  const message = readMessage(bytes(one.message)) ?? readLooking(bytes(one.message));
  return { type: message?.t ?? null, id: message && "id" in message ? message.id : null };
}

const runTree: Runner = (one) => ({ tree: b64u(treeHash(pattern(one.length))) });

async function runObjects(one: Case): Promise<unknown> {
  const raw = bytes(one.object);
  const purpose: Purpose = one.purpose;
  const found = readObject(purpose, raw);
  if (one.seed) {
    const certificate = one.certificate ? bytes(one.certificate) : undefined;
    const signer = seedSigner(bytes(one.seed));
    const again = await signObject(purpose, found.payload, signer, certificate);
    expect(same(again, raw), "the object");
  }
  const { payload, hash: digest, key, author } = found;
  return { payload: b64u(payload), hash: b64u(digest), key: b64u(key), author: b64u(author) };
}

async function runSecond(one: Case): Promise<unknown> {
  const raw = bytes(one.statement);
  const found = await readAuthored(raw);
  if (one.names !== undefined) requireSecond({ second: one.names }, found);
  if (one.root) {
    const certificate = bytes(one.certificate);
    const identity = secondIdentityOf({ root: bytes(one.root) });
    const second = certifySecond(identity, certificate, bytes(one.second_seed));
    const signer = seedSigner(bytes(one.seed));
    const again = await signStatement(found.payload, { signer, certificate, second });
    // Second signatures differ each time: what is written has to be read.
    expect(same(objectOf(again), objectOf(raw)), "the object");
    expect((await readAuthored(again)).second === found.second, "the second signature");
  }
  const digest = b64u(statementHash(raw));
  const { payload, author, second } = found;
  return { payload: b64u(payload), hash: digest, author: b64u(author), second };
}

function runStatement(one: Case): unknown {
  const { kind, parts, subject, dispensing } = readStatement(bytes(one.payload));
  const more = dispensing ? { dispensing: [dispensing.until, ...dispensing.lines] } : {};
  return { kind, parts: parts.length, subject: subject?.name ?? null, ...more };
}

function runEnvelope(one: Case): unknown {
  const envelope = readEnvelope(readObject("envelope", bytes(one.envelope)).payload);
  requireRecipient(envelope, bytes(one.reader), bytes(one.room));
  requireStatement(envelope, readObject("statement", bytes(one.statement)));
  const parts = envelope.parts.map((part) => {
    if (part.leaves) return streamedMembers(part);
    const { blob, read, length, hash: digest } = part;
    return { blob, read: b64u(read), length, hash: b64u(digest) };
  });
  const more = envelope.ticket ? { ticket: b64u(envelope.ticket) } : {};
  return { key: b64u(envelope.key), parts, ...more };
}

async function runAge(one: Case): Promise<unknown> {
  const seed = bytes(one.seed);
  const plain = await openFile(bytes(one.file), seed);
  expect(ageIdentity(seed) === one.identity, "the identity");
  expect(ageRecipient(kemPublic(seed)) === one.recipient, "the recipient");
  return one.gives.length === undefined
    ? { plain: b64u(plain) }
    : { length: plain.length, sha256: b64u(hash(plain)) };
}

async function runStreamed(one: Case): Promise<unknown> {
  const leaves = { length: one.leaves_length, hash: bytes(one.leaves_hash) };
  const info = { length: one.length, tree: bytes(one.tree) };
  const [head, sealed, seed] = [bytes(one.head), bytes(one.leaves), bytes(one.seed)];
  const part = { length: one.content, leaves };
  const chunks = await openChunks(head, sealed, seed, part, info);
  const plain = await chunks.open(one.index, bytes(one.chunk));
  const { shape } = chunks;
  return {
    begin: shape.begin(one.index),
    blob: shape.blob,
    plain_length: plain.length,
    sha256: b64u(hash(plain)),
  };
}

function runStudy(one: Case): unknown {
  if (one.what === "start") return { begin: indexBegins(bytes(one.start)) };
  const many = Array.from({ length: one.many ?? 0 }, (_, at) => ({
    at: 10 * at,
    length: 10,
    dataset: {},
  }));
  let line: string = one.line.replace('"MANY"', many.map((each) => JSON.stringify(each)).join());
  if (one.spaces !== undefined) line = `${line.slice(0, -1)}${" ".repeat(one.spaces)}\n`;
  const studies = readIndex(utf8(line));
  const instances = instancesOf(studies).map(({ at, length }) => [at, length]);
  const series = studies.flatMap((study) =>
    study.series.map(({ dataset, instances: all }) => ({
      description: textOfTag(dataset, "0008103E"),
      instances: all.length,
    })),
  );
  return { series, first: instances[0], last: instances.at(-1) };
}

function runMarks(one: Case): unknown {
  const { place, readSeed, key } = marksPlaceOf(bytes(one.secret));
  const reader = seedSigner(readSeed).publicKey;
  return { place: b64u(place), reader: b64u(reader), key: b64u(kemPublic(key)) };
}

const runCode = async (one: Case): Promise<unknown> => ({ seed: b64u(readCode(one.typed)) });

async function runRoster(one: Case): Promise<unknown> {
  const raw = bytes(one.roster);
  const [identity, room, guest] = [bytes(one.identity), bytes(one.room), bytes(one.guest)];
  const found = readRoster(raw, { identity, room, guest, last: one.last });
  if (one.device_seed) {
    const device = seedSigner(bytes(one.device_seed));
    expect(same(await signRoster(found, device, bytes(one.certificate)), raw), "the roster");
  }
  const members = found.members.map(({ key, name }) => ({ key: b64u(key), name }));
  return { version: found.version, members };
}

async function runPair(one: Case): Promise<unknown> {
  const members = one.members.map((key: string) => ({ key: bytes(key), name: "" }));
  const roster = { room: bytes(one.room), members };
  const pair: Pair = { roster, own: bytes(one.own), peer: bytes(one.peer) };
  const other: Pair = { roster, own: pair.peer, peer: pair.own };
  const offer = bytes(one.offer);
  const signer = one.guest_seed ? seedSigner(bytes(one.guest_seed)) : undefined;
  if (one.op === "offer") {
    const counter = readPairOffer(offer, pair, one.last);
    if (signer) {
      const again = await makePairOffer(other, signer, counter, given(one, "ephemeral_seed"));
      expect(same(again.offer, offer), "the offer");
    }
    return { counter };
  }
  const root = readPairAnswer(bytes(one.answer), pair, {
    offer,
    ephemeral: bytes(one.ephemeral_seed),
  });
  if (signer) {
    const made = await makePairAnswer(offer, other, signer, given(one), recorded(one));
    expect(b64u(made.answer) === one.answer && same(made.root, root), "the answer");
  }
  return { root: b64u(root) };
}

async function runCell(one: Case): Promise<unknown> {
  if (one.claim_seed) {
    const said = [bytes(one.id), bytes(one.claimant), bytes(one.receipt)] as const;
    return { claim: b64u(await makeClaim(seedSigner(bytes(one.claim_seed)), ...said)) };
  }
  const keys = {
    id: bytes(one.id),
    owner: bytes(one.owner),
    read: bytes(one.read),
    claim: bytes(one.claim),
  };
  const seen = { version: one.seen_version, hash: bytes(one.seen_hash) };
  if (one.owner_seed) {
    const owner = seedSigner(bytes(one.owner_seed));
    const made = await makeVersion(owner, keys, seen, bytes(one.value), one.closed);
    return { body: b64u(made.body), hash: b64u(made.seen.hash) };
  }
  const part = readPart(bytes(one.answer), keys, bytes(one.server), seen);
  const { state } = part;
  const claimed = state?.claimed && {
    claimant: b64u(state.claimed.claimant),
    receipt: b64u(state.claimed.receipt),
    at: state.claimed.at,
  };
  return {
    version: part.seen.version,
    hash: b64u(part.seen.hash),
    gap: part.gap,
    state: state && { ...state, value: b64u(state.value), claimed },
  };
}

/** The encapsulations that stand in a letter, in order, with the secrets that went with them. */
function letterKem(letter: Uint8Array, secrets: readonly Uint8Array[]): Encapsulate {
  const queue = secrets.map((secret, at) => {
    const start = 3 + 1168 * at;
    return { enc: letter.slice(start, start + 1120), secret };
  });
  return () => queue.shift() ?? { enc: new Uint8Array(), secret: new Uint8Array() };
}

function runLetter(one: Case): unknown {
  const recipients: Uint8Array[] = (one.recipients ?? []).map(bytes);
  const context = bytes(one.context);
  if (one.letter === undefined) {
    sealLetter(recipients, context, pattern(one.length), (n) => new Uint8Array(n).fill(7));
    return {};
  }
  const letter = bytes(one.letter);
  const message = openLetter(bytes(one.seed), context, letter);
  if (one.content_key) {
    const kem = letterKem(letter, one.secrets.map(bytes));
    const again = sealLetter(recipients, context, message, given(one, "content_key"), kem);
    expect(same(again, letter), "the letter");
  }
  return one.gives?.length === undefined
    ? { message: b64u(message) }
    : { length: message.length, sha256: b64u(hash(message)) };
}

const runMail: Runner = (one) => ({ type: readMail(bytes(one.mail))?.t ?? null });

async function runCard(one: Case): Promise<unknown> {
  const raw = bytes(one.card);
  const { card, identity, hash: digest } = readCard(raw);
  if (one.seed) {
    expect(same(await signCard(card, seedSigner(bytes(one.seed))), raw), "the card");
  }
  return { identity: b64u(identity), hash: b64u(digest), ...card };
}

async function runAttestation(one: Case): Promise<unknown> {
  const raw = bytes(one.attestation);
  const found = readAttestation(raw, bytes(one.registrar), bytes(one.card_hash));
  if (one.seed) {
    expect(same(await signAttestation(found, seedSigner(bytes(one.seed))), raw), "the attestation");
  }
  const { issued, registrar, checked } = found;
  return { issued, registrar, checked };
}

async function runDevices(one: Case): Promise<unknown> {
  const list = readDeviceList(bytes(one.devices));
  if (one.identity_seed) {
    const again = await makeDeviceList(seedSigner(bytes(one.identity_seed)), list);
    expect(same(again.raw, list.raw), "the device list");
  }
  if (one.last) requireContinues(list, readDeviceList(bytes(one.last)));
  if (one.certificate) {
    requireInForce(list, readCertificate(bytes(one.certificate)), one.signed_at);
  }
  const { identity, version, issued } = list;
  const devices = list.devices.map((listed) => ({ ...listed, device: b64u(listed.device) }));
  return { identity: b64u(identity), version, issued, devices };
}

function runRecord(one: Case): unknown {
  const record = readRecord(bytes(one.record), {
    identity: bytes(one.identity),
    server: bytes(one.server),
    ...(one.registrar && { registrar: bytes(one.registrar) }),
    ...(one.last_card && {
      last: { card: bytes(one.last_card), devices: bytes(one.last_devices) },
    }),
  });
  requireFresh(record, one.now);
  return {
    card: b64u(record.cardHash),
    version: record.devices.version,
    confirmed: record.confirmed,
    attested: record.attestation !== undefined,
  };
}

function runRing(one: Case): unknown {
  const secretOf = ({ kind, secret }: Case) => ({ kind, secret: bytes(secret) });
  const [means, other] = [secretOf(one.means), secretOf(one.other)];
  const raw = bytes(one.ring);
  const found = openRing(raw, means, other);
  if (one.salt) expect(same(sealRing(found, means, given(one, "salt", "key")), raw), "the ring");
  const place = placeOf(means);
  return {
    root: b64u(found.root),
    vault: b64u(found.vault),
    identity: b64u(identityOf(found).publicKey),
    place: b64u(place),
    reader: b64u(readerOf(means).publicKey),
    owner: b64u(ownerOf(found, place).publicKey),
    held: found.held.map((each) => ({ ...each, secret: b64u(each.secret) })),
  };
}

async function runKept(one: Case): Promise<unknown> {
  const { proof, parts } = readKeptDocument(bytes(one.kept));
  const { certificate, card, attestation, signedAt } = await checkKept(proof, parts);
  expect(same(writeKept(proof, parts), bytes(one.kept)), "the document");
  return {
    identity: certificate && b64u(certificate.identity),
    device: certificate && b64u(certificate.device),
    at: signedAt,
    card: card?.name ?? null,
    attested: attestation !== null,
    parts: parts.map(b64u),
  };
}

export const RUNNERS: Readonly<Record<string, Runner>> = {
  keys: runKeys,
  certificate: runCertificate,
  xwing: runXwing,
  link: runLink,
  intro: runIntro,
  accept: runAccept,
  open: runOpen,
  sas: runSas,
  exchange: runExchange,
  data: runData,
  fingerprint: runFingerprint,
  messages: runMessages,
  tree: runTree,
  objects: runObjects,
  second: runSecond,
  statement: runStatement,
  envelope: runEnvelope,
  padme: (one) => ({ padded: padme(one.length) }),
  age: runAge,
  streamed: runStreamed,
  study: runStudy,
  permit: runPermit,
  permit_papers: runPapers,
  marks: runMarks,
  code: runCode,
  roster: runRoster,
  pair: runPair,
  cell: runCell,
  letter: runLetter,
  mail: runMail,
  practice_moved: runMoved,
  ring: runRing,
  lock: runLock,
  words: runWords,
  sealed_link: runSealedLink,
  dispensing: runDispensing,
  adding: runAdding,
  vault: runVault,
  kept: runKept,
  card: runCard,
  attestation: runAttestation,
  devices: runDevices,
  record: runRecord,
  receipt: (one) => ({
    time: readReceipt(bytes(one.receipt), bytes(one.hash), bytes(one.server)),
  }),
};

/** What a case gives, or the code that refuses it, in the form that the files have. */
export async function outcome(file: string, one: Case): Promise<unknown> {
  const run = RUNNERS[file];
  if (!run) throw new Error(`nobody runs ${file}`);
  try {
    return { gives: await run(one) };
  } catch (error) {
    if (error instanceof SealError) return { refused: error.code };
    throw error;
  }
}

/** What a case should give, in the same form. */
export const expected = (one: Case): unknown =>
  one.gives ? { gives: one.gives } : { refused: one.refused.code };
