/** Runs the cases of adding.json. */
import {
  type AddingLink,
  addingAppend,
  addingFragment,
  addingOwner,
  addingPlace,
  codeOf,
  Direction,
  makeReply,
  makeRequest,
  parseAdding,
  type Request,
  readReply,
  readRequest,
} from "../../src/sealing/adding.ts";
import { b64u, concat, fromB64u, same } from "../../src/sealing/encoding.ts";
import { type Grant, makeGrant, makeKept, readGrant, readKept } from "../../src/sealing/grants.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import type { Case } from "./case.ts";

const bytes = (text: string): Uint8Array => fromB64u(text);

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`${what} differs`);
}

function runLink(link: AddingLink, one: Case): unknown {
  expect(addingFragment(link) === one.fragment.replace("#", ""), "the fragment");
  const directions = [Direction.ASKING, Direction.ANSWERING];
  const appended = (direction: Direction) => seedSigner(addingAppend(link, direction));
  return {
    secret: b64u(link.secret),
    adder: b64u(link.adder),
    places: directions.map((direction) => b64u(addingPlace(link, direction))),
    owners: directions.map((direction) => b64u(addingOwner(link, direction).publicKey)),
    appends: directions.map((direction) => b64u(appended(direction).publicKey)),
  };
}

async function runRequest(link: AddingLink, one: Case): Promise<unknown> {
  const { device, seal, label, raw } = readRequest(link, bytes(one.request));
  if (one.device_seed) {
    const signer = seedSigner(bytes(one.device_seed));
    const again = await makeRequest(link, signer, seal, label, () => bytes(one.random));
    expect(same(again.raw, raw), "the request");
  }
  return { device: b64u(device), seal: b64u(seal), label };
}

async function runReply(link: AddingLink, request: Request, one: Case): Promise<unknown> {
  const raw = bytes(one.reply);
  const code = readReply(link, request, raw);
  if (one.adder_seed) {
    const [adder, chance] = [seedSigner(bytes(one.adder_seed)), bytes(one.chance)];
    expect(same(await makeReply(adder, request, chance), raw), "the reply");
    expect(codeOf(link, request, chance) === code, "the code");
  }
  return { code };
}

async function runGrant(link: AddingLink, request: Request, one: Case): Promise<unknown> {
  const raw = bytes(one.grant);
  const found = readGrant(link, request, bytes(one.seed), raw);
  if (one.adder_seed) {
    const kem = () => ({ enc: bytes(one.enc), secret: bytes(one.kem_secret) });
    const [adder, drawn] = [seedSigner(bytes(one.adder_seed)), () => bytes(one.content_key)];
    expect(same(await makeGrant(adder, request, found, drawn, kem), raw), "the grant");
  }
  return plain(found);
}

function plain(found: Grant): unknown {
  const { t } = found;
  if (t === "person") return { t, vault: b64u(found.vault) };
  const secret = b64u(found.secret);
  if (t === "way") return { t, secret };
  if (t === "practitioner") {
    const { certificate, vault, second } = found;
    const more = second ? { second: b64u(concat(second.seed, second.certificate)) } : {};
    return { t, certificate: b64u(certificate.raw), secret, vault: b64u(vault), ...more };
  }
  const vouchers = found.vouchers?.map((paid) => ({ ...paid, voucher: b64u(paid.voucher) }));
  return { t, secret, name: found.name, ...(vouchers ? { vouchers } : {}) };
}

function runKept(request: Request, one: Case): unknown {
  const [secret, raw] = [bytes(one.secret), bytes(one.kept)];
  readKept(secret, request, raw);
  expect(same(makeKept(secret, request), raw), "what was kept");
  return {};
}

/** What a case gives. Refuses with a SealError as the readers do. */
export async function runAdding(one: Case): Promise<unknown> {
  const link = parseAdding(one.fragment);
  if (one.what === "link") return runLink(link, one);
  if (one.what === "request") return runRequest(link, one);
  const request = readRequest(link, bytes(one.request));
  if (one.what === "kept") return runKept(request, one);
  return one.what === "reply" ? runReply(link, request, one) : runGrant(link, request, one);
}
