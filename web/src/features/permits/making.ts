/** Lets somebody send files, once, at the practice's expense (Permits). Large: imported late. */
import { sealFile } from "../../sealing/agefile.ts";
import { b64u } from "../../sealing/encoding.ts";
import { require } from "../../sealing/errors.ts";
import { EMPTY } from "../../sealing/kdf.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { PAPERS_BYTES, type Permit, papersPlace, vouchersOf } from "../../sealing/permit.ts";
import { type Destination, signDestination, writePapers } from "../../sealing/permit-papers.ts";
import { Shape } from "../../sealing/streamed.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { Sender } from "../links/making.ts";
import type { Platform } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import { storeAsIs } from "../rooms/blobs.ts";
import { registerThese, registerVouchers } from "../rooms/vouchers.ts";
import type { Allowed } from "./model.ts";
import { removed } from "./withdrawing.ts";

interface Needs extends Pick<Platform, "clock" | "random"> {
  readonly api: Api;
}

/**
 * Draws a permit, and has its vouchers pay. `practice`: as `practiceOf` gives it, whose papers are to be
 * put there; null: what is sent goes to nobody by itself. Rejects as `registerThese` does.
 */
export async function registerPermit(
  { api, clock, random }: Needs,
  { device }: Pick<Sender, "device">,
  { bytes, days, links }: Allowed,
  practice: Uint8Array | null,
): Promise<Permit> {
  const until = Math.floor(clock.now() / 1000) + days * 24 * 3600;
  const size = new Shape(bytes).blob;
  const permit: Permit = { secret: random(32), size, until, links, practice };
  const vouchers = vouchersOf(permit).map((one) => ({ ...one, expires: until }));
  await registerThese({ api, device }, vouchers);
  return permit;
}

/**
 * Says behind a permit whose it is and where what is sent goes, in the place of what may stand there.
 * `owner` is the seed of what can replace it. Rejects as `Api.request` does.
 */
export async function putPapers(
  { api, random }: Pick<Needs, "api" | "random">,
  { device, certificate, papers }: Sender,
  permit: Pick<Permit, "secret" | "until">,
  to: Destination,
  owner: Uint8Array,
): Promise<void> {
  const said = await signDestination(permit, to, { device, certificate });
  const { record, server, registrar } = papers;
  const plain = writePapers({ said, record, server, registrar: registrar ?? EMPTY });
  const { place, readSeed, key } = papersPlace(permit);
  const sealed = await sealFile(plain, kemPublic(key));
  require(sealed.length <= PAPERS_BYTES, "too_long", "papers that no reader would take");
  const signer = seedSigner(owner);
  // Paid for first: where there is no room those of before stay.
  const [paid] = await registerVouchers({ api, random, device }, [PAPERS_BYTES], permit.until);
  if (!paid) throw new Error("a voucher is made for each size");
  await removed(api, signer, b64u(place));
  const where = { id: place, read: readSeed, voucher: paid.voucher };
  await storeAsIs({ api, random, signer, ...where }, sealed);
}
