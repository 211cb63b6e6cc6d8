/**
 * A handshake and a first exchange between two made-up people, before the real ones: the first runs
 * of such code take a browser ten times as long as later ones, and that would be a doctor's wait.
 */
import { makeCertificate } from "./certificate.ts";
import { makeAccept, makeIntro, makeOpen, openAccept, openIntro } from "./handshake.ts";
import { type Random, seedSigner } from "./keys.ts";
import { linkHash } from "./link.ts";
import { writeMessage } from "./messages.ts";
import { type Effect, Session } from "./session.ts";
import { kemPublic } from "./xwing.ts";

/** Engines compile what runs often. */
const TIMES = 8;
/** What an offer with its candidates comes to. */
const DESCRIPTION = "a=".repeat(4_000);
const PC = "AAAAAAAAAAA";
const GUEST = { name: "-", reason: "", lang: "fr" };
const HOST = { name: "-", profession: "-", rpps: "" };

/** Takes some 50 ms of a small machine's time, several times; `pause` lets the page live in between. */
export async function rehearse(random: Random, pause: () => Promise<void>): Promise<void> {
  for (let time = 0; time < TIMES; time += 1) {
    await once(random);
    await pause();
  }
}

async function once(random: Random): Promise<void> {
  const signer = () => seedSigner(random(32));
  const [host, device, guest, seed] = [signer(), signer(), signer(), random(32)];
  const [identity, prekey] = [host.publicKey, kemPublic(seed)];
  const link = { room: random(16), secret: random(32), hash: linkHash(identity, prekey) };
  const mine = await makeIntro({ link, identity, prekey, guest, profile: GUEST, random });
  const announced = guest.publicKey;
  const intro = openIntro(mine.intro, { link, prekey: seed, announced });
  const certificate = await makeCertificate(host, device.publicKey, 0);
  const messages = [described("offer")];
  const given = { intro, device, certificate, profile: HOST, messages, random };
  const accepted = await makeAccept(given);
  const agreed = openAccept(accepted.accept, mine);
  exchange(
    Session.host(accepted, { random }),
    Session.guest(agreed, makeOpen(agreed, random), { random }),
  );
}

const described = (type: "offer" | "answer"): Uint8Array =>
  writeMessage({ t: "sdp", pc: PC, description: { type, sdp: DESCRIPTION } });

function exchange(host: Session, guest: Session): void {
  const frames = (effects: readonly Effect[]): Uint8Array[] =>
    effects.flatMap((effect) => (effect.type === "send" ? [effect.frame] : []));
  const said = [...guest.start(0), ...guest.send(described("answer"), 0)];
  host.start(0);
  const answers = frames(said).flatMap((frame) => frames(host.receive(frame, 0)));
  for (const frame of answers) guest.receive(frame, 0);
}
