/**
 * Links whose files are on their way to this device: what an opening gave is kept, so that a page that is
 * opened again goes on without another one. It opens with the link and the words alone.
 */
import { b64u, concat, readU64, u64 } from "../../sealing/encoding.ts";
import { type LinkSecret, placeOfLink } from "../../sealing/sealed-link.ts";
import { KEPT } from "../files/limits.ts";
import type { Clock, Vaults } from "../ports.ts";

const PREFIX = "opened:";
const NAME = "sealed";
const TIME_BYTES = 8;

const scopeOf = (secret: LinkSecret): string => PREFIX + b64u(placeOfLink(secret));

interface Needs {
  readonly vaults: Vaults;
  readonly clock: Clock;
}

/** What an opening of this link gave, a day ago at most; what is older, of any link, is erased. */
export async function begunBefore(
  { vaults, clock }: Needs,
  secret: LinkSecret,
): Promise<Uint8Array | undefined> {
  for (const scope of await vaults.scopes()) {
    if (!scope.startsWith(PREFIX)) continue;
    const kept = await vaults.look(scope).load(NAME);
    const until = kept ? Number(readU64(kept, 0)) + KEPT : 0;
    if (until < clock.now()) await vaults.erase(scope);
    else if (kept && scope === scopeOf(secret)) return kept.slice(TIME_BYTES);
  }
  return undefined;
}

export async function keepBegun(
  { vaults, clock }: Needs,
  secret: LinkSecret,
  sealed: Uint8Array,
): Promise<void> {
  const kept = await vaults.open(scopeOf(secret));
  await kept.save(NAME, concat(u64(clock.now()), sealed));
}

export const forgetBegun = ({ vaults }: Pick<Needs, "vaults">, secret: LinkSecret): Promise<void> =>
  vaults.erase(scopeOf(secret));
