/** Seals and sends a part of any size, of which somebody else says whose it is. Runs in the worker. */
import { b64u, same, utf8 } from "../../sealing/encoding.ts";
import { hash } from "../../sealing/kdf.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { resting } from "../lock/resting.ts";
import type { Random, Vaults } from "../ports.ts";
import { fileName } from "../prescription/parts.ts";
import type { Long, SentUp, Upload } from "./jobs.ts";
import { SealedSource } from "./sealed-source.ts";
import { sendUp } from "./send-up.ts";
import { type Source, SourceChanged } from "./source.ts";

interface Needs extends Long {
  readonly random: Random;
  readonly vaults: Vaults;
}

/** Goes on where it was left. Rejects as `sendUp` does. */
export async function sealUp(needs: Needs, source: Source, upload: Upload): Promise<SentUp> {
  const { random, engine, vaults } = needs;
  const { scope, rest, key, blob, read, owner, voucher } = upload;
  const kept = resting(await vaults.open(scope), scope, async () => rest, random);
  const stamp = hash(utf8(source.stamp));
  const before = await kept.load("stamp");
  if (before && !same(before, stamp)) throw new SourceChanged(source.name);
  if (!before) await kept.save("stamp", stamp);
  const sealed = await SealedSource.open({ source, key, kept, random, engine });
  await sendUp(needs, { blob, owner: seedSigner(owner), read, voucher }, sealed);
  const { tree, ...where } = await sealed.described();
  const { kind, media, length } = source;
  const part = { blob: b64u(blob), read, ...where };
  return { kind, name: fileName(source.name), media, length, tree, part };
}
