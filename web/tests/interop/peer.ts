/**
 * One end of a handshake and session for the Python tests that play the other end: a request is a
 * line of JSON on standard input, its answer a line on standard output. Bytes are base64url.
 */
import { createInterface } from "node:readline";
import type { Drawing } from "../../src/features/imaging/saved/model.ts";
import { signRequest, type UnsignedRequest } from "../../src/protocol/httpsig.ts";
import { packOpen } from "../../src/protocol/open.ts";
import { openFile, sealFile } from "../../src/sealing/agefile.ts";
import { b64u, fromB64u } from "../../src/sealing/encoding.ts";
import { SealError } from "../../src/sealing/errors.ts";
import {
  type GuestIntro,
  makeAccept,
  makeIntro,
  makeOpen,
  openAccept,
  openIntro,
} from "../../src/sealing/handshake.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { type Random, seedSigner } from "../../src/sealing/keys.ts";
import { joinKey, parseLink } from "../../src/sealing/link.ts";
import { type Effect, Session, type SessionState } from "../../src/sealing/session.ts";
import { fromBytes, toBytes } from "../../src/sealing/store.ts";
import { kemPublic } from "../../src/sealing/xwing.ts";
import * as marks from "./marks.ts";

type Texts = Readonly<Record<string, string>>;
interface Request {
  readonly op: string;
  readonly now: number;
  readonly bytes: Texts;
  readonly fragment: string;
  readonly messages: readonly string[];
  readonly drawing: Drawing;
  readonly by: string;
  readonly request: Omit<UnsignedRequest, "body">;
}

const random: Random = (n) => crypto.getRandomValues(new Uint8Array(n));

let intro: GuestIntro | undefined;
let session: Session | undefined;
let stored: Uint8Array | undefined;

function made<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("asked in another order");
  return value;
}

/** Effects as JSON; what is stored is kept here, as bytes, for a reload. */
function tell(effects: readonly Effect[]): unknown {
  return effects.flatMap((effect): object[] => {
    if (effect.type === "store") stored = toBytes(effect.state);
    if (effect.type === "send") return [{ send: b64u(effect.frame) }];
    if (effect.type === "deliver") return [{ deliver: b64u(effect.message) }];
    if (effect.type === "authenticated") return [{ authenticated: effect.string }];
    return [];
  });
}

const OPERATIONS: Readonly<
  Record<string, (given: Request, bytes: (name: string) => Uint8Array) => unknown>
> = {
  async intro({ fragment }, bytes) {
    intro = await makeIntro({
      link: parseLink(fragment),
      identity: bytes("identity"),
      prekey: bytes("prekey"),
      guest: seedSigner(bytes("guest")),
      profile: { name: "Łukasz Şahin", reason: "toux", lang: "fr" },
      random,
    });
    return b64u(intro.intro);
  },
  guest({ now }, bytes) {
    const agreed = openAccept(bytes("accept"), made(intro));
    session = Session.guest(agreed, makeOpen(agreed, random), { random });
    return { profile: agreed.profile, effects: tell(session.start(now)) };
  },
  async host({ now, fragment, messages }, bytes) {
    const opened = openIntro(bytes("intro"), {
      link: parseLink(fragment),
      prekey: bytes("prekey"),
      announced: bytes("announced"),
    });
    const agreed = await makeAccept({
      intro: opened,
      device: seedSigner(bytes("device")),
      certificate: bytes("certificate"),
      profile: { name: "Dr Camille Démo", profession: "Médecin", rpps: "10003456784" },
      messages: messages.map((message) => fromB64u(message)),
      random,
    });
    session = Session.host(agreed, { random });
    const effects = tell(session.start(now));
    return { profile: opened.profile, accept: b64u(agreed.accept), effects };
  },
  receive: ({ now }, bytes) => tell(made(session).receive(bytes("frame"), now)),
  send: ({ now }, bytes) => tell(made(session).send(bytes("message"), now)),
  tick: ({ now }) => tell(made(session).tick(now)),
  reload({ now }) {
    session = Session.resume(fromBytes<SessionState>(made(stored)), { random });
    return tell(session.start(now));
  },
  unacknowledged: () => made(session).unacknowledged,
  seal: async (_given, bytes) => b64u(await sealFile(bytes("plain"), kemPublic(bytes("seed")))),
  open: async (_given, bytes) => b64u(await openFile(bytes("file"), bytes("seed"))),
  request: ({ request, bytes: { body } }, bytes) =>
    signRequest(
      { ...request, ...(body ? { digest: hash(bytes("body")) } : {}) },
      seedSigner(bytes("key")),
    ),
  writeMarks: ({ drawing, by, now }) => marks.written(drawing, by, now),
  readMarks: (_given, bytes) => marks.read(bytes("file")),
  async prove({ fragment, request: { origin } }, bytes) {
    const link = parseLink(fragment);
    const [serverNonce, clientNonce] = [bytes("server_nonce"), bytes("client_nonce")];
    const keys = { signer: seedSigner(bytes("guest")), join: joinKey(link) };
    return b64u(await packOpen({ origin, room: link.room, ...keys, serverNonce, clientNonce }));
  },
};

async function answer(line: string): Promise<unknown> {
  const given: Request = JSON.parse(line);
  try {
    return {
      gives: await OPERATIONS[given.op]?.(given, (name) => fromB64u(made(given.bytes[name]))),
    };
  } catch (error) {
    if (error instanceof SealError) return { refused: error.code };
    throw error;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
}
