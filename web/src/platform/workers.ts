/** Workers of ours: each has an address that the one Trusted Types policy lets pass. */
import files from "../files.worker.ts?worker&url";
import imaging from "../imaging.worker.ts?worker&url";

const ADDRESSES = { files, imaging };

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy("aparte-worker", { createScriptURL: own });
  return policy ? policy.createScriptURL(url) : url;
}

let policy: { createScriptURL(url: string): string } | undefined;

function own(url: string): string {
  if (!Object.values(ADDRESSES).includes(url)) throw new TypeError("not a worker of ours");
  return url;
}

export const startWorker = (name: keyof typeof ADDRESSES): Worker =>
  new Worker(trusted(ADDRESSES[name]), { type: "module" });
